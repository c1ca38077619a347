import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type ConditionalPrice,
  findProvider,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type TieredPrices,
} from '@pydantic/genai-prices';
import { z } from 'zod';
import { canonicalJson } from '../../core/base/json.js';
import { compareText, parseNanos } from '../../core/base/money.js';
import { type Day, parseDay } from '../../core/base/time.js';
import {
  ALWAYS,
  LIST_PRIORITY,
  type ModelAlias,
  type Price,
  type PriceList,
  type TokenType,
} from '../../core/prices/price.js';

/** Vendors whose tokens are met in bills; OpenRouter is left out, since it gives its money itself. */
const PROVIDERS = [
  'anthropic',
  'aws',
  'azure',
  'cohere',
  'cursor',
  'deepseek',
  'fireworks',
  'google',
  'groq',
  'mistral',
  'openai',
  'perplexity',
  'together',
  'x-ai',
] as const;

/** Keys of the package with the powers of ten and the factor that make them prices for a million units. */
const UNITS: Readonly<Record<string, readonly [TokenType, shift: number]>> = {
  input_mtok: ['uncached_input', 0],
  cache_read_mtok: ['cache_read', 0],
  cache_write_mtok: ['cache_write_5m', 0],
  cache_write_1h_mtok: ['cache_write_1h', 0],
  output_mtok: ['output', 0],
  input_audio_mtok: ['audio_input', 0],
  cache_audio_read_mtok: ['audio_cache_read', 0],
  output_audio_mtok: ['audio_output', 0],
  input_image_mtok: ['image_input', 0],
  cache_image_read_mtok: ['image_cache_read', 0],
  output_image_mtok: ['image_output', 0],
  web_searches_kcount: ['web_search', 3],
  storage_searches_kcount: ['file_search', 3],
};

const Package = z.object({ version: z.string() });

/**
 * The price list that comes with `@pydantic/genai-prices`, read as data: its calculator applies the tiers of a single
 * request to whatever it is given, so that a day's sum would be rated at the long-context price
 * (docs/vendors.md#price-list). Each tier becomes a row of its own. Nothing is asked of the network.
 */
export function readBundledPrices(): PriceList {
  const source = `genai-prices ${packageVersion()}`;
  const prices: Price[] = [];
  const aliases: ModelAlias[] = [];
  const left = new Set<string>();
  for (const provider of PROVIDERS) {
    for (const model of findProvider({ providerId: provider })?.models ?? []) {
      prices.push(...pricesOf(model, { provider, source, left }));
      for (const alias of exactNames(model.match))
        if (alias !== model.id) aliases.push({ provider, alias, model: model.id });
    }
  }
  const contentHash = createHash('sha256').update(canonicalJson({ prices, aliases })).digest('hex');
  const names = [...left].toSorted(compareText).join(', ');
  const remarks = left.size === 0 ? [] : [`${source}: prices by ${names} are not used.`];
  return { source, contentHash, prices, aliases, remarks };
}

function packageVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  return Package.parse(JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8')))
    .version;
}

function pricesOf(
  model: ModelInfo,
  list: { readonly provider: string; readonly source: string; readonly left: Set<string> },
): readonly Price[] {
  const dated = datedPrices(model.prices);
  return dated.flatMap(({ from, prices }, i) =>
    Object.entries(prices).flatMap(([key, value]): Price[] => {
      if (value === undefined) return [];
      const unit = UNITS[key];
      if (unit === undefined) {
        list.left.add(key);
        return [];
      }
      const [tokenType, shift] = unit;
      return tiersOf(value).map(([contextTier, price]) => ({
        provider: list.provider,
        model: model.id,
        tokenType,
        contextTier,
        serviceTier: 'standard',
        geo: 'global',
        speed: 'standard',
        validFrom: from,
        validTo: dated[i + 1]?.from ?? null,
        nanosPerMillion: parseNanos(exactText(price)) * 10n ** BigInt(shift),
        source: list.source,
        priority: LIST_PRIORITY,
      }));
    }),
  );
}

/** By first day, ascending. Prices by time of day (DeepSeek once) are no prices by day: the rest of the day counts. */
function datedPrices(
  prices: readonly ConditionalPrice[] | ModelPrice,
): readonly { readonly from: Day; readonly prices: ModelPrice }[] {
  if (!isList(prices)) return [{ from: ALWAYS, prices }];
  return prices
    .filter(({ constraint }) => constraint?.type !== 'time_of_date')
    .map((each) => ({
      from: each.constraint?.type === 'start_date' ? parseDay(each.constraint.start_date) : ALWAYS,
      prices: each.prices,
    }))
    .toSorted((a, b) => compareText(a.from, b.from));
}

function isList(prices: readonly ConditionalPrice[] | ModelPrice): prices is readonly ConditionalPrice[] {
  return Array.isArray(prices);
}

function tiersOf(value: number | TieredPrices): readonly (readonly [contextTier: number, price: number])[] {
  if (typeof value === 'number') return [[0, value]];
  return [[0, value.base], ...value.tiers.map(({ start, price }) => [start, price] as const)];
}

/** The decimal that was written in the list: the shortest text of its float, which up to 15 digits is the same. */
function exactText(price: number): string {
  return String(Number(price.toPrecision(12)));
}

/** Names that the list knows exactly, dated ones above all: they may have a price of their own. */
function exactNames(match: MatchLogic): readonly string[] {
  if ('equals' in match) return [match.equals];
  if ('or' in match) return match.or.flatMap(exactNames);
  return [];
}
