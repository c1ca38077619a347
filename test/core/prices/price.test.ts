import { describe, expect, it } from 'vitest';
import { modelCandidates } from '../../../src/core/prices/model-name.js';
import {
  OVERRIDE_PRIORITY,
  type Price,
  type PricedThing,
  priceOf,
  readServiceTier,
} from '../../../src/core/prices/price.js';
import { pricesToAdd } from '../../../src/core/prices/snapshot.js';
import { createPriceTable } from '../../../src/core/prices/table.js';
import { day } from '../../support/build/charges.js';
import { priceOfList } from '../../support/build/prices.js';

const INPUT: PricedThing = { provider: 'openai', model: 'gpt-6-sol', tokenType: 'uncached_input' };

function nanosOf(
  prices: readonly Price[],
  thing: Partial<PricedThing> = {},
  on = '2026-10-15',
): bigint | string {
  const found = createPriceTable(prices, []).find({ ...INPUT, ...thing }, day(on));
  return 'unpriced' in found ? found.unpriced : found.nanosPerMillion;
}

describe('a price look-up', () => {
  it('is exact by day: the old price to the last day, the new one from the first', () => {
    const prices = [
      priceOfList({ validTo: day('2026-10-10') }),
      priceOfList({ validFrom: day('2026-10-10'), nanosPerMillion: 1n }),
    ];
    expect(nanosOf(prices, {}, '2026-10-09')).toBe(2_000_000_000n);
    expect(nanosOf(prices, {}, '2026-10-10')).toBe(1n);
  });

  it('says that a model, a day or a service has no price, and never zero', () => {
    expect(nanosOf([priceOfList()], { model: 'gpt-9' })).toBe('no price is known of the model gpt-9');
    const ended = [priceOfList({ validTo: day('2026-10-01') })];
    expect(nanosOf(ended)).toBe('gpt-6-sol has no price for uncached input on 2026-10-15');
    expect(nanosOf([priceOfList()], { serviceTier: 'priority' })).toContain('the priority tier');
    expect(nanosOf([priceOfList()], { speed: 'fast' })).toContain('speed fast');
    expect(nanosOf([priceOfList()], { geo: 'eu' })).toContain('region eu');
    expect(nanosOf([priceOfList()], { tokenType: 'output' })).toContain('output');
  });

  it('takes half for a batch and a tenth more for the United States, but not for web searches', () => {
    const search = priceOfList({ tokenType: 'web_search', nanosPerMillion: 10n ** 13n });
    const claude = { provider: 'anthropic', model: 'claude-opus-5-5' };
    const prices = [priceOfList(), search, priceOfList(claude)];
    expect(nanosOf(prices, { serviceTier: 'batch' })).toBe(1_000_000_000n);
    expect(nanosOf(prices, { serviceTier: 'batch', tokenType: 'web_search' })).toBe(10n ** 13n);
    expect(nanosOf(prices, { ...claude, geo: 'us', serviceTier: 'batch' })).toBe(1_100_000_000n);
  });

  it('takes the tier of the context that is asked for, the base when the model is flat', () => {
    const tiered = [priceOfList(), priceOfList({ contextTier: 272_000, nanosPerMillion: 4_000_000_000n })];
    expect(nanosOf(tiered, { contextTier: 272_000 })).toBe(4_000_000_000n);
    expect(nanosOf(tiered, { contextTier: 200_000 })).toBe(2_000_000_000n);
    expect(nanosOf([priceOfList()], { contextTier: 272_000 })).toBe(2_000_000_000n);
  });

  it('lets an override win on its own days, its factors too', () => {
    const override = {
      priority: OVERRIDE_PRIORITY,
      nanosPerMillion: 1_600_000_000n,
      validFrom: day('2026-10-01'),
      validTo: day('2026-11-01'),
    };
    const prices = [
      priceOfList({ validFrom: day('2026-10-20'), nanosPerMillion: 5n }),
      priceOfList(),
      priceOfList(override),
    ];
    expect(nanosOf(prices, {}, '2026-10-31')).toBe(1_600_000_000n);
    expect(nanosOf(prices, { serviceTier: 'batch' }, '2026-10-31')).toBe(800_000_000n);
    expect(nanosOf(prices, {}, '2026-11-01')).toBe(5n);
    expect(nanosOf(prices, { model: 'gpt-6-sol-2026-08-01' }, '2026-10-31')).toBe(1_600_000_000n);
  });

  it('bills cached input as input where the list has no price for it, but long writes never', () => {
    expect(nanosOf([priceOfList()], { tokenType: 'cache_read' })).toBe(2_000_000_000n);
    expect(nanosOf([priceOfList()], { tokenType: 'cache_write_1h' })).toContain('has no price');
  });

  it('rounds half to even once, at the last nano', () => {
    expect(priceOf(1n, 500_000n)).toBe(0n);
    expect(priceOf(3n, 500_000n)).toBe(2n);
    expect(priceOf(15_600_000n, 2_000_000_000n)).toBe(31_200_000_000n);
  });
});

describe('the name of a model', () => {
  it.each([
    ['claude-4.5-sonnet', 'claude-sonnet-4-5'],
    ['Claude Sonnet 5', 'claude-sonnet-5'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['gpt-6-sol-2026-08-01', 'gpt-6-sol'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'regional.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['eu.anthropic.claude-opus-4-6-v1:0', 'claude-opus-4-6'],
    ['global.anthropic.claude-opus-4-6-v1:0', 'global.anthropic.claude-opus-4-6-v1:0'],
    ['ft:gpt-4o-2024-08-06:larkspur::Ab1', 'ft:gpt-4o'],
    ['claude-3-7-sonnet-latest', 'claude-3-7-sonnet'],
  ])('%s is found as %s', (written, expected) => {
    const candidates = modelCandidates(written);
    expect(candidates).toContain(expected);
    expect(candidates[0]).toBe(written);
  });

  it('that stands for one dated model only takes its price, of several it takes none', () => {
    const one = priceOfList({ model: 'gpt-7-2026-01-01' });
    expect(nanosOf([one], { model: 'gpt-7' })).toBe(2_000_000_000n);
    const two = priceOfList({ model: 'gpt-7-2026-06-01' });
    expect(nanosOf([one, two], { model: 'gpt-7' })).toContain('no price is known');
  });

  it('of a service tier is read tolerantly, and an undocumented one is none', () => {
    expect(['default', null, 'flex-tier', 'priority', 'auto'].map((name) => readServiceTier(name))).toEqual([
      'standard',
      'standard',
      'flex',
      'priority',
      'standard',
    ]);
    expect(readServiceTier('default', true)).toBe('batch');
    expect(readServiceTier('incentivized-tier')).toBeNull();
  });
});

describe('a new edition of the price list', () => {
  const TODAY = day('2026-11-26');
  const held = [priceOfList({ validTo: day('2026-06-01') }), priceOfList({ validFrom: day('2026-06-01') })];

  it('adds nothing when nothing changed', () => {
    expect(pricesToAdd(held, held, TODAY)).toEqual([]);
  });

  it('lets a price that was overwritten in place count from today, never backwards', () => {
    const [first, last] = held;
    const changed = [first, { ...last, nanosPerMillion: 3n }].map((price) => priceOfList(price));
    const added = pricesToAdd(held, changed, TODAY);
    expect(added).toEqual([{ ...changed[1], validFrom: TODAY }]);
    const then = [...held, ...added];
    expect(nanosOf(then, {}, '2026-11-25')).toBe(2_000_000_000n);
    expect(nanosOf(then, {}, '2026-11-26')).toBe(3n);
    expect(pricesToAdd(then, changed, day('2026-11-27'))).toEqual([]);
  });

  it('follows a price that goes back to what it was', () => {
    const [, last] = held;
    const raised = pricesToAdd(held, [priceOfList({ ...last, nanosPerMillion: 3n })], TODAY);
    const then = [...held, ...raised];
    const back = pricesToAdd(then, held, day('2026-12-01'));
    expect(back).toHaveLength(1);
    expect(nanosOf([...then, ...back], {}, '2026-12-01')).toBe(2_000_000_000n);
  });

  it('takes a new dated price as it is, and an override at its word', () => {
    const dated = priceOfList({ validFrom: day('2026-12-01'), nanosPerMillion: 1n });
    expect(pricesToAdd(held, [...held, dated], TODAY)).toEqual([dated]);
    const override = priceOfList({ priority: OVERRIDE_PRIORITY });
    const ended = { ...override, validTo: TODAY };
    expect(pricesToAdd([override], [ended], TODAY)).toEqual([ended]);
  });
});
