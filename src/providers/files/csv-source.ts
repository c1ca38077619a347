import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { AppError } from '../../core/base/errors.js';
import { canonicalJson } from '../../core/base/json.js';
import type { CsvFile } from '../../core/base/table.js';
import { addDays, type Day, utcDay } from '../../core/base/time.js';
import type { Charge } from '../../core/ledger/charge.js';
import type { SourceOverlap } from '../../core/ledger/source-overlap.js';
import type { Provider, Pull } from '../provider.js';
import { type FileOptions, readBytes, textOf } from './read-file.js';

/** A vendor's own export on disk, read as a whole whatever the window. */
export interface CsvSource {
  readonly source: string;
  readonly kind: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly overlaps: readonly SourceOverlap[];
  readonly options: FileOptions;
  /** @throws AppError `invalid` naming file, row and column. */
  readonly read: (file: CsvFile) => CsvCharges;
}

/** What a file came to. */
interface CsvCharges extends Pick<Pull, 'remarks' | 'unrated'> {
  readonly charges: readonly Charge[];
}

/** A provider of such a file: it replaces the days from the first to the last of its rows, so that it may be read twice. */
export function createCsvProvider({
  source,
  kind,
  path,
  clock,
  overlaps,
  options: { encoding, decimal },
  read,
}: CsvSource): Provider {
  return {
    source,
    kind,
    file: { mayReplace: false },
    openWindowDays: 0,
    reachDays: null,
    usualLagDays: null,
    chunkDays: null,
    overlaps,
    async pull(): Promise<Pull> {
      const nowMs = clock();
      const fileName = basename(path);
      const body = await readBytes(path);
      const text = await textOf(body, fileName, encoding ?? null);
      const { charges, remarks, unrated } = read({ name: fileName, text, decimal: decimal ?? null });
      const days = [...charges, ...(unrated?.usage ?? [])].map(({ chargeDay }) => chargeDay).toSorted(byDay);
      const [first, last] = [days[0], days.at(-1)];
      if (first === undefined || last === undefined)
        throw new AppError('invalid', `${fileName} holds no row with usage; export it for other days.`);
      const yesterday = addDays(utcDay(nowMs), -1);
      const sha256 = createHash('sha256').update(body).digest('hex');
      return {
        scope: { kind: 'charge-days', from: first, to: addDays(last, 1) },
        charges,
        raw: [{ endpoint: fileName, parameters: canonicalJson({ sha256 }), fetchedAtMs: nowMs, body }],
        identities: [],
        completeThrough: last < yesterday ? last : yesterday,
        ...(unrated !== undefined && { unrated }),
        remarks,
      };
    },
  };
}

function byDay(a: Day, b: Day): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
