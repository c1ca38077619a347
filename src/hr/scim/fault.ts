import { AppError, type ErrorCode } from '../../core/base/errors.js';

/** RFC 7644, 3.12: the kinds of 400 and 409 that providers look at. */
type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'uniqueness'
  | null;

/** A refusal in the protocol's terms. */
export class ScimFault extends AppError {
  readonly status: number;
  readonly scimType: ScimType;
  constructor(status: number, scimType: ScimType, message: string) {
    super(status < 500 ? 'invalid' : 'bug', message);
    this.status = status;
    this.scimType = scimType;
  }
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  upstream: 503,
  bug: 500,
};

/** Any failure as the protocol says it; nothing from inside leaks out. */
export function faultOf(error: unknown): ScimFault {
  if (error instanceof ScimFault) return error;
  if (!(error instanceof AppError))
    return new ScimFault(500, null, 'Something went wrong on our side; the log has the details.');
  const status = STATUS[error.code];
  return new ScimFault(
    status,
    status === 409 ? 'uniqueness' : status === 400 ? 'invalidValue' : null,
    error.message,
  );
}

/** The body of an error answer. */
export function faultJson({ status, scimType, message }: ScimFault): Readonly<Record<string, unknown>> {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType === null ? {} : { scimType }),
    detail: message,
  };
}
