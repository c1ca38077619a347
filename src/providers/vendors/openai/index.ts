import { z } from 'zod';
import {
  compareBigint,
  compareText,
  createNanoCarry,
  formatNanos,
  type Nanos,
  sumNanos,
} from '../../../core/base/money.js';
import { addDays, type Day, utcDay } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import { sharedUsage } from '../../../core/ledger/overlap.js';
import type { AdminKeyConfig } from '../../http/http.js';
import { compareWithControl } from '../../parts/charge-parts.js';
import { withinReach } from '../../parts/pull-window.js';
import type { Provider } from '../../provider.js';
import type { Unbilled } from './cells.js';
import { checkOpenAi } from './check.js';
import { fetchFacts, type OpenAiFacts } from './client.js';
import { toCharges } from './focus.js';
import { toIdentities, withRemembered } from './identities.js';

const REACH = { vendor: 'OpenAI', days: 400, earliest: null };
/** The open month and the five days after its close, in which its bill may still move (docs/vendors.md#openai). */
const OPEN_WINDOW_DAYS = 36;
const NAMED_USERS = 3;
const NAMED_MODELS = 5;

/** Options of the kind: no endpoint names the organisation, so that whoever has bills of several of them says it. */
export const OpenAiOptions = z.strictObject({
  /** `org-...`, as a bill has it: rows of a FOCUS file with another one are then another organisation's. */
  organizationId: z.string().min(1).optional(),
  organizationName: z.string().min(1).optional(),
});

/**
 * OpenAI's platform by its Costs API: billed cost per project, line item and key, with the quantities, service tiers
 * and users of its usage endpoints. ChatGPT and Codex seats are not in there. No lag is documented: today's bucket grows, so the days up to yesterday count as closed.
 */
export function createOpenAiProvider(
  config: AdminKeyConfig,
  { organizationId, organizationName }: z.infer<typeof OpenAiOptions> = {},
): Provider {
  const account = {
    source: config.source,
    billingAccountId: organizationId ?? config.source,
    billingAccountName: organizationName ?? null,
  };
  return {
    source: config.source,
    kind: 'openai',
    openWindowDays: OPEN_WINDOW_DAYS,
    reachDays: REACH.days,
    overlaps: [sharedUsage('openai', 'cost-feed')],
    check: () => checkOpenAi(config),
    async pull(window, known) {
      const nowMs = config.clock();
      const { range, remarks } = withinReach(window, REACH, nowMs);
      const remembered = new Set(known.map(({ id }) => id));
      const facts = await fetchFacts(config, range, (id) => remembered.has(id));
      const { charges: all, unbilled } = toCharges(withRemembered(facts, known), account);
      const charges = all.filter(({ chargeDay }) => range.from <= chargeDay && chargeDay < range.to);
      const today = utcDay(nowMs);
      const lastClosed = addDays(range.to < today ? range.to : today, -1);
      const completeThrough = lastClosed < range.from ? null : lastClosed;
      const outside = `${all.length - charges.length} rows outside ${range.from} to ${range.to} (end excluded) were left out.`;
      return {
        scope: { kind: 'charge-days', ...range },
        charges,
        raw: facts.raw,
        identities: toIdentities(facts, config.source, today),
        completeThrough,
        remarks: [
          ...remarks,
          ...facts.remarks,
          ...describeUnbilled(unbilled, completeThrough),
          ...(charges.length === all.length ? [] : [outside]),
          ...remarksByUser(facts, charges, completeThrough),
        ],
      };
    },
  };
}

/** Usage of closed days without any cost, by model, in one sentence: free, or billed later. */
function describeUnbilled(unbilled: readonly Unbilled[], through: Day | null): readonly string[] {
  const models = new Map<string, Set<string>>();
  for (const { day, model, family } of unbilled) {
    if (model === null || through === null || day > through) continue;
    const families = models.get(model) ?? new Set<string>();
    models.set(model, families.add(family));
  }
  if (models.size === 0) return [];
  const named = [...models].toSorted(([a], [b]) => compareText(a, b)).slice(0, NAMED_MODELS);
  const words = named.map(([model, families]) => `${model} (${[...families].toSorted().join(', ')})`);
  const more = models.size > NAMED_MODELS ? ` and ${models.size - NAMED_MODELS} more models` : '';
  return [`Used but not billed by OpenAI, so free or billed later: ${words.join(', ')}${more}.`];
}

/** The by-user call is a second view of the same money: checked and told, never added. */
function remarksByUser(
  facts: OpenAiFacts,
  charges: readonly Charge[],
  completeThrough: Day | null,
): readonly string[] {
  if (facts.userCosts === null) {
    return [
      'OpenAI refuses costs by user for this organisation, so the total could not be checked against them.',
    ];
  }
  const carry = createNanoCarry();
  const days = new Map<Day, Nanos>();
  const users = new Map<string, Nanos>();
  for (const { day, user_id, amount } of facts.userCosts) {
    const nanos = carry.add(amount.value);
    days.set(day, (days.get(day) ?? 0n) + nanos);
    const user = user_id ?? 'no user';
    users.set(user, (users.get(user) ?? 0n) + nanos);
  }
  return [
    ...compareWithControl(charges, days, completeThrough, 'by-user total of OpenAI'),
    ...describeShares(users, facts),
  ];
}

function describeShares(users: ReadonlyMap<string, Nanos>, facts: OpenAiFacts): readonly string[] {
  const total = sumNanos(users.values());
  if (total <= 0n) return [];
  const names = new Map(facts.users.map((user) => [user.id, user.email ?? user.name ?? user.id]));
  const largest = [...users]
    .toSorted(([, a], [, b]) => compareBigint(b, a))
    .slice(0, NAMED_USERS)
    .map(([id, cost]) => `${names.get(id) ?? id} ${(cost * 100n) / total} %`);
  return [`OpenAI's view by user (a check, not added) totals ${formatNanos(total)}: ${largest.join(', ')}.`];
}
