import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import { AppError } from '../../../core/base/errors.js';

const SLICE_BYTES = 1 << 20;

/** A file as it lies on disk. @throws AppError `invalid` when it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AppError('invalid', `${path} cannot be read; check the path and its permissions.`, {
      cause: error,
    });
  }
}

/** True for gzip, by its magic number: exports are renamed too often to trust the extension. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}

function textOf(bytes: Uint8Array): Readable {
  const source = Readable.from(slices(bytes), { objectMode: false, highWaterMark: SLICE_BYTES });
  const plain = isGzip(bytes) ? source.pipe(createGunzip({ chunkSize: SLICE_BYTES })) : source;
  return plain.setEncoding('utf8'); // keeps letters whole that lie across two slices
}

/**
 * Walks the rows of a CSV file, plain or gzipped, in slices, so that a large one is never one string. Row 1 is
 * the header. @throws AppError `invalid` on damage (and whatever `onRow` throws): then the walk ends.
 */
export async function forEachRow(
  bytes: Uint8Array,
  fileName: string,
  onRow: (cells: readonly string[], rowNumber: number) => void,
): Promise<void> {
  let rowNumber = 0;
  const onChunk = ({ data, errors }: Papa.ParseResult<string[]>): void => {
    // A quote at the edge of a slice looks broken until the next slice comes; only rows given out count.
    const broken = errors.find(({ code, row = 0 }) => code === 'MissingQuotes' || row < data.length);
    if (broken !== undefined) {
      const at = rowNumber + (broken.row ?? 0) + 1;
      throw new AppError('invalid', `${fileName}, row ${at}: a quote is not closed; export the file again.`);
    }
    for (const cells of data) {
      rowNumber += 1;
      if (cells.length === 1 && cells[0] === '') continue; // an empty line
      if (rowNumber === 1) cells[0] = cells[0]?.replace(/^\uFEFF/, '') ?? '';
      onRow(cells, rowNumber);
    }
  };
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(textOf(bytes), {
      delimiter: ',',
      chunk: onChunk,
      complete: () => resolve(),
      error: (error: Error) => reject(asAppError(error, fileName)),
    });
  });
}

function asAppError(error: Error, fileName: string): AppError {
  if (error instanceof AppError) return error;
  return new AppError('invalid', `${fileName} is damaged or cut off; export or download it again.`, {
    cause: error,
  });
}
