import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { canonicalJson } from '../../../core/base/json.js';
import { addDays, utcDay } from '../../../core/base/time.js';
import { BILL_OVERLAPS } from '../../../core/ledger/source-overlap.js';
import { describeConnector, type FileConfig, NO_OPTIONS } from '../../connector.js';
import type { Provider, Pull } from '../../provider.js';
import { forEachRow, readBytes } from './client.js';
import { createFocusReader } from './focus.js';

/**
 * A FOCUS 1.0 to 1.4 cost and usage file on disk, CSV or gzipped CSV. A pull always takes the whole file, whatever the window: it replaces the billing periods
 * that the file holds, so the same file again changes nothing.
 */
export function createFocusFileProvider({ source, path, clock }: FileConfig): Provider {
  return {
    source,
    kind: 'focus-file',
    openWindowDays: 0,
    reachDays: null,
    overlaps: BILL_OVERLAPS,
    usualLagDays: null,
    chunkDays: null,
    async pull(): Promise<Pull> {
      const nowMs = clock();
      const fileName = basename(path);
      const body = await readBytes(path);
      const reader = createFocusReader(source, fileName);
      await forEachRow(body, fileName, (cells, rowNumber) => reader.row(cells, rowNumber));
      const { charges, periods, lastDay, remarks } = reader.finish();
      const yesterday = addDays(utcDay(nowMs), -1);
      const sha256 = createHash('sha256').update(body).digest('hex');
      return {
        scope: { kind: 'billing-periods', periods },
        charges,
        raw: [{ endpoint: fileName, parameters: canonicalJson({ sha256 }), fetchedAtMs: nowMs, body }],
        identities: [],
        completeThrough: lastDay !== null && lastDay < yesterday ? lastDay : yesterday,
        remarks,
      };
    },
  };
}

/** The same as a configured source. */
export const focusFile = describeConnector({
  kind: 'focus-file',
  needs: 'file',
  options: NO_OPTIONS,
  form: { label: 'FOCUS bill (CSV or .csv.gz)' },
  create: createFocusFileProvider,
});
