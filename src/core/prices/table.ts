import { type Nanos, roundedQuotient } from '../base/money.js';
import type { Day } from '../base/time.js';
import { modelCandidates, undatedName } from './model-name.js';
import {
  type FoundPrice,
  LIST_PRIORITY,
  type ModelAlias,
  type Price,
  type PricedThing,
  type PriceKey,
  type ServiceTier,
  type TokenType,
  type Unpriced,
} from './price.js';

/** All prices in force, ready for look-ups; build it once a run. */
export interface PriceTable {
  /** Whether it holds anything: without prices nothing can be checked either. */
  readonly isEmpty: boolean;
  /**
   * The price of a thing on a UTC day, exact by day. The most urgent wins, then the most fitting, then the latest.
   * What the list does not know is unpriced: nothing is ever guessed to be free.
   */
  find(thing: PricedThing, day: Day): FoundPrice | Unpriced;
  /** Every price of a model, whatever its spelling, for people to look at. */
  list(model: string): readonly Price[];
  /** The provider that knows a model, among those named, in that order; null: none. */
  providerOf(model: string, among: readonly string[]): string | null;
}

/** A fraction by which a price is multiplied. */
interface Factor {
  readonly words: string;
  readonly of: bigint;
  readonly in: bigint;
}

/**
 * What the list leaves out (docs/vendors.md#price-list): both vendors take half for batches, OpenAI the same for flex;
 * Anthropic a tenth more for inference bound to the United States. All of them for tokens alone: a web search costs
 * the same. A faster or a priority service has a price of its own for each model, so it is unpriced until an override
 * names it.
 */
const SERVICE_FACTORS: Readonly<Partial<Record<ServiceTier, readonly [string, Factor][]>>> = {
  batch: [
    ['anthropic', { words: 'batch x 0.5', of: 1n, in: 2n }],
    ['openai', { words: 'batch x 0.5', of: 1n, in: 2n }],
    ['aws', { words: 'batch x 0.5', of: 1n, in: 2n }],
    ['google', { words: 'batch x 0.5', of: 1n, in: 2n }],
  ],
  flex: [['openai', { words: 'flex x 0.5', of: 1n, in: 2n }]],
};
const GEO_FACTORS: Readonly<Record<string, readonly [string, Factor][]>> = {
  us: [['anthropic', { words: 'us x 1.1', of: 11n, in: 10n }]],
};
/** Counted in calls, not in tokens: no factor. */
const NOT_TOKENS: ReadonlySet<TokenType> = new Set(['web_search', 'file_search']);
/** A list without a price of its own for cached input bills it as input (OpenAI before it charged for writes). */
const STAND_INS: Readonly<Partial<Record<TokenType, TokenType>>> = {
  cache_read: 'uncached_input',
  cache_write_5m: 'uncached_input',
  audio_cache_read: 'audio_input',
  image_cache_read: 'image_input',
};
const SEPARATOR = '\u0000';

/** A table of the prices and names given; where one key is given twice, the later stands. */
export function createPriceTable(prices: readonly Price[], aliases: readonly ModelAlias[]): PriceTable {
  const byModel = new Map<string, Price[]>();
  for (const price of prices) {
    const key = [price.provider, price.model].join(SEPARATOR);
    const known = byModel.get(key);
    if (known === undefined) byModel.set(key, [price]);
    else known.push(price);
  }
  const aliasOf = indexAliases(byModel, aliases);
  const providers = [...new Set(prices.map(({ provider }) => provider))].toSorted();
  const resolved = new Map<string, readonly Price[]>();
  const ofModel = (provider: string, model: string): readonly Price[] => {
    const key = [provider, model].join(SEPARATOR);
    const known = resolved.get(key);
    if (known !== undefined) return known;
    const names = modelCandidates(model).flatMap((name) => {
      const alias = aliasOf.get([provider, name].join(SEPARATOR));
      return alias === undefined ? [name] : [name, alias];
    });
    const held = names.map((name) => byModel.get([provider, name].join(SEPARATOR)) ?? []);
    const found = withOverrides(held);
    resolved.set(key, found);
    return found;
  };
  return {
    isEmpty: prices.length === 0,
    find: (thing, day) => find(ofModel(thing.provider, thing.model), thing, day),
    list: (model) => providers.flatMap((provider) => ofModel(provider, model)),
    providerOf: (model, among) => among.find((provider) => ofModel(provider, model).length > 0) ?? null,
  };
}

/** Exact names first; a name without its date stands for the only dated one. */
function indexAliases(
  byModel: ReadonlyMap<string, unknown>,
  aliases: readonly ModelAlias[],
): ReadonlyMap<string, string> {
  const aliasOf = new Map<string, string>();
  const several = new Set<string>();
  for (const key of byModel.keys()) {
    const [provider = '', model = ''] = key.split(SEPARATOR);
    const plain = [provider, undatedName(model)].join(SEPARATOR);
    if (byModel.has(plain)) continue;
    if (aliasOf.has(plain)) several.add(plain);
    aliasOf.set(plain, model);
  }
  for (const plain of several) aliasOf.delete(plain);
  for (const { provider, alias, model } of aliases) aliasOf.set([provider, alias].join(SEPARATOR), model);
  return aliasOf;
}

function listed(prices: readonly Price[]): readonly Price[] {
  return prices.filter(({ priority }) => priority === LIST_PRIORITY);
}

/** The nearest spelling with prices of the list, and the overrides of every spelling: a person's word goes first. */
function withOverrides(spellings: readonly (readonly Price[])[]): readonly Price[] {
  const nearest = spellings.find((prices) => listed(prices).length > 0) ?? [];
  return [...listed(nearest), ...spellings.flat().filter(({ priority }) => priority !== LIST_PRIORITY)];
}

function find(prices: readonly Price[], thing: PricedThing, day: Day): FoundPrice | Unpriced {
  if (prices.length === 0) return { unpriced: `no price is known of the model ${thing.model}` };
  const asked: PriceKey = {
    contextTier: 0,
    serviceTier: 'standard',
    geo: 'global',
    speed: 'standard',
    ...thing,
  };
  const onDay = prices.filter(
    ({ validFrom, validTo }) => validFrom <= day && (validTo === null || day < validTo),
  );
  const standIn = STAND_INS[asked.tokenType];
  return (
    best(onDay, asked) ??
    (standIn === undefined ? null : best(onDay, { ...asked, tokenType: standIn })) ?? {
      unpriced: `${thing.model} has no price for ${describeThing(asked)} on ${day}`,
    }
  );
}

function describeThing({ tokenType, serviceTier, geo, speed }: PriceKey): string {
  const service = [
    ...(serviceTier === 'standard' ? [] : [`the ${serviceTier} tier`]),
    ...(geo === 'global' ? [] : [`region ${geo}`]),
    ...(speed === 'standard' ? [] : [`speed ${speed}`]),
  ];
  return [tokenType.replaceAll('_', ' '), ...service].join(', ');
}

interface Candidate extends FoundPrice {
  readonly rank: readonly (number | string)[];
}

/** The most urgent price that reaches what is asked by known factors. */
function best(prices: readonly Price[], asked: PriceKey): FoundPrice | null {
  let found: Candidate | null = null;
  for (const price of prices) {
    const candidate = reach(price, asked);
    if (candidate !== null && (found === null || outranks(candidate, found))) found = candidate;
  }
  if (found === null) return null;
  const { price, nanosPerMillion, factors } = found;
  return { price, nanosPerMillion, factors };
}

/** The price with the factors that lead from it to what is asked; null when nothing leads there. */
function reach(price: Price, asked: PriceKey): Candidate | null {
  if (price.tokenType !== asked.tokenType || price.contextTier > asked.contextTier) return null;
  if (price.speed !== asked.speed) return null;
  const service =
    price.serviceTier === asked.serviceTier ? null : factorOf(SERVICE_FACTORS, price, asked, 'serviceTier');
  const geo = price.geo === asked.geo ? null : factorOf(GEO_FACTORS, price, asked, 'geo');
  if (service === undefined || geo === undefined) return null;
  const factors = [service, geo].filter((factor) => factor !== null);
  const nanosPerMillion = factors.reduce<Nanos>(
    (nanos, factor) => roundedQuotient(nanos * factor.of, factor.in),
    price.nanosPerMillion,
  );
  const rank = [price.priority, -factors.length, price.contextTier, price.validFrom];
  return { price, nanosPerMillion, factors: factors.map(({ words }) => words), rank };
}

const PLAIN = { serviceTier: 'standard', geo: 'global' } as const;

/** From the plain service only; null: none is needed, undefined: none is known. */
function factorOf(
  table: Readonly<Partial<Record<string, readonly [string, Factor][]>>>,
  price: Price,
  asked: PriceKey,
  field: 'serviceTier' | 'geo',
): Factor | null | undefined {
  if (price[field] !== PLAIN[field]) return undefined;
  if (NOT_TOKENS.has(asked.tokenType)) return null;
  return table[asked[field]]?.find(([provider]) => provider === asked.provider)?.[1];
}

function outranks(a: Candidate, b: Candidate): boolean {
  for (const [i, mine] of a.rank.entries()) {
    const theirs = b.rank[i] ?? mine;
    if (mine !== theirs) return mine > theirs;
  }
  return true; // of two that are alike the later stands
}
