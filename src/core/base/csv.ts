import { invalid } from './errors.js';

const DELIMITERS = [',', ';', '\t'] as const;

/** The delimiter that the first line holds most of, outside quotes. */
export function guessDelimiter(text: string): string {
  const line = text.replace(/"(?:[^"]|"")*"/g, '').split(/\r?\n/, 1)[0] ?? '';
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

/**
 * The records of a CSV text (RFC 4180; a byte order mark is left out), blank lines included, cells trimmed.
 * @throws AppError `invalid` naming the row in which a quote is not closed.
 */
export function parseCsv(text: string, delimiter: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let isQuoted = false;
  const source = text.replace(/^\uFEFF/, '');
  const endCell = () => {
    record.push(cell.trim());
    cell = '';
  };
  const endRecord = () => {
    endCell();
    records.push(record);
    record = [];
  };
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] ?? '';
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell.trim() === '') {
      cell = '';
      isQuoted = true;
    } else if (character === delimiter) endCell();
    else if (character === '\n') endRecord();
    else if (character !== '\r') cell += character;
  }
  if (isQuoted) invalid(`Row ${records.length + 1}: a quote is not closed.`);
  if (cell !== '' || record.length > 0) endRecord();
  return records;
}
