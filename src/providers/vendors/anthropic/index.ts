import { z } from 'zod';
import { createNanoCarry, type Nanos } from '../../../core/base/money.js';
import { type Day, type DayRange, parseDay, utcDay } from '../../../core/base/time.js';
import { sharedUsage } from '../../../core/ledger/overlap.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { type ControlTotals, compareWithControl } from '../../parts/charge-parts.js';
import { keepWithin } from '../../parts/pull-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider, Pull } from '../../provider.js';
import { checkAnthropic } from './check.js';
import { type AnthropicFacts, fetchFacts } from './client.js';
import { toDetailedCharges } from './focus.js';
import { clampToRefresh, NO_USAGE } from './freshness.js';
import { rememberActors, toIdentities, withRemembered } from './identities.js';
import { DETAILS } from './schema.js';

const REACH = { vendor: 'Anthropic', days: 365, earliest: parseDay('2026-01-01') };

/** Options of the kind. */
export const AnthropicOptions = z.strictObject({
  /** Further dimensions to tell, each by one more pass over cost and usage. */
  details: z.array(z.enum(DETAILS)).default([]),
  /** Whose account it is: the Console's or one of Claude Enterprise. Decides what its money overlaps with. */
  organization: z.enum(['console', 'enterprise']).default('console'),
});

/**
 * Anthropic by its Usage & Cost Analytics API (beta `analytics-usage-cost-2026-08-24`): billed cost per actor, key,
 * workspace, model, tier and token type. Figures move for up to 30 days, hence the open window.
 */
export function createAnthropicProvider(
  config: AdminKeyConfig,
  { details, organization }: z.infer<typeof AnthropicOptions> = AnthropicOptions.parse({}),
): Provider {
  return {
    source: config.source,
    kind: 'anthropic',
    openWindowDays: 35,
    reachDays: REACH.days,
    overlaps: [sharedUsage(organization === 'console' ? 'anthropic' : 'claude-enterprise', 'cost-feed')],
    check: () => checkAnthropic(config),
    async pull(window, known) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const facts = await fetchFacts(config, range, details);
      const pull = toPull(facts, { range, source: config.source, nowMs, known });
      return { ...pull, remarks: [...remarks, ...pull.remarks] };
    },
  };
}

function toPull(
  facts: AnthropicFacts,
  asked: {
    readonly range: DayRange;
    readonly source: string;
    readonly nowMs: number;
    readonly known: readonly VendorIdentity[];
  },
): Pull {
  const { source, nowMs, range } = asked;
  const { filled, completeThrough, remarks: stale } = clampToRefresh(range, facts.refreshedAtMs, nowMs);
  const withAddress = rememberActors(asked.known);
  const costs = facts.costs.map((row) => ({
    ...row,
    group: { ...row.group, actor: withAddress(row.group.actor) },
  }));
  const remembered = { ...withRemembered(facts, asked.known), costs };
  const { charges: all, remarks: untold } = toDetailedCharges(remembered, {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  });
  const { charges, remarks: leftOut } = keepWithin(all, filled);
  const remarks = [
    ...untold,
    ...facts.listRemarks,
    ...(facts.usage === null ? [NO_USAGE] : []),
    ...compareWithControl(charges, controlOf(facts), completeThrough, 'ungrouped total of Anthropic'),
    ...leftOut,
    ...stale,
    ...(facts.organization === null
      ? [`Anthropic does not name the organisation to this key; the account is called "${source}".`]
      : []),
  ];
  return {
    scope: { kind: 'charge-days', ...filled },
    charges,
    raw: facts.raw,
    identities: toIdentities(
      { ...facts, actors: costs.map(({ group }) => group.actor) },
      source,
      utcDay(nowMs),
    ),
    completeThrough,
    remarks,
  };
}

function controlOf(facts: AnthropicFacts): ControlTotals {
  const carry = createNanoCarry();
  const totals = new Map<Day, Nanos>();
  for (const { starting_at, cost } of facts.totals) {
    const day = utcDay(Date.parse(starting_at));
    totals.set(day, (totals.get(day) ?? 0n) + carry.add(cost.amount, -2));
  }
  return totals;
}
