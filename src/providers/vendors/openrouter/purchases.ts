import { formatNanos, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { type Day, type DayRange, parseDay } from '../../../core/base/time.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import type { OpenRouterOptions } from './schema.js';

/** The identity in whose tags a source remembers what it saw of its credits: the vendor dates no purchase. */
export const CREDITS_ID = 'prepaid-credits';
const OPENING = 'bought-before-first-pull';

/** A purchase of credits; `seen`: known only by the growth of the total, so dated on the day it was noticed. */
export interface Purchase {
  readonly date: Day;
  readonly amount: Nanos;
  readonly invoiceId: string | null;
  readonly seen: boolean;
}

/** The identity in whose tags a source remembers which named purchases stand in the ledger. */
export const BOOKED_ID = 'booked-purchases';

/**
 * Named purchases by whether a pull of the range books them. Those before `reach`, the first day that any pull reaches,
 * were booked by an earlier pull (`remembered`) or cannot be any more: `late`. `tags` are what to remember.
 */
export function trackBooked(
  purchases: readonly Purchase[],
  { range, reach }: { readonly range: DayRange; readonly reach: Day },
  remembered: VendorIdentity | undefined,
): { readonly late: readonly Purchase[]; readonly tags: Readonly<Record<string, string>> } {
  const named = purchases.filter(({ seen }) => !seen);
  const keyOf = ({ date, amount }: Purchase) => `${date} ${formatNanos(amount)}`;
  const booked = new Set(Object.keys(remembered?.tags ?? {}));
  for (const purchase of named)
    if (range.from <= purchase.date && purchase.date < range.to) booked.add(keyOf(purchase));
  return {
    late: named.filter((purchase) => purchase.date < reach && !booked.has(keyOf(purchase))),
    tags: Object.fromEntries([...booked].map((key) => [key, 'booked'])),
  };
}

/** Purchases as known after a pull, what has no date, and what to remember for the next pull. */
export interface Purchases {
  readonly purchases: readonly Purchase[];
  /** Bought before the first pull and in no option: in no billed cost. */
  readonly undated: Nanos;
  /** What the options name beyond all that was ever bought: somebody has mistyped. */
  readonly excess: Nanos;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Purchases out of the total of credits that were ever bought: those of the options by their date, and every growth
 * since the last pull (`remembered`) on the day it was seen. What the first pull finds has no date and is not
 * booked. A purchase that the options name later takes the place of what was seen of it, the oldest first. Pure, and
 * the same total twice changes nothing. `total` null: the vendor did not say, all stays.
 */
export function trackPurchases(
  total: string | null,
  { purchases: named }: OpenRouterOptions,
  remembered: VendorIdentity | undefined,
  today: Day,
): Purchases {
  const explicit = named.map(({ date, amount, invoiceId }): Purchase => {
    return { date: parseDay(date), amount: parseNanos(amount), invoiceId: invoiceId ?? null, seen: false };
  });
  const before = readTags(remembered);
  const unnamed = total === null ? null : parseNanos(total) - sumNanos(explicit.map(({ amount }) => amount));
  const parts = unnamed === null ? before : follow(before, unnamed, today);
  const seen = [...parts]
    .filter(([name]) => name !== OPENING)
    .map(([date, amount]): Purchase => ({ date: parseDay(date), amount, invoiceId: null, seen: true }));
  return {
    purchases: [...explicit, ...seen],
    undated: parts.get(OPENING) ?? 0n,
    excess: unnamed !== null && unnamed < 0n ? -unnamed : 0n,
    tags: Object.fromEntries([...parts].map(([name, amount]) => [name, formatNanos(amount)])),
  };
}

function readTags(remembered: VendorIdentity | undefined): ReadonlyMap<string, Nanos> {
  return new Map(Object.entries(remembered?.tags ?? {}).map(([name, amount]) => [name, parseNanos(amount)]));
}

/** The parts (opening, then days) made to add up to `unnamed`: growth is of today, less is taken from the oldest. */
function follow(before: ReadonlyMap<string, Nanos>, unnamed: Nanos, today: Day): ReadonlyMap<string, Nanos> {
  const difference = unnamed - sumNanos(before.values());
  const parts = new Map(before);
  if (difference > 0n) {
    const name = before.size === 0 ? OPENING : today;
    parts.set(name, (parts.get(name) ?? 0n) + difference);
    return parts;
  }
  if (before.size === 0) return new Map([[OPENING, 0n]]);
  let excess = -difference;
  // A day sorts before the name of the opening, which is the oldest of all.
  for (const name of [OPENING, ...[...before.keys()].filter((key) => key !== OPENING).toSorted()]) {
    const amount = parts.get(name) ?? 0n;
    const taken = amount < excess ? amount : excess;
    excess -= taken;
    if (amount === taken && name !== OPENING) parts.delete(name);
    else parts.set(name, amount - taken);
  }
  return parts;
}
