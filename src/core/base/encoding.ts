import { AppError, invalid } from './errors.js';

/** Forms that people send in place of text, by their first bytes. */
const FORMS: readonly (readonly [readonly number[], string])[] = [
  [
    [0x50, 0x4b, 3, 4],
    'a ZIP archive or an Excel workbook (.xlsx): unpack it, or save the sheet as CSV UTF-8',
  ],
  [[0x50, 0x4b, 5, 6], 'an empty ZIP archive'],
  [[0x1f, 0x8b], 'packed with gzip: unpack it first'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file: export it as CSV or .csv.gz'],
  [[0x4f, 0x52, 0x43], 'an ORC file: export it as CSV or .csv.gz'],
  [[0x4f, 0x62, 0x6a, 1], 'an Avro file: export it as CSV or .csv.gz'],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], 'an Arrow file: export it as CSV or .csv.gz'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook (.xls): save the sheet as CSV UTF-8'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF: ask for the bill as CSV'],
  [[0x42, 0x5a, 0x68], 'packed with bzip2: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed with Zstandard: unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'packed with xz: unpack it first'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7-Zip archive: unpack it first'],
  [[0xff, 0xfe, 0, 0], 'UTF-32: save it as CSV UTF-8'],
  [[0, 0, 0xfe, 0xff], 'UTF-32: save it as CSV UTF-8'],
];

/** Takes the bytes of a text file in slices. */
export interface TextReader {
  /** @throws AppError `invalid` naming the file, its form or encoding, and the line. */
  push(bytes: Uint8Array): string;
  end(): string;
}

/**
 * Bytes to text: UTF-8, or UTF-16 as its mark or its zeros tell, or the encoding that a person names (any label of
 * https://encoding.spec.whatwg.org). Other bytes are refused, never replaced.
 */
export function createTextReader(name: string, encoding: string | null = null): TextReader {
  let decoder: TextDecoder | null = null;
  let lines = 1;
  const decode = (bytes: Uint8Array | undefined): string => {
    if (decoder === null) {
      if (bytes !== undefined) refuseForm(bytes, name);
      decoder = decoderOf(encoding ?? sniff(bytes ?? new Uint8Array()));
    }
    try {
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
      return text;
    } catch (cause) {
      throw new AppError('invalid', notDecodable({ name, encoding: decoder.encoding, lines, bytes }), {
        cause,
      });
    }
  };
  return { push: (bytes) => (bytes.length === 0 ? '' : decode(bytes)), end: () => decode(undefined) };
}

/** The same for a whole file. @throws AppError `invalid`. */
export function decodeText(bytes: Uint8Array, name: string, encoding: string | null = null): string {
  const reader = createTextReader(name, encoding);
  return `${reader.push(bytes)}${reader.end()}`;
}

function refuseForm(bytes: Uint8Array, name: string): void {
  const form = FORMS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))?.[1];
  if (form !== undefined) invalid(`${name} is ${form}.`);
}

function sniff(bytes: Uint8Array): string {
  const [first = 1, second = 1] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: every other byte of Latin text is zero.
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 ? 'utf-16be' : 'utf-8';
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    const sentence = `"${encoding}" is no encoding that is known; write for instance utf-8, utf-16le or windows-1252.`;
    throw new AppError('invalid', sentence, { cause });
  }
}

function notDecodable(at: {
  readonly name: string;
  readonly encoding: string;
  readonly lines: number;
  readonly bytes: Uint8Array | undefined;
}): string {
  const label = at.encoding.toUpperCase();
  if (at.encoding !== 'utf-8' || at.bytes === undefined)
    return `${at.name} is damaged or cut off: its last bytes are no ${label}; export or download it again.`;
  const before = new TextDecoder().decode(at.bytes).split('\uFFFD', 1)[0] ?? '';
  const line = at.lines + before.split('\n').length - 1;
  const start = new TextEncoder().encode(before).length;
  const word = new TextDecoder('windows-1252').decode(at.bytes.subarray(Math.max(0, start - 12), start + 12));
  const shown = word.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return `${at.name}, line ${line}: the file is not ${label}. If it is Windows-1252 (it would then read "${shown}"), import it with --encoding windows-1252, or save it as CSV UTF-8 first.`;
}
