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

const OPTION_LINE = /^([A-Za-z][A-Za-z0-9]*)\s*:\s*(.+)$/;

/** Reads settings written one a line as `name: value`; a value is JSON where it parses, else the text itself. */
export function readOptionLines(
  text: string,
):
  | { readonly ok: true; readonly options: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly sentence: string } {
  const options: Record<string, unknown> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = OPTION_LINE.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined)
      return { ok: false, sentence: `Line ${index + 1} is not written as name: value.` };
    options[name] = readValue(value);
  }
  return { ok: true, options };
}

function readValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
