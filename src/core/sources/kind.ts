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

/** A credential that the configuration file lends to sources added while running. */
export interface NamedCredential {
  readonly name: string;
  /** The one kind of source that may use it. */
  readonly kind: string;
  /** The one address that it is sent to; null: the vendor's own. */
  readonly baseUrl: string | null;
}

/** Files that contain figures; anything else beside the configuration may be a secret. */
const DATA_FILE = /\.(csv|tsv|jsonl?|ndjson|parquet)(\.gz)?$/i;

/** What is wrong with the path of a source added while running, in one sentence; null when nothing is. */
export function addedPathProblem(path: string): string | null {
  if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..'))
    return 'Name a file in the folder of apportion.yml or below it.';
  if (path.split('/').some((part) => part.startsWith('.')) || !DATA_FILE.test(path))
    return 'Name a file of figures: .csv, .csv.gz, .jsonl or .jsonl.gz; no other file is opened from here.';
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
