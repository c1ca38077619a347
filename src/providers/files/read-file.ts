import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { DECIMAL_MARKS } from '../../core/base/amounts.js';
import { decodeText } from '../../core/base/encoding.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { compareText } from '../../core/base/money.js';

/** How the files of a source are written, where they do not tell: options of every kind that reads files. */
export const FILE_OPTIONS = {
  /** Absent: UTF-8 or UTF-16, as the bytes tell. */
  encoding: z.string().max(40).optional(),
  /** Absent: as the columns tell. */
  decimal: z.enum(DECIMAL_MARKS).optional(),
};
export type FileOptions = { readonly [K in keyof typeof FILE_OPTIONS]?: z.infer<(typeof FILE_OPTIONS)[K]> };

/** A text cannot be longer in memory; a larger bill is read in slices, as FOCUS. */
const MOST_BYTES = 256 * 1_048_576;

/** True for gzip, by its magic number: exports are renamed too often to trust the extension. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A file as it lies on disk. @throws AppError `invalid` when it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  return readable(path, () => readFile(path));
}

/** The text of a file, unpacked when it is gzipped. @throws AppError `invalid` naming the file and its encoding. */
export async function readText(path: string, encoding: string | null = null): Promise<string> {
  return textOf(await readBytes(path), path, encoding);
}

/** The same of bytes at hand; `name` stands in sentences. @throws AppError `invalid`. */
export async function textOf(bytes: Uint8Array, name: string, encoding: string | null): Promise<string> {
  const plain = isGzip(bytes) ? await unpack(bytes, name) : bytes;
  if (plain.length > MOST_BYTES)
    invalid(`${name} is larger than 256 MB, the most that is read at once; split it.`);
  return decodeText(plain, name, encoding);
}

async function unpack(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    const what = isTooLarge
      ? 'unpacks to more than 256 MB, the most that is read at once; split it'
      : 'is damaged or cut off; export or download it again';
    throw new AppError('invalid', `${name} ${what}.`, { cause });
  }
}

/**
 * A file, or the files of a folder whose names match, in the order of their names.
 * @throws AppError `invalid` when it cannot be read, or when the folder holds none.
 */
export async function listFiles(path: string, pattern: RegExp): Promise<readonly string[]> {
  const found = await readable(path, () => stat(path));
  if (!found.isDirectory()) return [path];
  const entries = await readable(path, () => readdir(path, { recursive: true, withFileTypes: true }));
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name));
  if (files.length === 0) invalid(`The folder ${path} holds no .csv file; put the exports there.`);
  return files.map(({ parentPath, name }) => join(parentPath, name)).toSorted(compareText);
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new AppError('invalid', `${path} cannot be read; check the path and its permissions.`, { cause });
  }
}
