import type { VendorIdentity } from '../../core/directory/directory-data.js';
import { createNanoCarry, formatNanos, parseNanos, sumNanos } from '../../core/money.js';
import { addDays, type Day, utcDay } from '../../core/time.js';
import type { AdminKeyConfig } from '../http.js';
import type { Provider } from '../provider.js';
import { keepWithin, lastClosedDay, toIdentity } from '../pull-parts.js';
import { withinReach } from '../pull-window.js';
import { fetchFacts, type OpenRouterFacts } from './client.js';
import { toCharges, toMeasures } from './focus.js';
import type { OpenRouterOptions } from './schema.js';

/** The 30 completed days and today, which holds purchases only. */
const REACH = { vendor: 'OpenRouter', days: 31, earliest: null };

type Config = AdminKeyConfig & { readonly options: OpenRouterOptions };

/**
 * OpenRouter by its activity: prepaid credits and what draws them down, per day, model, endpoint, workspace and key.
 * Every pull reads all that the vendor still has, 30 completed days: older ones can never be pulled again.
 */
export function createOpenRouterProvider(config: Config): Provider {
  const { source, options } = config;
  return {
    source,
    kind: 'openrouter',
    openWindowDays: REACH.days - 1,
    reachDays: REACH.days,
    async pull(window, known) {
      const today = utcDay(config.clock());
      const { range, remarks } = withinReach(window, REACH, config.clock());
      const remembered = known.filter(({ kind }) => kind === 'api-key');
      const recent = remembered.filter(({ seenOn }) => seenOn >= addDays(today, -REACH.days));
      const facts = await fetchFacts(
        config,
        recent.map(({ id }) => id),
      );
      const identities = toIdentities(facts, source, today);
      const named = [...known, ...identities];
      const all = toCharges(facts, {
        source,
        keys: new Map(named.filter(({ kind }) => kind === 'api-key').map((key) => [key.id, key])),
        workspaces: new Map(
          named.filter(({ kind }) => kind === 'sub-account').map((space) => [space.id, space]),
        ),
        purchases: options.purchases,
      });
      return {
        scope: { kind: 'charge-days', ...range },
        // The answer always spans 30 days: what lies outside the window is no news.
        charges: keepWithin(all, range).charges,
        raw: facts.raw,
        identities,
        measures: toMeasures(facts, range),
        completeThrough: lastClosedDay(range, today),
        remarks: [...remarks, ...facts.remarks, ...checkPurchases(facts, options), ...tellOwnKeys(facts)],
      };
    },
  };
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

function checkPurchases(
  { totalCredits }: OpenRouterFacts,
  { purchases }: OpenRouterOptions,
): readonly string[] {
  if (totalCredits === null) return [];
  const bought = parseNanos(totalCredits);
  const named = sumNanos(purchases.map(({ amount }) => parseNanos(amount)));
  if (bought === named) return [];
  return [
    `OpenRouter says that credits for ${formatNanos(bought)} USD were bought in all, the option purchases of the source names ` +
      `${formatNanos(named)} USD: the other ${formatNanos(bought - named)} USD are in no billed cost until their date and amount stand there.`,
  ];
}

function tellOwnKeys({ total }: OpenRouterFacts): readonly string[] {
  const carry = createNanoCarry();
  const own = sumNanos(total.map(({ byok_usage_inference: byok }) => carry.add(byok ?? '0')));
  if (own === 0n) return [];
  return [
    `Inference worth ${formatNanos(own)} USD ran through OpenRouter on keys of your own in its last 30 days: it is on those vendors' bills and not counted here.`,
  ];
}
