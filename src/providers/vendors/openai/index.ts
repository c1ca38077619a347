import { z } from 'zod';
import { compareText, createNanoCarry, type Nanos } from '../../../core/base/money.js';
import type { Day } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import { sharedUsage } from '../../../core/ledger/source-overlap.js';
import type { ControlDifference } from '../../../core/sources/hold.js';
import { describeConnector, field } from '../../connector.js';
import { compareWithControl } from '../../parts/charge-parts.js';
import { addTo, describeShares } from '../../parts/pull-parts.js';
import { holdsDay, pullByDays } from '../../parts/pull-window.js';
import type { Unbilled } from './cells.js';
import { checkOpenAi } from './check.js';
import { fetchFacts, type OpenAiFacts } from './client.js';
import { toCharges } from './focus.js';
import { toIdentities, withRemembered } from './identities.js';

const REACH = { vendor: 'OpenAI', days: 400, earliest: null };
const NAMED_MODELS = 5;

/** No endpoint names the organisation, so that a company with bills of several says which one it is. */
const OpenAiOptions = z.strictObject({
  /** `org-...`, as a bill has it: rows of a FOCUS file with another one are then another organisation's. */
  organizationId: z.string().min(1).optional(),
  organizationName: z.string().min(1).optional(),
});

/**
 * OpenAI's platform by its Costs API: billed cost per project, line item and key, with the quantities, service tiers
 * and users of its usage endpoints. ChatGPT and Codex seats are not in there. No lag is documented: today's bucket
 * grows, so the days up to yesterday count as closed.
 */
export const openAi = describeConnector({
  kind: 'openai',
  needs: 'key',
  options: OpenAiOptions,
  form: {
    label: 'OpenAI platform',
    credential: 'An admin key of the organisation (sk-admin-…)',
    fields: [
      field('organizationId', 'Organisation', 'As on its bills (org-…); only where there are several'),
    ],
  },
  create(config) {
    const { source, clock } = config;
    const { organizationId, organizationName } = config.options;
    const payer = {
      source,
      billingAccountId: organizationId ?? source,
      billingAccountName: organizationName ?? null,
    };
    return {
      source,
      kind: 'openai',
      // The open month and the five days after its close, in which its bill may still move (docs/vendors.md#openai).
      openWindowDays: 36,
      reachDays: REACH.days,
      overlaps: [sharedUsage('openai', 'cost-feed')],
      check: () => checkOpenAi(config),
      pull: pullByDays({ reach: REACH, clock }, async ({ range, today, closed, known }) => {
        const remembered = new Set(known.map(({ id }) => id));
        const facts = await fetchFacts(config, range, (id) => remembered.has(id));
        const { charges: all, unbilled } = toCharges(withRemembered(facts, known), payer);
        const charges = all.filter(({ chargeDay }) => holdsDay(range, chargeDay));
        const byUser = compareByUser(facts, charges, closed);
        return {
          account: facts.account,
          charges: all,
          identities: toIdentities(facts, source, today),
          remarks: [...describeUnbilled(unbilled, closed), ...byUser.remarks],
          differences: byUser.differences,
        };
      }),
    };
  },
});

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

/** The by-user call is a second view of the same money: compared, never added. */
function compareByUser(
  facts: OpenAiFacts,
  charges: readonly Charge[],
  closed: Day | null,
): { readonly remarks: readonly string[]; readonly differences: readonly ControlDifference[] } {
  if (facts.userCosts === null) {
    const remark =
      'OpenAI refuses costs by user for this organisation, so the total could not be checked against them.';
    return { remarks: [remark], differences: [] };
  }
  const carry = createNanoCarry();
  const days = new Map<Day, Nanos>();
  const users = new Map<string, Nanos>();
  const names = new Map(facts.users.map((user) => [user.id, user.email ?? user.name ?? user.id]));
  for (const { day, user_id: id, amount } of facts.userCosts) {
    const nanos = carry.add(amount.value);
    addTo(days, day, nanos);
    addTo(users, id ? (names.get(id) ?? id) : 'no user', nanos);
  }
  return {
    remarks: describeShares("OpenAI's view by user", users),
    differences: compareWithControl(charges, days, closed, 'by-user total of OpenAI'),
  };
}
