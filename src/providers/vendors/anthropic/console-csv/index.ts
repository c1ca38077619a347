import { basename } from 'node:path';
import { z } from 'zod';
import { invalid } from '../../../../core/base/errors.js';
import { compareText } from '../../../../core/base/money.js';
import { addDays, utcDay } from '../../../../core/base/time.js';
import { sharedUsage } from '../../../../core/ledger/source-overlap.js';
import type { VendorIdentity } from '../../../../core/people/data.js';
import { describeConnector } from '../../../connector.js';
import { FILE_OPTIONS } from '../../../files/read-file.js';
import { toIdentity } from '../../../parts/pull-parts.js';
import type { Pull } from '../../../provider.js';
import { type ConsoleExport, readExports } from './client.js';
import { toCharges } from './focus.js';

/** Whose exports these are, so that they meet the same organisation's other sources. */
const ConsoleCsvOptions = z.strictObject({
  ...FILE_OPTIONS,
  organizationId: z.string().min(1).optional(),
  organizationName: z.string().min(1).optional(),
});

/**
 * The Console's cost export as money and its usage export as quantities, for who has no API: one file or a folder of
 * them. A pull always takes all files, whatever the window, and replaces the days from the first to the last that they
 * hold.
 */
export const consoleCsv = describeConnector({
  kind: 'anthropic-console-csv',
  needs: 'file',
  options: ConsoleCsvOptions,
  form: { label: 'Claude Console cost and usage exports (CSV)' },
  create: ({ source, path, clock, options: { organizationId, organizationName, ...options } }) => ({
    source,
    kind: 'anthropic-console-csv',
    file: { mayReplace: false },
    openWindowDays: 0,
    reachDays: null,
    usualLagDays: null,
    chunkDays: null,
    overlaps: [sharedUsage('anthropic', 'export')],
    async pull(): Promise<Pull> {
      const nowMs = clock();
      const exports = await readExports(path, nowMs, options);
      const days = exports.costs.map((row) => row.usage_date_utc).toSorted(compareText);
      const [first, last] = [days[0], days.at(-1)];
      if (first === undefined || last === undefined)
        return invalid(
          `${basename(path)} holds no costs; export the cost page of the Console, not its usage alone.`,
        );
      const account = {
        source,
        billingAccountId: organizationId ?? source,
        billingAccountName: organizationName ?? null,
      };
      const yesterday = addDays(utcDay(nowMs), -1);
      return {
        scope: { kind: 'charge-days', from: first, to: addDays(last, 1) },
        charges: toCharges(exports, account),
        raw: exports.raw,
        identities: keysOf(exports, source, nowMs),
        completeThrough: last < yesterday ? last : yesterday,
        remarks: [...exports.remarks, ...roundedRemarks(exports)],
      };
    },
  }),
});

function keysOf({ costs }: ConsoleExport, source: string, nowMs: number): readonly VendorIdentity[] {
  const keys = new Map<string, VendorIdentity>();
  for (const { api_key_id, api_key, api_key_status } of costs) {
    if (api_key_id === null) continue;
    const key = { kind: 'api-key', id: api_key_id, name: api_key, status: api_key_status } as const;
    keys.set(api_key_id, toIdentity(source, utcDay(nowMs), key));
  }
  return [...keys.values()];
}

function roundedRemarks({ costs }: ConsoleExport): readonly string[] {
  return costs.every(({ cost_usd }) => !/\.\d{3}/.test(cost_usd))
    ? ['The Console rounds each row of its export to cents: a month may differ from its invoice by as much.']
    : [];
}
