import { addDays, utcDay } from '../../../core/base/time.js';
import { createUseTally } from '../../../core/gateways/tally.js';
import { describeConnector } from '../../connector.js';
import { checkScopes } from '../../http/check-scopes.js';
import { pullByDays } from '../../parts/pull-window.js';
import { fetchLogs, openProxy } from './client.js';
import { tallyLogs } from './focus.js';
import { LiteLlmOptions } from './schema.js';

const REACH = { vendor: 'LiteLLM', days: 400, earliest: null };
/** Logs are written with a delay, and long requests end on the next day. */
const LAG_MS = 2 * 3_600_000;

/** A LiteLLM proxy: who used what of the vendors' bills. Its spend is its own price list's: informational. */
export const liteLlm = describeConnector({
  kind: 'litellm',
  needs: 'key-and-address',
  options: LiteLlmOptions,
  form: {
    label: 'LiteLLM proxy (who, no money)',
    credential: 'The master key, or one with get_spend_routes',
  },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'litellm',
      openWindowDays: 7,
      reachDays: REACH.days,
      usualLagDays: 1,
      chunkDays: 7,
      check: () => {
        const yesterday = addDays(utcDay(clock()), -1);
        return checkScopes(openProxy(config).http, [
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
      pull: pullByDays({ reach: REACH, clock, lagMs: LAG_MS }, async ({ range }) => {
        const account = openProxy(config);
        const tally = createUseTally();
        tallyLogs(await fetchLogs(account, range), tally, options);
        return { account, ...tally.finish() };
      }),
    };
  },
});
