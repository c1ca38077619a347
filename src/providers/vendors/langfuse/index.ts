import { addDays, utcDay } from '../../../core/base/time.js';
import { describeConnector } from '../../connector.js';
import { checkScopes } from '../../http/check-scopes.js';
import { pullByDays } from '../../parts/pull-window.js';
import { fetchDays, hasObservations, metricsQuery, observationsQuery, openProject } from './client.js';
import { toUses } from './focus.js';
import { LangfuseOptions } from './schema.js';

const REACH = { vendor: 'Langfuse', days: 400, earliest: null };
/** Traces arrive late: applications send them in batches. */
const LAG_MS = 3 * 3_600_000;

/** A Langfuse project: who used what of the vendors' bills. The cost that it computes is informational. */
export const langfuse = describeConnector({
  kind: 'langfuse',
  needs: 'key',
  options: LangfuseOptions,
  form: {
    label: 'Langfuse project (who, no money)',
    credential: 'The key pair of the project, pk-lf-…:sk-lf-…',
  },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'langfuse',
      openWindowDays: 7,
      reachDays: REACH.days,
      usualLagDays: 1,
      check: async () => {
        const account = openProject(config);
        const yesterday = addDays(utcDay(clock()), -1);
        const isNew = await hasObservations(account, yesterday, options.api).catch(() => true);
        return checkScopes(account.http, [
          {
            ...(isNew ? observationsQuery(yesterday, 1) : metricsQuery(yesterday)),
            needed: 'a key pair of the project',
            sentence: 'Make one in the settings of the project.',
            isVital: true,
          },
        ]);
      },
      pull: pullByDays({ reach: REACH, clock, lagMs: LAG_MS }, async ({ range }) => {
        const account = openProject(config);
        return { account, ...toUses(await fetchDays(account, range, options.api), options) };
      }),
    };
  },
});
