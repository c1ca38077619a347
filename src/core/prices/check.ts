import type { Nanos } from '../base/money.js';
import { compareBigint, compareText, roundedQuotient } from '../base/money.js';
import { addDays, type Day, daysBetween, type Month, monthOf } from '../base/time.js';
import type { Charge } from '../ledger/charge.js';
import { type PricedThing, priceOf, readServiceTier, type TokenType } from './price.js';
import type { PriceTable } from './table.js';

/** What a vendor billed for things that the price list knows, against the list. Nanos of one currency. */
export interface BilledAgainstList {
  readonly billed: Nanos;
  readonly list: Nanos;
}

/** A month of a vendor whose bill is not in the order of magnitude of its usage at list price. */
export interface OutOfBounds extends BilledAgainstList {
  readonly vendor: string;
  readonly month: Month;
}

/** One day's step of a vendor's factor (billed / list) against the day before. */
export interface FactorDrift {
  readonly vendor: string;
  readonly day: Day;
  readonly dayBefore: Day;
  /** Billed by the factors of the day before, for the usage of this day. */
  readonly before: BilledAgainstList;
  readonly after: BilledAgainstList;
  /** The models whose own factor stepped too, largest first; all of them: rather a discount than a price. */
  readonly models: readonly string[];
  readonly allModels: boolean;
  /** Models without a price that were used on the day. */
  readonly unknownModels: readonly string[];
}

/** Billed against list, by vendor, day and model; and which models have no price. */
export interface PriceCheck {
  readonly cells: readonly (BilledAgainstList & {
    readonly vendor: string;
    readonly day: Day;
    readonly model: string;
  })[];
  readonly unpriced: readonly { readonly vendor: string; readonly day: Day; readonly model: string }[];
}

/** What was billed for usage of one model on one day whose charges tell no token types; nanos of dollars. */
export interface BilledUsage {
  readonly vendor: string;
  readonly day: Day;
  readonly billed: Nanos;
  readonly parts: readonly { readonly thing: PricedThing; readonly units: bigint }[];
}

/** The list knows vendors by other names than bills do. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  OpenAI: ['openai'],
  Anthropic: ['anthropic'],
  Mistral: ['mistral'],
  Cursor: ['cursor', 'anthropic', 'openai', 'google'],
};
const METERS: Readonly<Record<string, TokenType>> = {
  'Input Tokens': 'uncached_input',
  'Uncached Input Tokens': 'uncached_input',
  'Cache Read Input Tokens': 'cache_read',
  'Cache Write Input Tokens': 'cache_write_5m',
  'Output Tokens': 'output',
};
/** Below a dollar either way, rounding and free allowances make any ratio. */
const LEAST: Nanos = 1_000_000_000n;
/** A day's drift is worth a word from ten dollars of list cost a day on. */
const LEAST_OF_A_DAY: Nanos = 10_000_000_000n;
const BASIS_POINTS = 10_000n;
const DRIFT_BASIS_POINTS = 1_000n;
/** A gap of more days is no step from one day to the next. */
const LONGEST_GAP_DAYS = 4;

/**
 * Puts charges with token counts beside the price list. What the list does not know, and what was not billed by
 * tokens, is on neither side; usage that the price list could not rate stands under `unpriced`.
 */
export function checkAgainstList(charges: readonly Charge[], prices: PriceTable): PriceCheck {
  const cells = new Map<string, { vendor: string; day: Day; model: string; billed: Nanos; list: Nanos }>();
  const unpriced = new Map<string, PriceCheck['unpriced'][number]>();
  for (const charge of charges) {
    // Not tied to any bill: there is nothing to compare.
    if (charge.kind.confidence === 'estimated') continue;
    const thing = thingOf(charge, prices);
    if (thing === null) continue;
    const { chargeDay: day, set } = charge;
    const { model } = thing;
    const vendor = set.attributes.serviceProviderName ?? thing.provider;
    const key = [vendor, day, model].join('\u0000');
    const found = prices.find(thing, day);
    if ('unpriced' in found) {
      unpriced.set(key, { vendor, day, model });
      continue;
    }
    const cell = cells.get(key) ?? { vendor, day, model, billed: 0n, list: 0n };
    cells.set(key, cell);
    cell.billed += charge.billedCost;
    cell.list += priceOf(BigInt(Math.round(charge.consumedQuantity ?? 0)), found.nanosPerMillion);
  }
  return { cells: [...cells.values()], unpriced: [...unpriced.values()] };
}

/** The same for usage that the charges do not distinguish: only where the list knows each of its parts. */
export function usageAgainstList(usage: readonly BilledUsage[], prices: PriceTable): PriceCheck['cells'] {
  return usage.flatMap(({ vendor, day, billed, parts }) => {
    const known = parts.map(({ thing, units }) => {
      const found = prices.find(thing, day);
      return 'unpriced' in found ? null : priceOf(units, found.nanosPerMillion);
    });
    const list = known.reduce<Nanos | null>(
      (sum, part) => (sum === null || part === null ? null : sum + part),
      0n,
    );
    const model = parts[0]?.thing.model;
    return list === null || model === undefined ? [] : [{ vendor, day, model, billed, list }];
  });
}

/** What was bought, as the price list names it; null when the charge is not one of tokens. */
function thingOf(charge: Charge, prices: PriceTable): PricedThing | null {
  const { set, kind, bill, consumedQuantity } = charge;
  const { model, serviceProviderName, skuMeter } = set.attributes;
  const tokenType = METERS[skuMeter ?? ''];
  if (model === undefined || tokenType === undefined || kind.consumedUnit !== 'Tokens') return null;
  if ((consumedQuantity ?? 0) <= 0 || bill.billingCurrency !== 'USD') return null;
  const among = PROVIDERS[serviceProviderName ?? ''];
  if (among === undefined) return null;
  const provider = prices.providerOf(model, among) ?? among[0] ?? '';
  const tier = kind.extra['x_ServiceTier'];
  const serviceTier = readServiceTier(tier);
  return { provider, model, tokenType, ...(serviceTier !== null && { serviceTier }) };
}

/** Months of vendors outside 0.2 to 5 times the list: cents read as dollars, or a price list that is far off. */
export function outOfBounds({ cells }: PriceCheck): readonly OutOfBounds[] {
  const months = new Map<string, { vendor: string; month: Month; billed: Nanos; list: Nanos }>();
  for (const { vendor, day, billed, list } of cells) {
    const month = monthOf(day);
    const key = `${vendor}\u0000${month}`;
    const sum = months.get(key) ?? { vendor, month, billed: 0n, list: 0n };
    months.set(key, sum);
    sum.billed += billed;
    sum.list += list;
  }
  return [...months.values()]
    .filter(({ billed, list }) => {
      if (list < LEAST && billed < LEAST) return false;
      return billed * 5n < list || billed > list * 5n;
    })
    .toSorted((a, b) => compareText(a.vendor, b.vendor) || compareText(a.month, b.month));
}

/**
 * Days within `days` on which a vendor's factor stepped by more than 10 points against the day before it that has
 * usage, both at the later day's mix of models: that people changed the model is no change of price. Small days are
 * left out.
 */
export function driftsOf(
  check: PriceCheck,
  days: { readonly from: Day; readonly to: Day },
): readonly FactorDrift[] {
  const drifts: FactorDrift[] = [];
  for (const [vendor, byDay] of byVendorAndDay(check)) {
    const ordered = [...byDay].toSorted(([a], [b]) => compareText(a, b));
    for (const [i, [day, models]] of ordered.entries()) {
      const previous = ordered[i - 1];
      if (previous === undefined || day < days.from || day >= days.to) continue;
      const [dayBefore, modelsBefore] = previous;
      if (daysBetween(dayBefore, day) > LONGEST_GAP_DAYS) continue;
      const step = stepOf(modelsBefore, models);
      if (step === null) continue;
      drifts.push({ vendor, day, dayBefore, ...step, unknownModels: unknownOn(check, vendor, day) });
    }
  }
  return drifts;
}

type Models = ReadonlyMap<string, BilledAgainstList>;

function byVendorAndDay({ cells }: PriceCheck): ReadonlyMap<string, ReadonlyMap<Day, Models>> {
  const vendors = new Map<string, Map<Day, Map<string, BilledAgainstList>>>();
  for (const { vendor, day, model, billed, list } of cells) {
    const days = vendors.get(vendor) ?? new Map<Day, Map<string, BilledAgainstList>>();
    vendors.set(vendor, days);
    const models = days.get(day) ?? new Map<string, BilledAgainstList>();
    days.set(day, models);
    models.set(model, { billed, list });
  }
  return vendors;
}

/** The step of the models that both days have; null when it is small or about little money. */
function stepOf(
  before: Models,
  after: Models,
): Pick<FactorDrift, 'before' | 'after' | 'models' | 'allModels'> | null {
  const shared = [...after].flatMap(([model, now]) => {
    const then = before.get(model);
    if (then === undefined || then.list <= 0n || now.list <= 0n) return [];
    // What the later day's usage would have been billed at the earlier day's factor.
    const asBefore = { list: now.list, billed: roundedQuotient(now.list * then.billed, then.list) };
    return [{ model, now, asBefore, list: then.list }];
  });
  const total = sum(shared.map(({ now }) => now));
  const totalAsBefore = sum(shared.map(({ asBefore }) => asBefore));
  const listBefore = shared.reduce((list, each) => list + each.list, 0n);
  if (total.list < LEAST_OF_A_DAY || listBefore < LEAST_OF_A_DAY) return null;
  if (!isStep(totalAsBefore, total)) return null;
  const stepped = shared.filter(({ now, asBefore }) => isStep(asBefore, now));
  return {
    before: totalAsBefore,
    after: total,
    models: stepped
      .toSorted((a, b) => compareBigint(b.list, a.list) || compareText(a.model, b.model))
      .map(({ model }) => model),
    allModels: shared.length > 1 && stepped.length === shared.length,
  };
}

function sum(parts: readonly BilledAgainstList[]): BilledAgainstList {
  let [billed, list] = [0n, 0n];
  for (const part of parts) {
    billed += part.billed;
    list += part.list;
  }
  return { billed, list };
}

function isStep(before: BilledAgainstList, after: BilledAgainstList): boolean {
  const step = factorPoints(after) - factorPoints(before);
  return step > DRIFT_BASIS_POINTS || step < -DRIFT_BASIS_POINTS;
}

/** Billed by list in basis points; list must not be zero. */
function factorPoints({ billed, list }: BilledAgainstList): bigint {
  return roundedQuotient(billed * BASIS_POINTS, list);
}

function unknownOn({ unpriced }: PriceCheck, vendor: string, day: Day): readonly string[] {
  return unpriced
    .filter((each) => each.vendor === vendor && each.day === day)
    .map(({ model }) => model)
    .toSorted(compareText);
}

/** The days of the latest week that are over: older steps were reported when they were new. */
export function recentDays(through: Day): { readonly from: Day; readonly to: Day } {
  return { from: addDays(through, -6), to: addDays(through, 1) };
}
