import { z } from 'zod';
import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { SpendLog } from './schema.js';

/** The requests of one UTC day. */
export interface LogDay {
  readonly day: Day;
  readonly rows: readonly SpendLog[];
}

/** Access to one proxy. Of its answers only what is used is kept: they may hold prompts. */
export function openProxy(config: AdminKeyConfig & { readonly baseUrl: string }): VendorAccess {
  return openAccount(config, {
    vendor: 'LiteLLM',
    address: config.baseUrl,
    credentialNeeded: 'the master key, or a key with the route permission get_spend_routes',
    keep: (raw, value) => ({ ...raw, body: JSON.stringify(value) }),
  });
}

/**
 * Reads the spend logs day by day: the endpoint has no pages, and a day is the least that it can be asked for. Throws
 * what the client throws.
 */
export async function fetchLogs(account: VendorAccess, range: DayRange): Promise<readonly LogDay[]> {
  const days: LogDay[] = [];
  for (const day of daysIn(range)) {
    const rows = await account.get({
      endpoint: '/spend/logs',
      query: [
        ['start_date', day],
        ['end_date', addDays(day, 1)],
        ['summarize', 'false'],
      ],
      schema: z.array(SpendLog),
    });
    days.push({ day, rows });
  }
  return days;
}
