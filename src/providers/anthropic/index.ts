import type { VendorIdentity } from '../../core/directory/directory-data.js';
import { createNanoCarry, type Nanos } from '../../core/money.js';
import { sharedUsage } from '../../core/overlap.js';
import { addDays, type Day, type DayRange, parseDay, utcDay } from '../../core/time.js';
import { type ControlTotals, compareWithControl } from '../charge-parts.js';
import type { AdminKeyConfig } from '../http.js';
import type { Provider, Pull } from '../provider.js';
import { withinReach } from '../pull-window.js';
import { type AnthropicFacts, fetchFacts } from './client.js';
import { toCharges } from './focus.js';
import { toIdentities, withRemembered } from './identities.js';

const REACH = { vendor: 'Anthropic', days: 365, earliest: parseDay('2026-01-01') };

/**
 * Anthropic by its Usage & Cost Analytics API (beta `analytics-usage-cost-2026-08-24`): billed cost per actor, key,
 * workspace, model, tier and token type. Figures move for up to 30 days, hence the open window.
 */
export function createAnthropicProvider(config: AdminKeyConfig): Provider {
  return {
    source: config.source,
    kind: 'anthropic',
    openWindowDays: 35,
    reachDays: REACH.days,
    overlaps: [sharedUsage('anthropic', 'cost-feed')],
    async pull(window, known) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const facts = await fetchFacts(config, range);
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
  const refreshedDay = utcDay(facts.refreshedAtMs ?? nowMs);
  // Days after the vendor's last refresh are unknown, not free: what stands there stays.
  const filled = { from: range.from, to: earlier(range.to, later(range.from, addDays(refreshedDay, 1))) };
  const lastClosed = addDays(earlier(filled.to, refreshedDay), -1);
  const completeThrough = lastClosed < range.from ? null : lastClosed;
  const remembered = withRemembered(facts, asked.known);
  const all = toCharges(remembered, {
    source,
    billingAccountId: facts.organization?.id ?? source,
    billingAccountName: facts.organization?.name ?? null,
  });
  const charges = all.filter(({ chargeDay }) => filled.from <= chargeDay && chargeDay < filled.to);
  const remarks = [
    ...compareWithControl(charges, controlOf(facts), completeThrough, 'ungrouped total of Anthropic'),
    ...(charges.length === all.length
      ? []
      : [
          `${all.length - charges.length} rows outside ${filled.from} to ${filled.to} (end excluded) were left out.`,
        ]),
    ...(filled.to < range.to
      ? [`Anthropic last refreshed its data on ${refreshedDay}; later days were not pulled.`]
      : []),
    ...(facts.organization === null
      ? [`Anthropic does not name the organisation to this key; the account is called "${source}".`]
      : []),
  ];
  return {
    scope: { kind: 'charge-days', ...filled },
    charges,
    raw: facts.raw,
    identities: toIdentities({ ...facts, costs: remembered.costs }, source, utcDay(nowMs)),
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

function earlier(a: Day, b: Day): Day {
  return a < b ? a : b;
}

function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}
