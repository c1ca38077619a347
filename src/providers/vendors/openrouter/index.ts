import { createNanoCarry, formatNanos, sumNanos } from '../../../core/base/money.js';
import { addDays, type Day, type DayRange } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { describeConnector } from '../../connector.js';
import { toIdentity } from '../../parts/pull-parts.js';
import { type Asked, type Made, pullByDays } from '../../parts/pull-window.js';
import { fetchFacts, type OpenRouterFacts } from './client.js';
import { toCharges, toMeasures } from './focus.js';
import {
  BOOKED_ID,
  CREDITS_ID,
  type Purchase,
  type Purchases,
  trackBooked,
  trackPurchases,
} from './purchases.js';
import { OpenRouterOptions } from './schema.js';

/** The 30 completed days and today, which holds purchases only. */
const REACH = { vendor: 'OpenRouter', days: 31, earliest: null };

/**
 * OpenRouter by its activity: prepaid credits and what draws them down, per day, model, endpoint, workspace and key.
 * Every pull reads all that the vendor still has, 30 completed days: older ones can never be pulled again.
 */
export const openRouter = describeConnector({
  kind: 'openrouter',
  needs: 'key',
  options: OpenRouterOptions,
  form: { label: 'OpenRouter credits', credential: 'A management key' },
  create(config) {
    const { source, options, clock } = config;
    return {
      source,
      kind: 'openrouter',
      openWindowDays: REACH.days - 1,
      reachDays: REACH.days,
      pull: pullByDays({ reach: REACH, clock, isWider: true }, async (asked) => {
        const oldest = addDays(asked.today, -REACH.days);
        const recent = asked.known.filter(({ kind, seenOn }) => kind === 'api-key' && seenOn >= oldest);
        const facts = await fetchFacts(
          config,
          recent.map(({ id }) => id),
        );
        return toPull(facts, { source, options }, asked);
      }),
    };
  },
});

function toPull(
  facts: OpenRouterFacts,
  { source, options }: { readonly source: string; readonly options: OpenRouterOptions },
  { range, today, known }: Asked,
): Made {
  const remembered = known.find(({ kind, id }) => kind === 'sub-account' && id === CREDITS_ID);
  const bought = trackPurchases(facts.totalCredits, options, remembered, today);
  const booked = bookedBy(bought.purchases, known, range, today);
  const note = (id: string, name: string, tags: Readonly<Record<string, string>>) =>
    toIdentity(source, today, { kind: 'sub-account', id, name, tags });
  const identities = [
    ...toIdentities(facts, source, today),
    note(BOOKED_ID, 'Purchases in the ledger', booked.tags),
    note(CREDITS_ID, 'Prepaid credits', bought.tags),
  ];
  return {
    account: facts.account,
    charges: toCharges(facts, {
      source,
      ...namesOf([...known, ...identities]),
      purchases: bought.purchases,
    }),
    identities,
    measures: toMeasures(facts, range),
    remarks: [...remarksOn(bought, source), ...booked.late.map(describeLate), ...describeOwnKeys(facts)],
  };
}

/** Keys and workspaces by id, the latest listing winning. */
function namesOf(identities: readonly VendorIdentity[]) {
  const byId = (kind: VendorIdentity['kind']) =>
    new Map(identities.filter((each) => each.kind === kind).map((each) => [each.id, each]));
  return { keys: byId('api-key'), workspaces: byId('sub-account') };
}

function bookedBy(
  purchases: readonly Purchase[],
  known: readonly VendorIdentity[],
  range: DayRange,
  today: Day,
) {
  const before = known.find(({ kind, id }) => kind === 'sub-account' && id === BOOKED_ID);
  return trackBooked(purchases, { range, reach: addDays(today, 1 - REACH.days) }, before);
}

function toIdentities(facts: OpenRouterFacts, source: string, seenOn: Day): readonly VendorIdentity[] {
  const keys = facts.keys.map((key) =>
    toIdentity(source, seenOn, {
      kind: 'api-key',
      id: key.hash,
      name: key.name ?? null,
      createdBy: key.creator_user_id ?? null,
      subAccountId: key.workspace_id ?? null,
      status: key.disabled === true ? 'disabled' : 'active',
    }),
  );
  const workspaces = facts.workspaces.map(({ id, name }) =>
    toIdentity(source, seenOn, { kind: 'sub-account', id, name: name ?? null }),
  );
  return [...keys, ...workspaces];
}

function remarksOn({ undated, excess }: Purchases, source: string): readonly string[] {
  const remarks: string[] = [];
  if (undated !== 0n)
    remarks.push(
      `OpenRouter credits for ${formatNanos(undated)} USD were bought before the first pull and have no date: they are in no ` +
        'billed cost until the option purchases of the source names them (date and amount).',
    );
  if (excess !== 0n)
    remarks.push(
      `Source "${source}" names ${formatNanos(excess)} USD more of purchases than OpenRouter says were ever bought.`,
    );
  return remarks;
}

function describeLate({ date, amount }: Purchase): string {
  return (
    `The purchase of ${date} (${formatNanos(amount)} USD) lies before the days that OpenRouter still answers for, ` +
    'so that it is in no billed cost: enter its invoice instead.'
  );
}

function describeOwnKeys({ total }: OpenRouterFacts): readonly string[] {
  const carry = createNanoCarry();
  const own = sumNanos(total.map(({ byok_usage_inference: byok }) => carry.add(byok ?? '0')));
  if (own === 0n) return [];
  return [
    `Inference worth ${formatNanos(own)} USD ran through OpenRouter on keys of your own in its last 30 days: it is on those vendors' bills and not counted here.`,
  ];
}
