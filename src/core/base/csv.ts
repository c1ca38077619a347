import { invalid } from './errors.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Records looked at to find the delimiter. */
const SAMPLE_RECORDS = 50;
/** A longer record has a quote that is never closed: no bill has a row of this size. */
const LONGEST_RECORD = 4 * 1_048_576;

/** `usage.csv, row 7`, or `Row 7` of a text without a name. */
export function placeOfRow(name: string | null, rowNumber: number): string {
  return name === null ? `Row ${rowNumber}` : `${name}, row ${rowNumber}`;
}

/** One record of a CSV text; `rowNumber` counts records as a spreadsheet does, from 1. */
export interface CsvRecord {
  readonly rowNumber: number;
  readonly cells: readonly string[];
}

/** Takes a CSV text in slices of any size. Both methods throw AppError `invalid` naming the row. */
export interface RecordReader {
  push(text: string): void;
  /** Call once after the last slice. `isEnded`: a line break or a closed quote ends the last record. */
  end(): { readonly isEnded: boolean; readonly delimiter: string };
}

/**
 * Reads records (RFC 4180; line breaks of any system; byte order marks in front of a record and Excel's `sep=` line are
 * left out), blank ones included. The delimiter is found in the first slice. Cells are as they stand.
 */
export function createRecordReader(
  name: string | null,
  onRecord: (cells: string[], rowNumber: number) => void,
): RecordReader {
  let rest = '';
  let rowNumber = 0;
  let delimiter: string | null = null;
  let isEnded = true;
  const read = (text: string, isLast: boolean): void => {
    let at = 0;
    if (delimiter === null) {
      const said = /^\uFEFF*"?sep=([,;\t|])"?\r?\n/i.exec(text);
      refuseOtherForms(text, name);
      if (said !== null) rowNumber = 1;
      at = said?.[0].length ?? 0;
      delimiter = said?.[1] ?? guessDelimiter(text);
    }
    for (;;) {
      if (isLast && at >= text.length) break;
      const record = readRecord(text, { at, delimiter, isLast }, placeOfRow(name, rowNumber + 1));
      if (record === null) break;
      rowNumber += 1;
      onRecord(record.cells, rowNumber);
      at = record.next;
      isEnded = record.isEnded;
    }
    rest = text.slice(at);
    if (rest.length > LONGEST_RECORD)
      invalid(
        `${placeOfRow(name, rowNumber + 1)}: the row is longer than 4 MB, the most that one may have; a quote in it is probably not closed.`,
      );
  };
  return {
    push(text) {
      if (text !== '') read(rest === '' ? text : rest + text, false);
    },
    end() {
      read(rest, true);
      return { isEnded, delimiter: delimiter ?? ',' };
    },
  };
}

/** The records of a whole text. @throws as `RecordReader`. */
export function parseCsv(
  text: string,
  name: string | null = null,
): { readonly records: readonly CsvRecord[]; readonly isEnded: boolean; readonly delimiter: string } {
  const records: CsvRecord[] = [];
  const reader = createRecordReader(name, (cells, rowNumber) => records.push({ rowNumber, cells }));
  reader.push(text);
  return { ...reader.end(), records };
}

interface Scan {
  readonly at: number;
  readonly delimiter: string;
  readonly isLast: boolean;
}

/** The record at `at`; null when the text ends before it does and more is to come. */
function readRecord(
  text: string,
  { at: from, delimiter, isLast }: Scan,
  place: string,
): { readonly cells: string[]; readonly next: number; readonly isEnded: boolean } | null {
  const cells: string[] = [];
  let at = from;
  while (text.charCodeAt(at) === 0xfeff) at += 1;
  for (;;) {
    const cell = readCell(text, { at, delimiter, isLast }, place);
    if (cell === null) return null;
    cells.push(cell.value);
    at = cell.next;
    if (at >= text.length) return isLast ? { cells, next: at, isEnded: text[at - 1] === '"' } : null;
    if (text.startsWith(delimiter, at)) {
      at += 1;
      continue;
    }
    if (text[at] === '\r') {
      if (at + 1 >= text.length && !isLast) return null;
      if (text[at + 1] === '\n') at += 1;
    }
    return { cells, next: at + 1, isEnded: true };
  }
}

const LF = 10;
const CR = 13;

/** The cell at `at`; `next` is its delimiter, its line break or the end of the text. */
function readCell(
  text: string,
  { at, delimiter, isLast }: Scan,
  place: string,
): { readonly value: string; readonly next: number } | null {
  const start = skipBlanks(text, at, delimiter);
  if (text[start] === '"') return readQuoted(text, { at: start + 1, delimiter, isLast }, place);
  const stop = delimiter.charCodeAt(0);
  let next = at;
  for (; next < text.length; next += 1) {
    const code = text.charCodeAt(next);
    if (code === stop || code === LF || code === CR) break;
  }
  return { value: text.slice(at, next), next };
}

function skipBlanks(text: string, from: number, delimiter: string): number {
  const blanks = delimiter === '\t' ? ' ' : ' \t';
  let at = from;
  while (at < text.length && blanks.includes(text.charAt(at))) at += 1;
  return at;
}

function readQuoted(text: string, { at: from, delimiter, isLast }: Scan, place: string) {
  let value = '';
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || (quote + 1 >= text.length && !isLast))
      return isLast ? invalid(`${place}: a quote is not closed; export it again.`) : null;
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at += 1;
  }
  at = skipBlanks(text, at, delimiter);
  const next = text[at];
  if (next !== undefined && next !== delimiter && next !== '\n' && next !== '\r')
    invalid(`${place}: text follows a closed quote; a quote within a cell is written twice ("").`);
  return { value, next: at };
}

/** The delimiter under which most of the first records have the same number of cells, more than one. */
function guessDelimiter(text: string): string {
  const scores = DELIMITERS.map((delimiter) => {
    const counts = new Map<number, number>();
    let at = 0;
    for (let records = 0; records < SAMPLE_RECORDS && at < text.length; records += 1) {
      let record: ReturnType<typeof readRecord> = null;
      try {
        record = readRecord(text, { at, delimiter, isLast: true }, '');
      } catch {
        break; // said of the right delimiter when the record is read
      }
      at = record?.next ?? text.length;
      const cells = record?.cells.length ?? 0;
      // Half a pair of quotes in a cell: this delimiter cuts quoted cells apart.
      const isCut = record?.cells.some((cell) => cell.split('"').length % 2 === 0) ?? false;
      if (cells > 1 && !isCut) counts.set(cells, (counts.get(cells) ?? 0) + 1);
    }
    const [cells, records] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
    return { delimiter, cells, records };
  });
  const best = scores.toSorted((a, b) => b.records - a.records || b.cells - a.cells)[0];
  return best === undefined || best.records === 0 ? ',' : best.delimiter;
}

/** Files that are text, but no table. */
function refuseOtherForms(text: string, name: string | null): void {
  const what = name ?? 'The text';
  const start = text.slice(0, 2_000).trimStart();
  if (/^<(!doctype|html|\?xml|[a-z]+[\s>])/i.test(start))
    invalid(
      `${what} is a web page or XML, no CSV; the download may have given a sign-in page: export it again.`,
    );
  if (/^(\{\s*"|\[\s*[{[])/.test(start)) invalid(`${what} is JSON, no CSV; export it as CSV.`);
  if (start.includes('\0')) invalid(`${what} is no text file; export it as CSV in UTF-8.`);
}
