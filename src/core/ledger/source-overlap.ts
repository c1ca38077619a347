import { formatNanos, type Nanos } from '../base/money.js';
import { addDays, type Day, firstDay, monthOf } from '../base/time.js';
import type { DimensionSet } from './charge.js';

/**
 * How much weight a source's word has where several carry the same money, the best first: the vendor's own cost
 * feed, the feed that it replaced, a bill (a FOCUS file, an invoice, a cloud bill), a file exported by hand, a price
 * times a count, and what a seller writes down although somebody else takes the money (BilledCost 0).
 */
export const STANDINGS = ['cost-feed', 'older-cost-feed', 'bill', 'export', 'estimate', 'memo'] as const;
export type Standing = (typeof STANDINGS)[number];

/**
 * Money that other sources may carry too. Sources that name the same money meet; of those that carry it for the
 * same account and day the one with the best standing is counted, between equals the first name. The others are
 * set aside: kept, shown, not counted.
 */
interface SharedMoney {
  readonly kind: 'shared';
  /** `as-billed`: a bill where anything is billed, a memo where nothing is. */
  readonly standing: Standing | 'as-billed';
  /** `month`: a source that carries it on some day of a month carries the month. */
  readonly grain: 'day' | 'month';
  /** `same`: only sources of one billing account meet; `any`: the parties bill under accounts of their own. */
  readonly accounts: 'same' | 'any';
  /** What the money of a set is called, see `SHARED`; null when the set is none of this. */
  money(set: DimensionSet): string | null;
}

/** Charges that are no bill of this source: a report, a gateway, a key of one's own. Somebody else's bill has them. */
interface ForeignMoney {
  readonly kind: 'elsewhere';
  /** Who is counted, as people call it: `the cost feed of Anthropic`. */
  readonly countedFrom: string;
  covers(set: DimensionSet): boolean;
}

/** Which of a source's charges may be money that is counted from another source; the first that covers a set decides. */
export type SourceOverlap = SharedMoney | ForeignMoney;

/** Names of money that more than one kind of source can carry, and how they read in a sentence. */
const SHARED = {
  anthropic: 'usage billed by Anthropic',
  'claude-enterprise': 'usage of Claude Enterprise',
  openai: 'usage billed by OpenAI',
  cursor: 'usage billed by Cursor',
  'github-copilot': 'usage of GitHub Copilot',
  'github-copilot-seats': 'seats of GitHub Copilot',
  replit: 'usage billed by Replit',
  'hugging-face': 'usage billed by Hugging Face',
} as const;
export type SharedName = keyof typeof SHARED;

const MARKETPLACE = 'marketplace:';

/** Money as it reads in a sentence. */
export function describeMoney(money: string): string {
  const known: Readonly<Record<string, string>> = SHARED;
  return money.startsWith(MARKETPLACE)
    ? `purchases from ${money.slice(MARKETPLACE.length)} through a cloud's marketplace`
    : (known[money] ?? money);
}

/** All usage of a vendor's own feed (or the part that `of` names), at day grain and per account. */
export function sharedUsage(
  money: SharedName,
  standing: Standing,
  of: (set: DimensionSet) => boolean = () => true,
): SourceOverlap {
  return {
    kind: 'shared',
    standing,
    grain: 'day',
    accounts: 'same',
    money: (set) => (of(set) ? money : null),
  };
}

/** Charges that carry no money here, wholly or the part that `of` names. */
export function countedElsewhere(
  countedFrom: string,
  of: (set: DimensionSet) => boolean = () => true,
): SourceOverlap {
  return { kind: 'elsewhere', countedFrom, covers: of };
}

const CLOUD = /amazon|\baws\b|microsoft|azure|google/i;
const VENDORS: readonly (readonly [RegExp, SharedName])[] = [
  [/^anthropic\b/i, 'anthropic'],
  [/^openai\b/i, 'openai'],
  [/^(cursor|anysphere)\b/i, 'cursor'],
  [/^replit\b/i, 'replit'],
  [/^hugging ?face\b/i, 'hugging-face'],
];

/** GitHub's own feed has seats too, unlike those of others; bills book them as Purchase or as recurring Usage. */
function copilotMoney({
  chargeCategory,
  skuId = '',
  skuMeter = '',
  resourceType = '',
}: DimensionSet['attributes']): SharedName | null {
  if (chargeCategory === 'Purchase') return 'github-copilot-seats';
  if (chargeCategory !== 'Usage') return null;
  const words = `${skuId} ${skuMeter} ${resourceType}`.replaceAll(/[^a-z]+/gi, ' ');
  const isSeat = /\bseats?\b|user month|copilot (for )?(business|enterprise|standalone)/i.test(words);
  return isSeat ? 'github-copilot-seats' : 'github-copilot';
}

/**
 * What a bill of anybody may share with vendors' feeds. Claude on Bedrock, Vertex or Foundry and OpenAI on Azure are
 * issued by the cloud: no vendor's feed holds them. Taxes, credits and seats (but for Copilot's) are in no usage feed
 * either.
 */
export const BILL_OVERLAPS: readonly SourceOverlap[] = [
  {
    kind: 'shared',
    standing: 'bill',
    grain: 'day',
    accounts: 'same',
    money({ attributes }) {
      const { chargeCategory } = attributes;
      const issuer = attributes.invoiceIssuerName ?? attributes.serviceProviderName ?? '';
      if (/^github\b/i.test(issuer) && /copilot/i.test(attributes.serviceName ?? ''))
        return copilotMoney(attributes);
      if (chargeCategory !== 'Usage') return null;
      return VENDORS.find(([name]) => name.test(issuer))?.[1] ?? null;
    },
  },
  {
    kind: 'shared',
    standing: 'as-billed',
    grain: 'month',
    accounts: 'any',
    money({ attributes }) {
      const { invoiceIssuerName: issuer = '', serviceProviderName: seller = '' } = attributes;
      return CLOUD.test(issuer) && seller !== '' && !CLOUD.test(seller)
        ? `${MARKETPLACE}${seller.toLowerCase()}`
        : null;
    },
  },
];

/** The days that stand for each other: a day itself, or the first of its month. */
export function overlapDay(grain: SharedMoney['grain'], day: Day): Day {
  return grain === 'day' ? day : firstDay(monthOf(day));
}

/** Half-open stretches of consecutive days, ascending; months of a monthly overlap are their first days. */
export function stretches(days: readonly Day[]): readonly { readonly from: Day; readonly to: Day }[] {
  const found: { from: Day; to: Day }[] = [];
  for (const day of [...new Set(days)].toSorted()) {
    const last = found.at(-1);
    if (last !== undefined && last.to === day) last.to = addDays(day, 1);
    else found.push({ from: day, to: addDays(day, 1) });
  }
  return found;
}

/** Account of held money: sources that do not know theirs (they use their own name) have none. */
export const UNKNOWN_ACCOUNT = '';
/** Account of money that meets across accounts. */
export const ANY_ACCOUNT = '*';

/** One source's claim to some money on one day. */
export interface HeldMoney {
  readonly source: string;
  readonly kind: string;
  readonly account: string;
  readonly standing: number;
  /** Who was counted in its place when this was last settled; null: it was. Undefined: never settled. */
  readonly countedBy: string | null | undefined;
}

/**
 * Who is counted in the place of each claim to the same money on the same day; null: it is itself. A closed day stays
 * with the source that it was closed with. The order in which the claims came plays no part.
 */
export function settleDay(
  claims: readonly HeldMoney[],
  closed: boolean,
): ReadonlyMap<HeldMoney, string | null> {
  return new Map(
    claims.map((claim) => {
      const rivals = claims.filter((other) => other.source !== claim.source && isSameAccount(claim, other));
      if (closed && claim.countedBy === null) return [claim, null];
      const settled = closed ? rivals.find((rival) => rival.countedBy === null) : undefined;
      const better = rivals
        .filter((rival) => goesBefore(rival, claim))
        .toSorted((a, b) => (goesBefore(a, b) ? -1 : 1));
      return [claim, (settled ?? better[0])?.source ?? null];
    }),
  );
}

/** Two that bill the same seller's wares under accounts of their own are two bills: neither is set aside. */
function goesBefore(a: HeldMoney, b: HeldMoney): boolean {
  if (a.standing !== b.standing) return a.standing < b.standing;
  return a.account !== ANY_ACCOUNT && a.source < b.source;
}

/**
 * A source that does not name its account is taken for the same account as another kind of source: the choice that
 * cannot count twice. Two of one kind are not: a company has several organisations at a vendor.
 */
function isSameAccount(a: HeldMoney, b: HeldMoney): boolean {
  if (a.account === ANY_ACCOUNT || b.account === ANY_ACCOUNT) return true;
  if (a.account === UNKNOWN_ACCOUNT || b.account === UNKNOWN_ACCOUNT) return a.kind !== b.kind;
  return a.account === b.account;
}

/** Money of a source that is set aside, since another is counted for it. */
export interface SetAside {
  readonly source: string;
  /** See `describeMoney`; empty when the source only reports it. */
  readonly money: string;
  /** The source that is counted, or who is in words. */
  readonly countedFrom: string;
  /** Half-open stretches of days. */
  readonly days: readonly { readonly from: Day; readonly to: Day }[];
  /** Effective cost. */
  readonly costs: readonly { readonly currency: string; readonly cost: Nanos }[];
}

const MOST_STRETCHES = 3;

/** Which source was counted for which days and which was set aside, as a sentence. */
export function describeSetAside(
  aside: SetAside,
  write: {
    readonly day: (day: Day) => string;
    readonly cost: (cost: Nanos, currency: string) => string;
  } = PLAIN,
): string {
  const days = aside.days.map(({ from, to }) => {
    const last = addDays(to, -1);
    return from === last ? write.day(from) : `${write.day(from)} to ${write.day(last)}`;
  });
  const more = days.length - MOST_STRETCHES;
  const when = [...days.slice(0, MOST_STRETCHES), ...(more > 0 ? [`${more} more stretches`] : [])].join(', ');
  const cost = aside.costs.map((each) => write.cost(each.cost, each.currency)).join(' + ');
  return aside.money === ''
    ? `${aside.source}: ${cost} on ${when} is set aside; ${aside.countedFrom} is counted, this source only reports it.`
    : `${aside.source}: ${describeMoney(aside.money)} on ${when} (${cost}) is set aside; ${aside.countedFrom} carries the same money and is counted.`;
}

const PLAIN = {
  day: (day: Day): string => day,
  cost: (cost: Nanos, currency: string): string => `${formatNanos(cost)} ${currency}`,
};
