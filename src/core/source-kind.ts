/** One setting of a kind of source, as a form asks for it. */
export interface SourceOption {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly isRequired: boolean;
}

/** A kind of source, as a form asks for one. Options that it does not name are refused by its connector. */
export interface SourceKind {
  readonly kind: string;
  /** As people call it. */
  readonly label: string;
  /** What the credential is; null: it needs none. */
  readonly credential: string | null;
  readonly needsPath: boolean;
  readonly needsBaseUrl: boolean;
  readonly options: readonly SourceOption[];
}

const REFERENCE = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:[A-Za-z0-9._/-]+)$/;
/** The app's own secrets are no vendor's business. */
const OWN = /^env:(SLACK_|SCIM_|APPORTION_)/i;

/**
 * What is wrong with a credential as somebody typed it; null when it is a reference. The sentence never repeats what
 * was typed: it may be the secret itself.
 */
export function credentialProblem(text: string): string | null {
  if (!REFERENCE.test(text))
    return 'Write a reference here, never the secret itself: env:NAME for an environment variable of Apportion, or file:PATH for a file beside apportion.yml. If you have pasted a secret, nothing of it was kept.';
  if (OWN.test(text)) return "That variable is Apportion's own; a vendor's credential has one of its own.";
  const path = text.startsWith('file:') ? text.slice('file:'.length) : '';
  if (path.startsWith('/') || path.split('/').includes('..'))
    return 'Name a file in the folder of apportion.yml or below it.';
  return null;
}
