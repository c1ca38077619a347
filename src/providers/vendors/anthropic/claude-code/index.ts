import { countedElsewhere } from '../../../../core/ledger/source-overlap.js';
import { describeConnector, NO_OPTIONS } from '../../../connector.js';
import { pullByDays } from '../../../parts/pull-window.js';
import { clampToRefresh } from '../freshness.js';
import { toIdentities, withRemembered } from '../identities.js';
import { fetchActivity } from './client.js';
import { toWeights } from './focus.js';

/** No retention is stated; ten years are more than the report can have. */
const REACH = { vendor: 'Anthropic', days: 3650, earliest: null };
const MS_PER_HOUR = 3_600_000;

/**
 * Anthropic's Claude Code report: who used it and how much, never money, so that it may stand beside any cost feed
 * of the same organisation. First-party use only: not Bedrock, Vertex or Foundry.
 */
export const claudeCode = describeConnector({
  kind: 'anthropic-claude-code',
  needs: 'key',
  options: NO_OPTIONS,
  form: {
    label: 'Claude Code report (who, no money)',
    credential: 'An Admin API key of the organisation',
  },
  create(config) {
    const { source, clock } = config;
    return {
      source,
      kind: 'anthropic-claude-code',
      openWindowDays: 7,
      reachDays: null,
      overlaps: [countedElsewhere('the cost feed of Anthropic')],
      pull: pullByDays({ reach: REACH, clock }, async ({ range, nowMs, today, known }) => {
        // Only what is older than an hour is told.
        const { filled, completeThrough } = clampToRefresh(range, nowMs - MS_PER_HOUR, nowMs);
        const facts = await fetchActivity(config, filled);
        const weights = toWeights({ ...facts, apiKeys: withRemembered(facts, known).apiKeys });
        const addresses = new Set(facts.users.map(({ email }) => email?.toLowerCase()));
        const strangers = facts.activity.flatMap(({ row }) => {
          const email = row.actor.email_address?.toLowerCase();
          // Without a listing the address is all that names them.
          return !email || addresses.has(email)
            ? []
            : [{ type: 'user_actor', user_id: email, email_address: email }];
        });
        return {
          account: facts.account,
          told: filled,
          identities: toIdentities({ ...facts, actors: strangers }, source, today),
          measures: weights.measures,
          completeThrough,
          remarks: [...facts.listRemarks, ...weights.remarks],
        };
      }),
    };
  },
});
