import { assertNever } from '../base/errors.js';
import { type Nanos, roundedQuotient } from '../base/money.js';
import type { Day } from '../base/time.js';
import { tokenTypeOf } from '../explain/work.js';
import type { ChargeKind, DimensionSet } from '../ledger/charge.js';
import type { PriceTable } from '../prices/table.js';
import type { UnitPrices } from './difference.js';
import { NO_TOKENS, plainModel, TOKEN_CLASSES, type TokenClass, totalTokens } from './token-use.js';

/** Tokens that the ledger has: the charges of one set and kind on one day. */
export interface TokenFact {
  readonly day: Day;
  readonly set: DimensionSet;
  readonly kind: ChargeKind;
  readonly currency: string;
  /** Effective: what the vendor asks for the usage, even if it was paid in advance. */
  readonly cost: Nanos;
  /** ConsumedQuantity, approximate. */
  readonly quantity: number;
}

/** The names in bills of vendors that recorders know as something else. */
export const BILLED_VENDORS: Readonly<Record<string, string>> = {
  OpenAI: 'openai',
  Anthropic: 'anthropic',
  Mistral: 'mistral',
};

/** What a set has to say for token records to be laid beside it; `model` is in its plain spelling. */
export interface BilledThing {
  readonly vendor: string;
  readonly model: string;
  readonly keyId: string | null;
  readonly keyName: string | null;
}

const NOT_TEXT = /\b(audio|image)\b/i;

/** The class of a charge for text tokens; null for any other. */
function tokenClassOf(set: DimensionSet, kind: ChargeKind): TokenClass | null {
  const { skuMeter = '', skuId = '' } = set.attributes;
  if (NOT_TEXT.test(skuMeter)) return null;
  const type = tokenTypeOf({ set, kind });
  switch (type) {
    case 'input':
      return 'uncached_input';
    case 'cached-input':
      return 'cache_read';
    case 'cache-write':
      return skuId.includes('1h') ? 'cache_write_1h' : 'cache_write_5m';
    case 'output':
      return 'output';
    case null:
      return null;
    default:
      return assertNever(type);
  }
}

/** Vendor, model and key of a set; null where its vendor is none that token records name, or no model is said. */
export function billedThing({ attributes }: DimensionSet): BilledThing | null {
  const vendor = BILLED_VENDORS[attributes.serviceProviderName ?? ''];
  const { model, apiKeyId = null, apiKeyName = null } = attributes;
  if (vendor === undefined || model === undefined) return null;
  return { vendor, model: plainModel(model), keyId: apiKeyId, keyName: apiKeyName };
}

/** A fact with what it is of. */
export interface ReadFact {
  readonly fact: TokenFact;
  readonly thing: BilledThing;
  readonly tokenClass: TokenClass;
}

/** The facts that token records can be laid beside. Each set and kind is looked at once: a month has them by the day. */
export function readFacts(facts: readonly TokenFact[]): readonly ReadFact[] {
  const things = new Map<DimensionSet, BilledThing | null>();
  const classes = new Map<DimensionSet, Map<ChargeKind, TokenClass | null>>();
  const classOf = (set: DimensionSet, kind: ChargeKind) => {
    const ofSet = classes.get(set) ?? new Map<ChargeKind, TokenClass | null>();
    classes.set(set, ofSet);
    const known = ofSet.get(kind);
    const read = known === undefined ? tokenClassOf(set, kind) : known;
    ofSet.set(kind, read);
    return read;
  };
  return facts.flatMap((fact) => {
    const known = things.get(fact.set);
    const thing = known === undefined ? billedThing(fact.set) : known;
    things.set(fact.set, thing);
    const tokenClass = thing === null ? null : classOf(fact.set, fact.kind);
    return thing === null || tokenClass === null ? [] : [{ fact, thing, tokenClass }];
  });
}

/** What a vendor billed of some tokens. Built up fact by fact. */
export class VendorSum {
  tokens: Record<TokenClass, bigint> = { ...NO_TOKENS };
  costs: Record<TokenClass, Nanos> = { ...NO_TOKENS };

  /** Takes one fact in. */
  add(tokenClass: TokenClass, { cost, quantity }: Pick<TokenFact, 'cost' | 'quantity'>): void {
    this.tokens[tokenClass] += BigInt(Math.round(quantity));
    this.costs[tokenClass] += cost;
  }

  /** Takes another sum in. */
  join({ tokens, costs }: VendorSum): void {
    for (const each of TOKEN_CLASSES) {
      this.tokens[each] += tokens[each];
      this.costs[each] += costs[each];
    }
  }

  /** All of its money. */
  get cost(): Nanos {
    return TOKEN_CLASSES.reduce((sum, each) => sum + this.costs[each], 0n);
  }

  /** Whether the vendor counts tokens here, but bills them elsewhere or not yet. */
  get isUnbilled(): boolean {
    return this.cost === 0n && totalTokens(this.tokens) > 0n;
  }

  /**
   * What the vendor itself took for a million tokens of each class; of classes that it did not bill, the list's price.
   */
  unitPrices(
    thing: { readonly vendor: string; readonly model: string; readonly day: Day },
    prices: PriceTable,
  ): UnitPrices {
    const priceOf = (tokenClass: TokenClass): Nanos | null => {
      const tokens = this.tokens[tokenClass];
      if (tokens > 0n && !this.isUnbilled)
        return roundedQuotient(this.costs[tokenClass] * 1_000_000n, tokens);
      const { vendor: provider, model, day } = thing;
      const found = prices.find({ provider, model, tokenType: tokenClass }, day);
      return 'unpriced' in found ? null : found.nanosPerMillion;
    };
    return {
      uncached_input: priceOf('uncached_input'),
      cache_read: priceOf('cache_read'),
      cache_write_5m: priceOf('cache_write_5m'),
      cache_write_1h: priceOf('cache_write_1h'),
      output: priceOf('output'),
    };
  }
}
