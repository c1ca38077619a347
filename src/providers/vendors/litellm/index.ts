import { addDays, utcDay } from '../../../core/base/time.js';
import { createUseTally } from '../../../core/gateways/tally.js';
import { checkScopes } from '../../http/check-scopes.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { lastClosedDay } from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider } from '../../provider.js';
import { createClient, fetchLogs } from './client.js';
import { tallyLogs } from './focus.js';
import type { LiteLlmOptions } from './schema.js';

/** Logs are written with a delay, and long requests end on the next day. */
const LAG_MS = 2 * 3_600_000;
const OPEN_WINDOW_DAYS = 7;
const REACH = { vendor: 'LiteLLM', days: 400, earliest: null };

/** A LiteLLM proxy: who used what of the vendors' bills. Its spend is its own price list's: informational. */
export function createLiteLlmProvider(
  config: AdminKeyConfig & { readonly baseUrl: string; readonly options: LiteLlmOptions },
): Provider {
  const { source, options, clock } = config;
  return {
    source,
    kind: 'litellm',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    usualLagDays: 1,
    chunkDays: 7,
    async check() {
      const yesterday = addDays(utcDay(clock()), -1);
      return checkScopes(createClient(config), [
        {
          endpoint: '/spend/logs',
          query: [
            ['start_date', yesterday],
            ['end_date', yesterday],
            ['summarize', 'false'],
          ],
          needed: 'get_spend_routes',
          sentence: 'Give the key the route permission get_spend_routes, or use the master key.',
          isVital: true,
        },
      ]);
    },
    async pull(window) {
      const nowMs = clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const { days, raw } = await fetchLogs(createClient(config), range);
      const tally = createUseTally();
      tallyLogs(days, tally, options);
      const { uses, remarks: said } = tally.finish();
      return {
        scope: { kind: 'charge-days', ...range },
        charges: [],
        raw,
        identities: [],
        uses,
        completeThrough: lastClosedDay(range, utcDay(nowMs - LAG_MS)),
        remarks: [...remarks, ...said],
      };
    },
  };
}
