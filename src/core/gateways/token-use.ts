import type { Nanos } from '../base/money.js';
import type { Day } from '../base/time.js';
import { modelCandidates } from '../prices/model-name.js';
import type { ServiceTier } from '../prices/price.js';

/** Classes of tokens as bills tell them apart: `uncached_input` never contains cached ones, whichever system counted. */
export const TOKEN_CLASSES = [
  'uncached_input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];
/** The classes that make up all input. */
export const INPUT_CLASSES = ['uncached_input', 'cache_read', 'cache_write_5m', 'cache_write_1h'] as const;

/** Tokens by class; never negative. */
export type TokenCounts = Readonly<Record<TokenClass, bigint>>;

/** For whom and for what a request was made, as the caller tagged it; null: not said. */
export interface UseTags {
  readonly customer: string | null;
  readonly feature: string | null;
  readonly team: string | null;
  readonly user: string | null;
}
/** What a measure of token records may be by. */
export const USE_TAGS = ['customer', 'feature', 'team', 'user'] as const;
export type UseTag = (typeof USE_TAGS)[number];

/**
 * What a gateway, a tracer or an application's own log says was used: requests of one day, model, key and tag tuple
 * added up. A weight, never money.
 */
export interface TokenUse extends UseTags {
  /** UTC. */
  readonly day: Day;
  /** As the price list names it: `openai`, `anthropic`, `aws`. */
  readonly vendor: string;
  /** In the recorder's spelling. */
  readonly model: string;
  /** Id or name of the vendor's own key; null: not known, then any key of the vendor may have served it. */
  readonly key: string | null;
  /** The recorder's own key (a gateway hands out keys of its own); null: it has none. */
  readonly callerKey: string | null;
  readonly serviceTier: ServiceTier;
  /** Whether cached tokens are distinguished; where not, all input stands as uncached. */
  readonly tellsCache: boolean;
  /** Each request once, however often it was recorded. */
  readonly tokens: TokenCounts;
  readonly requests: number;
  /** Further attempts behind these requests; null: the recorder does not say. */
  readonly retries: number | null;
  /** Answers from the recorder's own cache: the vendor was not asked, so they are in none of the counts above. */
  readonly replays: number;
  /** What the recorder has of these requests a second time: not in the counts above. */
  readonly repeated: { readonly requests: number; readonly tokens: TokenCounts; readonly cost: Nanos };
  /** By the recorder's own price list, dollars; informational. Null: it has none. */
  readonly ownCost: Nanos | null;
}

/** Uses that agree in these fields and in the day are one. */
export const USE_KEY = ['vendor', 'model', 'key', 'callerKey', 'serviceTier', ...USE_TAGS] as const;

/** A use as it is kept: at our list price of the day it came; null where a class of it had no price. Dollars. */
export interface StoredUse extends TokenUse {
  readonly source: string;
  readonly rated: Nanos | null;
}

/** No tokens at all. */
export const NO_TOKENS: TokenCounts = {
  uncached_input: 0n,
  cache_read: 0n,
  cache_write_5m: 0n,
  cache_write_1h: 0n,
  output: 0n,
};

/** Class by class. */
export function addTokens(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    uncached_input: a.uncached_input + b.uncached_input,
    cache_read: a.cache_read + b.cache_read,
    cache_write_5m: a.cache_write_5m + b.cache_write_5m,
    cache_write_1h: a.cache_write_1h + b.cache_write_1h,
    output: a.output + b.output,
  };
}

/** All tokens of all classes. */
export function totalTokens(tokens: TokenCounts): bigint {
  return inputTokens(tokens) + tokens.output;
}

/** All tokens of input, cached ones too. */
export function inputTokens(tokens: TokenCounts): bigint {
  return INPUT_CLASSES.reduce((sum, each) => sum + tokens[each], 0n);
}

/** Names that recorders give to vendors, where the price list has another. */
const VENDORS: Readonly<Record<string, string>> = {
  bedrock: 'aws',
  bedrock_converse: 'aws',
  amazon: 'aws',
  'amazon-bedrock': 'aws',
  azure_ai: 'azure',
  azure_openai: 'azure',
  'azure-openai': 'azure',
  vertex_ai: 'google',
  vertex_ai_beta: 'google',
  vertex: 'google',
  gemini: 'google',
  'text-completion-openai': 'openai',
};

/** The vendor whose bill a recorder's provider name stands for, as the price list names it. */
export function vendorOf(provider: string): string {
  const name = provider.trim().toLowerCase();
  return VENDORS[name] ?? name;
}

/** One spelling for all spellings of a model: `openai/gpt-6-sol-2026-09-01` is `gpt-6-sol`. */
export function plainModel(name: string): string {
  return modelCandidates(name).at(-1) ?? name;
}

/**
 * What a vendor calls input, by class. OpenAI's input includes cached and written tokens, Anthropic's neither.
 * Null: the parts are more than the whole.
 */
export function splitInput(
  input: bigint,
  cached: { readonly read: bigint; readonly write5m: bigint; readonly write1h: bigint },
  holdsCached: boolean,
): Pick<TokenCounts, (typeof INPUT_CLASSES)[number]> | null {
  const { read, write5m, write1h } = cached;
  const uncached = holdsCached ? input - read - write5m - write1h : input;
  if (uncached < 0n) return null;
  return { uncached_input: uncached, cache_read: read, cache_write_5m: write5m, cache_write_1h: write1h };
}

/** `plainModel` with a memory: records come by the thousand of a few models. */
export function createModelReader(): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const plain = known.get(name) ?? plainModel(name);
    known.set(name, plain);
    return plain;
  };
}
