import { absolute, type Nanos, roundedQuotient, sumNanos } from '../base/money.js';
import { priceOf } from '../prices/price.js';
import { INPUT_CLASSES, TOKEN_CLASSES, type TokenClass, type TokenCounts } from './token-use.js';

/** What a gateway has of a scope: a day, a model and the keys that it uses. */
export interface GatewayCount {
  readonly requests: number;
  /** Each request once. */
  readonly tokens: TokenCounts;
  /** What it has of these requests a second time. */
  readonly repeated: { readonly requests: number; readonly tokens: TokenCounts; readonly cost: Nanos };
  /** By its own price list; null: it has none, and is valued at our prices. */
  readonly cost: Nanos | null;
}

/** What the vendor billed for the same scope. */
export interface VendorCount {
  /** Null: its bill does not count them. */
  readonly requests: number | null;
  readonly tokens: TokenCounts;
  readonly cost: Nanos;
}

/** Nanos for a million tokens of a class; null: unknown. */
export type UnitPrices = Readonly<Record<TokenClass, Nanos | null>>;

/** Why a gateway says another amount than the vendor. */
const DIFFERENCE_CAUSES = [
  'cached-tokens', // counted as plain input or as cache writes, or the other way round
  'output-tokens',
  'input-tokens',
  'requests', // the gateway has no event for them, or the vendor billed none
  'counted-twice', // retries and duplicates of the gateway's own
  'price-list', // the same tokens at other prices
  'unknown', // a price is missing
] as const;
type DifferenceCause = (typeof DIFFERENCE_CAUSES)[number];

/** One cause with its part of the difference; positive: the gateway says more. */
export interface CausedDifference {
  readonly cause: DifferenceCause;
  readonly amount: Nanos;
  /**
   * Tokens that the gateway has more than the vendor, of `cached-tokens` how many cache reads it has less; requests
   * where it is `counted-twice`; 0 where it is about prices.
   */
  readonly units: bigint;
}

/** A gateway against a bill. The causes add up to `difference` to the nano, in the order of DIFFERENCE_CAUSES. */
export interface GatewayDifference {
  readonly gateway: Nanos;
  readonly vendor: Nanos;
  /** gateway - vendor. */
  readonly difference: Nanos;
  readonly causes: readonly CausedDifference[];
}

/**
 * Why a gateway's figures of a scope differ from the vendor's. Token counts first: what moved between classes of input
 * is a matter of caching; what is more or less altogether is one of requests where input and output, or the
 * requests themselves, go the same way. What the counts do not explain is another price.
 */
export function gatewayDifference(
  gateway: GatewayCount,
  vendor: VendorCount,
  prices: UnitPrices,
): GatewayDifference {
  const { repeated } = gateway;
  const hasOwn = gateway.cost !== null;
  const twice = hasOwn ? repeated.cost : (valueOf(repeated.tokens, prices) ?? 0n);
  const once = gateway.cost ?? valueOf(gateway.tokens, prices);
  const total = (once ?? 0n) + twice;
  const difference = total - vendor.cost;
  const moved = moveTokens(gateway.tokens, vendor.tokens, prices);
  const found: CausedDifference[] = [
    { cause: 'counted-twice', amount: twice, units: BigInt(repeated.requests) },
    { cause: 'cached-tokens', amount: moved.cached.amount, units: moved.cached.tokens },
    ...netCauses(moved, gateway.requests, vendor.requests),
  ];
  const rest = difference - sumNanos(found.map(({ amount }) => amount));
  return {
    gateway: total,
    vendor: vendor.cost,
    difference,
    causes: inOrder(settle(found, { rest, moved, isPriced: hasOwn && moved.isPriced, prices })),
  };
}

interface Net {
  readonly tokens: bigint;
  readonly amount: Nanos;
}

interface Moved {
  /** Tokens that are input on both sides, but of another class; `tokens` as in CausedDifference. */
  readonly cached: Net;
  readonly input: Net;
  readonly output: Net;
  /** Whether a price was there for all that moved. */
  readonly isPriced: boolean;
}

/** Pairs what is too much of one class with what is too little of another; what is left has no counterpart. */
function moveTokens(gateway: TokenCounts, vendor: TokenCounts, prices: UnitPrices): Moved {
  const over = INPUT_CLASSES.map((each) => ({ each, left: gateway[each] - vendor[each] })).filter(
    ({ left }) => left > 0n,
  );
  const under = INPUT_CLASSES.map((each) => ({ each, left: vendor[each] - gateway[each] })).filter(
    ({ left }) => left > 0n,
  );
  let isPriced = true;
  const price = (of: TokenClass) => {
    if (prices[of] === null) isPriced = false;
    return prices[of] ?? 0n;
  };
  const cached = { tokens: 0n, amount: 0n };
  for (const more of over)
    for (const less of under) {
      const tokens = more.left < less.left ? more.left : less.left;
      if (tokens === 0n) continue;
      more.left -= tokens;
      less.left -= tokens;
      cached.tokens += more.each === 'cache_read' ? -tokens : tokens;
      cached.amount += priceOf(tokens, price(more.each) - price(less.each));
    }
  const left = [...over, ...under.map(({ each, left }) => ({ each, left: -left }))].filter(
    ({ left }) => left !== 0n,
  );
  const input = {
    tokens: left.reduce((sum, each) => sum + each.left, 0n),
    amount: sumNanos(left.map((each) => priceOf(each.left, price(each.each)))),
  };
  const outputs = gateway.output - vendor.output;
  const output = { tokens: outputs, amount: outputs === 0n ? 0n : priceOf(outputs, price('output')) };
  return { cached, input, output, isPriced };
}

/** More or less tokens altogether: whole requests, or counts of the same requests. */
function netCauses(
  { input, output }: Moved,
  gatewayRequests: number,
  vendorRequests: number | null,
): readonly CausedDifference[] {
  const sameWay = (input.tokens > 0n && output.tokens > 0n) || (input.tokens < 0n && output.tokens < 0n);
  const apart = vendorRequests === null ? null : gatewayRequests - vendorRequests;
  const isRequests = apart === null ? sameWay : apart !== 0;
  if (isRequests)
    return [{ cause: 'requests', amount: input.amount + output.amount, units: input.tokens + output.tokens }];
  return [
    { cause: 'input-tokens', amount: input.amount, units: input.tokens },
    { cause: 'output-tokens', amount: output.amount, units: output.tokens },
  ];
}

interface Rest {
  readonly rest: Nanos;
  readonly moved: Moved;
  /** Whether the gateway has prices of its own and everything that moved has one of ours. */
  readonly isPriced: boolean;
  readonly prices: UnitPrices;
}

/** A unit price is known to the nano for a million tokens: each class is off by a nano or two at most. */
const ROUNDING = BigInt(2 * TOKEN_CLASSES.length);

/** Gives what is left its cause. */
function settle(found: readonly CausedDifference[], { rest, ...context }: Rest): readonly CausedDifference[] {
  const largest = found.toSorted((a, b) => Number(absolute(b.amount) - absolute(a.amount)))[0];
  const isRounding = absolute(rest) <= ROUNDING && largest !== undefined && largest.amount !== 0n;
  const into = isRounding
    ? largest.cause
    : paysForCaching(found, { rest, ...context })
      ? 'cached-tokens'
      : null;
  if (into !== null)
    return found.map((each) => (each.cause === into ? { ...each, amount: each.amount + rest } : each));
  return [...found, { cause: context.isPriced ? 'price-list' : 'unknown', amount: rest, units: 0n }];
}

/**
 * Whether cached tokens account for the rest too: nothing else was counted otherwise, and a token of them comes, within
 * a tenth, to what plain input or a cache write costs more than a cache read. The gateway then charged some of
 * them as writes, which its counts need not show.
 */
function paysForCaching(
  found: readonly CausedDifference[],
  { rest, moved, isPriced, prices }: Rest,
): boolean {
  const { uncached_input: plain, cache_read: read, cache_write_5m: write } = prices;
  if (!isPriced || moved.cached.tokens === 0n || plain === null || read === null) return false;
  if (found.some(({ cause, units }) => cause !== 'cached-tokens' && units !== 0n)) return false;
  const highest = write === null || write < plain ? plain : write;
  const each = roundedQuotient(
    absolute(moved.cached.amount + rest) * 1_000_000n,
    absolute(moved.cached.tokens),
  );
  const [low, high] = [(plain - read) * 9n, (highest - read) * 11n];
  return (
    moved.cached.amount > 0n === moved.cached.amount + rest > 0n && low <= each * 10n && each * 10n <= high
  );
}

function inOrder(causes: readonly CausedDifference[]): readonly CausedDifference[] {
  return DIFFERENCE_CAUSES.flatMap((cause) =>
    causes.filter((each) => each.cause === cause && (each.amount !== 0n || each.units !== 0n)),
  );
}

/** Tokens at prices; null where one is missing. */
export function valueOf(tokens: TokenCounts, prices: UnitPrices): Nanos | null {
  let sum = 0n;
  for (const each of TOKEN_CLASSES) {
    const price = prices[each];
    if (tokens[each] !== 0n && price === null) return null;
    sum += priceOf(tokens[each], price ?? 0n);
  }
  return sum;
}

/** Differences of several scopes as one: amounts and units add up by cause. */
export function addDifferences(all: readonly GatewayDifference[]): GatewayDifference {
  const causes = DIFFERENCE_CAUSES.map((cause) => {
    const own = all.flatMap((each) => each.causes.filter((one) => one.cause === cause));
    return {
      cause,
      amount: sumNanos(own.map(({ amount }) => amount)),
      units: own.reduce((sum, { units }) => sum + units, 0n),
    };
  });
  return {
    gateway: sumNanos(all.map(({ gateway }) => gateway)),
    vendor: sumNanos(all.map(({ vendor }) => vendor)),
    difference: sumNanos(all.map(({ difference }) => difference)),
    causes: inOrder(causes),
  };
}
