import { z } from 'zod';
import { createNanoCarry, type Nanos } from '../../../core/base/money.js';
import { type Day, parseDay, utcDay } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import { describeConnector } from '../../connector.js';
import { type ControlTotals, compareWithControl } from '../../parts/charge-parts.js';
import { addTo } from '../../parts/pull-parts.js';
import { type Asked, holdsDay, type Made, pullByDays } from '../../parts/pull-window.js';
import { checkAnthropic } from './check.js';
import { type AnthropicFacts, fetchFacts } from './client.js';
import { toDetailedCharges } from './focus.js';
import { clampToRefresh, NO_USAGE } from './freshness.js';
import { rememberActors, toIdentities, withRemembered } from './identities.js';
import { DETAILS } from './schema.js';

const REACH = { vendor: 'Anthropic', days: 365, earliest: parseDay('2026-01-01') };

const AnthropicOptions = z.strictObject({
  /** Further dimensions to tell, each by one more pass over cost and usage. */
  details: z.array(z.enum(DETAILS)).default([]),
  /** Whose account it is: the Console's or one of Claude Enterprise. Decides what its money overlaps with. */
  organization: z.enum(['console', 'enterprise']).default('console'),
});

/**
 * Anthropic by its Usage & Cost Analytics API (beta `analytics-usage-cost-2026-08-24`): billed cost per actor, key,
 * workspace, model, tier and token type. Figures move for up to 30 days, hence the open window.
 */
export const anthropic = describeConnector({
  kind: 'anthropic',
  needs: 'key',
  options: AnthropicOptions,
  form: {
    label: 'Anthropic: Usage & Cost Analytics',
    credential: 'An Admin API key, or an analytics key with read:analytics',
  },
  create(config) {
    const { source, clock } = config;
    const { details, organization } = config.options;
    return {
      source,
      kind: 'anthropic',
      openWindowDays: 35,
      reachDays: REACH.days,
      overlaps: [sharedUsage(organization === 'console' ? 'anthropic' : 'claude-enterprise', 'cost-feed')],
      check: () => checkAnthropic(config),
      pull: pullByDays({ reach: REACH, clock }, async (asked) =>
        toPull(await fetchFacts(config, asked.range, details), source, asked),
      ),
    };
  },
});

function toPull(facts: AnthropicFacts, source: string, { range, nowMs, today, known }: Asked): Made {
  const { filled, completeThrough, remarks: stale } = clampToRefresh(range, facts.refreshedAtMs, nowMs);
  const withAddress = rememberActors(known);
  const costs = facts.costs.map((row) => ({
    ...row,
    group: { ...row.group, actor: withAddress(row.group.actor) },
  }));
  const remembered = { ...withRemembered(facts, known), costs };
  const { charges, remarks } = toDetailedCharges(remembered, {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  });
  const kept = charges.filter(({ chargeDay }) => holdsDay(filled, chargeDay));
  return {
    account: facts.account,
    told: filled,
    charges,
    identities: toIdentities({ ...facts, actors: costs.map(({ group }) => group.actor) }, source, today),
    completeThrough,
    differences:
      facts.totals === null
        ? []
        : compareWithControl(kept, controlOf(facts.totals), completeThrough, 'ungrouped total of Anthropic'),
    remarks: [
      ...remarks,
      ...facts.listRemarks,
      ...(facts.usage === null ? [NO_USAGE] : []),
      ...stale,
      ...(facts.organization === null
        ? [`Anthropic does not name the organisation to this key; the account is called "${source}".`]
        : []),
    ],
  };
}

function controlOf(rows: NonNullable<AnthropicFacts['totals']>): ControlTotals {
  const carry = createNanoCarry();
  const totals = new Map<Day, Nanos>();
  for (const { starting_at, cost } of rows) {
    const day = utcDay(Date.parse(starting_at));
    addTo(totals, day, carry.add(cost.amount, -2));
  }
  return totals;
}
