import { addDays, utcDay } from '../../../core/base/time.js';
import { checkScopes } from '../../http/check-scopes.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { lastClosedDay } from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider } from '../../provider.js';
import { createClient, fetchMetrics, metricsQuery } from './client.js';
import { toUses } from './focus.js';
import type { LangfuseOptions } from './schema.js';

/** Traces arrive late: applications send them in batches. */
const LAG_MS = 3 * 3_600_000;
const OPEN_WINDOW_DAYS = 7;
const REACH = { vendor: 'Langfuse', days: 400, earliest: null };

/** A Langfuse project: who used what of the vendors' bills. The cost that it computes is informational. */
export function createLangfuseProvider(
  config: AdminKeyConfig & { readonly options: LangfuseOptions },
): Provider {
  const { source, options, clock } = config;
  return {
    source,
    kind: 'langfuse',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    usualLagDays: 1,
    async check() {
      return checkScopes(createClient(config), [
        {
          ...metricsQuery(addDays(utcDay(clock()), -1), options.api),
          needed: 'a key pair of the project',
          sentence: 'Make one in the settings of the project.',
          isVital: true,
        },
      ]);
    },
    async pull(window) {
      const nowMs = clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const { days, raw } = await fetchMetrics(createClient(config), range, options.api);
      const { uses, remarks: said } = toUses(days, options);
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
