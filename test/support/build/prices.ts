import { ALWAYS, type Price } from '../../../src/core/prices/price.js';

/** A price of the list: two dollars for a million tokens of input, from always on, unless changed. */
export function priceOfList(changes: Partial<Price> = {}): Price {
  return {
    provider: 'openai',
    model: 'gpt-6-sol',
    tokenType: 'uncached_input',
    contextTier: 0,
    serviceTier: 'standard',
    geo: 'global',
    speed: 'standard',
    validFrom: ALWAYS,
    validTo: null,
    nanosPerMillion: 2_000_000_000n,
    source: 'list',
    priority: 0,
    ...changes,
  };
}
