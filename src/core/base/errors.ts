/** What kind of trouble an `AppError` is; surfaces choose exit codes and tone by it. */
export type ErrorCode =
  | 'invalid' // the input or the request is wrong: the person can mend it
  | 'not-found'
  | 'forbidden'
  | 'conflict' // somebody else changed it meanwhile, or the preview is out of date
  | 'upstream' // a vendor, Slack or the disk failed
  | 'bug'; // an invariant of ours is broken

/**
 * An expected failure. `message` is one clear sentence for the person who caused it (what is wrong, where,
 * what to do) and never contains a secret; `cause` is for the log.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}

/** Throws an `invalid` AppError: the shortest way to refuse bad input with a sentence. */
export function invalid(message: string): never {
  throw new AppError('invalid', message);
}

/** The last branch of an exhaustive switch: a compile error when a case is missing, a `bug` if reached. */
export function assertNever(value: never): never {
  throw new AppError('bug', `Unhandled case: ${JSON.stringify(value)}`);
}

/** The sentence to show for any thrown value: an AppError's own, otherwise nothing from inside leaks out. */
export function publicMessage(error: unknown): string {
  return error instanceof AppError
    ? error.message
    : 'Something went wrong on our side; the log has the details.';
}
