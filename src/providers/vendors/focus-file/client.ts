import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createRecordReader, type RecordReader } from '../../../core/base/csv.js';
import { createTextReader } from '../../../core/base/encoding.js';
import { AppError } from '../../../core/base/errors.js';
import { isGzip } from '../../files/read-file.js';

const SLICE_BYTES = 1 << 20;

/** The bytes of one bill; `encoding` null: as the bytes tell. */
export interface FocusBytes {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly encoding: string | null;
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}

function streamOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const source = Readable.from(slices(bytes), { objectMode: false, highWaterMark: SLICE_BYTES });
  return isGzip(bytes) ? source.pipe(createGunzip({ chunkSize: SLICE_BYTES })) : source;
}

/**
 * Walks the rows of a CSV file, plain or gzipped, in slices, so that a large one is never one string. Row 1 is
 * the header. Answers how the file ended, and its delimiter.
 * @throws AppError `invalid` on damage (and whatever `onRow` throws): then the walk ends.
 */
export async function forEachRow(
  { bytes, fileName, encoding }: FocusBytes,
  onRow: (cells: readonly string[], rowNumber: number) => void,
): Promise<ReturnType<RecordReader['end']>> {
  const text = createTextReader(fileName, encoding);
  const records = createRecordReader(fileName, (cells, rowNumber) => {
    if (cells.length > 1 || cells[0] !== '') onRow(cells, rowNumber);
  });
  try {
    for await (const slice of streamOf(bytes)) records.push(text.push(slice));
    records.push(text.end());
    return records.end();
  } catch (cause) {
    if (!isZlibError(cause)) throw cause;
    const sentence = `${fileName} is damaged or cut off; export or download it again.`;
    throw new AppError('invalid', sentence, { cause });
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
