import { createHash } from 'node:crypto';
import { basename, sep } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../../core/base/json.js';
import { addDays, type Day, utcDay } from '../../../core/base/time.js';
import { BILL_OVERLAPS } from '../../../core/ledger/source-overlap.js';
import { describeConnector, type FileConfig } from '../../connector.js';
import { FILE_OPTIONS, type FileOptions, listFiles, readBytes } from '../../files/read-file.js';
import type { Provider, Pull } from '../../provider.js';
import { type FocusBytes, forEachRow } from './client.js';
import { createFocusReader, type FocusContent } from './focus.js';
import { examineFigures, type FigureOf, OtherFigures, plainFigures } from './numbers.js';

/** A FOCUS 1.0 to 1.4 bill on disk, CSV or gzipped CSV: one file, several, or folders of them. */
interface FocusFileSettings extends Omit<FileConfig, 'path'> {
  readonly path: string | readonly string[];
  readonly options?: FileOptions;
  readonly mayReplace?: boolean;
}

/**
 * A bill from files. A pull always takes all of them, whatever the window: they replace the billing periods that they
 * hold, so the same files again change nothing.
 */
export function createFocusFileProvider({
  source,
  path,
  clock,
  options = {},
  mayReplace = false,
}: FocusFileSettings): Provider {
  return {
    source,
    kind: 'focus-file',
    file: { mayReplace },
    openWindowDays: 0,
    reachDays: null,
    overlaps: BILL_OVERLAPS,
    usualLagDays: null,
    chunkDays: null,
    async pull(): Promise<Pull> {
      const nowMs = clock();
      const parts: (FocusContent & { readonly file: FocusBytes })[] = [];
      for (const { file, fileName } of await filesOf(path)) {
        const bytes = { bytes: await readBytes(file), fileName, encoding: options.encoding ?? null };
        parts.push({ ...(await readBill(source, bytes, options)), file: bytes });
      }
      const periods = new Map(
        parts.flatMap((part) => part.periods.map((period) => [canonicalJson(period), period] as const)),
      );
      const yesterday = addDays(utcDay(nowMs), -1);
      const lastDay = parts.reduce<Day | null>(
        (last, part) => (last === null || (part.lastDay ?? last) > last ? part.lastDay : last),
        null,
      );
      return {
        scope: { kind: 'billing-periods', periods: [...periods.values()] },
        charges: parts.flatMap(({ charges }) => charges),
        raw: parts.map(({ file: { bytes, fileName } }) => {
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          return {
            endpoint: fileName,
            parameters: canonicalJson({ sha256 }),
            fetchedAtMs: nowMs,
            body: bytes,
          };
        }),
        identities: [],
        completeThrough: lastDay !== null && lastDay < yesterday ? lastDay : yesterday,
        remarks: parts.flatMap(({ remarks }) => remarks),
      };
    },
  };
}

/** The same as a configured source. */
export const focusFile = describeConnector({
  kind: 'focus-file',
  needs: 'file',
  options: z.strictObject(FILE_OPTIONS),
  form: { label: 'FOCUS bill (CSV or .csv.gz)' },
  create: createFocusFileProvider,
});

/** Files by the shortest names that tell them apart. */
async function filesOf(
  path: string | readonly string[],
): Promise<readonly { readonly file: string; readonly fileName: string }[]> {
  const files: string[] = [];
  for (const each of typeof path === 'string' ? [path] : path)
    files.push(...(await listFiles(each, /\.csv(\.gz)?$/i)));
  const distinct = [...new Set(files)];
  const isUnique = new Set(distinct.map((file) => basename(file))).size === distinct.length;
  return distinct.map((file) => ({
    file,
    fileName: isUnique ? basename(file) : file.split(sep).slice(-2).join('/'),
  }));
}

/** One file: as FOCUS writes figures, else with a look at the whole of its columns first. */
async function readBill(source: string, file: FocusBytes, { decimal }: FileOptions): Promise<FocusContent> {
  const read = async (figureOf: FigureOf) => {
    const reader = createFocusReader(source, file.fileName, figureOf);
    const { isEnded, delimiter } = await forEachRow(file, (cells, rowNumber) => reader.row(cells, rowNumber));
    if (delimiter === ';' && figureOf === plainFigures) throw new OtherFigures(delimiter);
    return reader.finish(isEnded);
  };
  if (decimal === undefined)
    try {
      return await read(plainFigures);
    } catch (error) {
      if (!(error instanceof OtherFigures)) throw error;
    }
  return read(await examineFigures(file, decimal ?? null));
}
