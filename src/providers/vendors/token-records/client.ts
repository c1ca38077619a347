import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, invalid } from '../../../core/base/errors.js';
import { compareText } from '../../../core/base/money.js';
import { addDays, type DayRange } from '../../../core/base/time.js';

const RECORD_FILE = /\.(jsonl|ndjson)(\.gz)?$/;
const PARTITION = /(?:^|\/)(?:year=)?(\d{4})\/(?:month=)?(\d{2})\/(?:day=)?(\d{2})\//;
/** A longer line is no record of one request. */
const LONGEST_LINE = 1 << 20;

/** A file of records; `name` is relative to the folder, with `/`. */
export interface RecordFile {
  readonly path: string;
  readonly name: string;
}

/**
 * The files that may hold records of the window: those filed under its days or a day beside them (records are filed by
 * when they arrived), and those that are filed under no day. A single file is a folder of one.
 * @throws AppError `invalid` when the path cannot be read or holds no such file at all.
 */
export async function listFiles(path: string, { from, to }: DayRange): Promise<readonly RecordFile[]> {
  const files = await walk(path);
  if (files.length === 0)
    return invalid(
      `${path} holds no *.jsonl or *.jsonl.gz file; check that the folder is the right one and mounted.`,
    );
  const [first, last] = [addDays(from, -1), to];
  return files
    .filter(({ name }) => {
      const [, year, month, day] = PARTITION.exec(name) ?? [];
      const filed = `${year}-${month}-${day}`;
      return year === undefined || (String(first) <= filed && filed <= String(last));
    })
    .toSorted((a, b) => compareText(a.name, b.name));
}

async function walk(path: string): Promise<readonly RecordFile[]> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return [{ path, name: basename(path) }];
    const names = await readdir(path, { recursive: true, withFileTypes: true });
    return names
      .filter((entry) => entry.isFile() && RECORD_FILE.test(entry.name))
      .map((entry) => {
        const own = join(entry.parentPath, entry.name);
        return { path: own, name: relative(path, own).split(sep).join('/') };
      });
  } catch (error) {
    throw new AppError('invalid', `${path} cannot be read; check the path and its permissions.`, {
      cause: error,
    });
  }
}

/**
 * Walks the lines of a file, plain or gzipped, a slice at a time; a line that is too long comes as null. Answers the
 * SHA-256 of the file as it lies there.
 * @throws AppError `invalid` when it is damaged or cut off, and whatever `onLine` throws.
 */
export async function forEachLine(file: RecordFile, onLine: (line: string | null) => void): Promise<string> {
  const hash = createHash('sha256');
  const seen = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const source = createReadStream(file.path);
  const read = (chunks: AsyncIterable<unknown>) => readLines(chunks, onLine);
  try {
    if (file.name.endsWith('.gz')) await pipeline(source, seen, createGunzip(), read);
    else await pipeline(source, seen, read);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', `${file.name} is damaged or cut off; write or download it again.`, {
      cause: error,
    });
  }
  return hash.digest('hex');
}

async function readLines(
  chunks: AsyncIterable<unknown>,
  onLine: (line: string | null) => void,
): Promise<void> {
  const decoder = new TextDecoder(); // keeps letters whole that lie across two slices
  let rest = '';
  let isTooLong = false;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new AppError('bug', 'A file gave no bytes.');
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(isTooLong || line.length > LONGEST_LINE ? null : line);
      isTooLong = false;
    }
    if (rest.length > LONGEST_LINE) {
      rest = '';
      isTooLong = true;
    }
  }
  if (isTooLong) onLine(null);
  else if (rest !== '') onLine(rest);
}
