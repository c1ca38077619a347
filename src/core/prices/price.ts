import { type Nanos, roundedQuotient } from '../base/money.js';
import { type Day, parseDay } from '../base/time.js';

/**
 * What a price is for. Tokens of input are distinguished as vendors bill them: `uncached_input` never contains cached ones.
 * `cache_write_5m` is the ordinary, short-lived write (OpenAI's 30 minutes too), `cache_write_1h` Anthropic's long
 * one. The last four are counted in calls, images, characters and seconds.
 */
export const TOKEN_TYPES = [
  'uncached_input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'output',
  'audio_input',
  'audio_cache_read',
  'audio_output',
  'image_input',
  'image_cache_read',
  'image_output',
  'web_search',
  'file_search',
  'images',
  'characters',
  'audio_seconds',
] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** How a request was served; other names of vendors are read by `readServiceTier`. */
export const SERVICE_TIERS = ['standard', 'batch', 'priority', 'flex'] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** What exactly is bought: the key of a price, without its days. */
export interface PriceKey {
  /** As the price list names it: `openai`, `anthropic`, `aws`. */
  readonly provider: string;
  readonly model: string;
  readonly tokenType: TokenType;
  /** The price is for requests of more input tokens than this; 0 is the base. */
  readonly contextTier: number;
  readonly serviceTier: ServiceTier;
  /** `global`, or where the vendor was bound to: `us`. */
  readonly geo: string;
  /** `standard`, or a faster service of the same model: `fast`. */
  readonly speed: string;
}

/** One price with the UTC days on which it is valid (half-open; `validTo` null is open). Dollars. */
export interface Price extends PriceKey {
  readonly validFrom: Day;
  readonly validTo: Day | null;
  /** Nanos for a million units: $2 for a million tokens is 2,000,000,000. */
  readonly nanosPerMillion: Nanos;
  /** Where it is from: `genai-prices 0.1.8`, or the name of an overrides file. */
  readonly source: string;
  /** The higher wins, whatever the days: the list is 0, overrides are 10. */
  readonly priority: number;
}

/** Another name of a model in the price list. */
export interface ModelAlias {
  readonly provider: string;
  readonly alias: string;
  readonly model: string;
}

/** Prices on their way into the table. */
export interface PriceList {
  /** `genai-prices 0.1.8`, or the name of an overrides file. */
  readonly source: string;
  readonly contentHash: string;
  readonly prices: readonly Price[];
  readonly aliases: readonly ModelAlias[];
  /** What is not used of it, in plain sentences. */
  readonly remarks: readonly string[];
}

/** Prices of the list; overrides of people stand above them. */
export const LIST_PRIORITY = 0;
export const OVERRIDE_PRIORITY = 10;
/** The first day of a price of which no beginning is known. */
export const ALWAYS: Day = parseDay('1970-01-01');

/** What a look-up needs to know of the thing bought. `model` is the vendor's own spelling. */
export type PricedThing = Pick<PriceKey, 'provider' | 'model' | 'tokenType'> & Partial<PriceKey>;

/** A price that was found, with the factors of the service that stand upon it. */
export interface FoundPrice {
  readonly price: Price;
  /** As `price.nanosPerMillion`, factors applied. */
  readonly nanosPerMillion: Nanos;
  /** Words for the row: `batch x 0.5`. Empty when the price was there as asked. */
  readonly factors: readonly string[];
}

/** Never a price of zero: what is not known is unpriced, with the reason in plain words. */
export interface Unpriced {
  readonly unpriced: string;
}

/** An amount of one dollar price as integer nanos, half to even at the last nano. */
export function priceOf(units: bigint, nanosPerMillion: Nanos): Nanos {
  return roundedQuotient(units * nanosPerMillion, 1_000_000n);
}

/** A vendor's name of a service tier; null for one that nobody has documented (`incentivized-tier`). */
export function readServiceTier(
  name: string | null | undefined,
  batch: boolean | null | undefined = false,
): ServiceTier | null {
  if (batch === true) return 'batch';
  switch ((name ?? 'default').toLowerCase().replace(/[-_ ]?tier$/, '')) {
    case '':
    case 'auto':
    case 'default':
    case 'standard':
    case 'unlabeled':
      return 'standard';
    case 'batch':
      return 'batch';
    case 'flex':
      return 'flex';
    case 'priority':
    case 'priority_on_demand':
      return 'priority';
    default:
      return null;
  }
}
