import { describe, expect, it } from 'vitest';
import type { PricedThing } from '../../../src/core/prices/price.js';
import { createPriceTable } from '../../../src/core/prices/table.js';
import { readBundledPrices } from '../../../src/providers/prices/genai.js';
import { parseOverrides } from '../../../src/providers/prices/overrides.js';
import { day } from '../../support/build/charges.js';

const list = readBundledPrices();
const table = createPriceTable(list.prices, list.aliases);

function usd(thing: Pick<PricedThing, 'provider' | 'model'> & Partial<PricedThing>, on = '2026-10-15') {
  const found = table.find({ tokenType: 'uncached_input', ...thing }, day(on));
  return 'unpriced' in found ? found.unpriced : found.nanosPerMillion;
}

describe('the bundled price list', () => {
  it('is read as data, every tier and every date a row of its own', () => {
    expect(list.source).toMatch(/^genai-prices \d+\.\d+\.\d+$/);
    expect(list.prices.length).toBeGreaterThan(1000);
    expect(readBundledPrices().contentHash).toBe(list.contentHash);
    const sonnet = { provider: 'anthropic', model: 'claude-sonnet-4-5' };
    expect(usd(sonnet)).toBe(3_000_000_000n);
    expect(usd({ ...sonnet, contextTier: 200_000 })).toBe(6_000_000_000n);
    expect(usd({ ...sonnet, tokenType: 'cache_write_1h' })).toBe(6_000_000_000n);
    expect(usd({ ...sonnet, tokenType: 'web_search' })).toBe(10_000_000_000_000n);
  });

  it('knows a price by its day', () => {
    const o3 = { provider: 'openai', model: 'o3' };
    expect(usd(o3, '2025-06-09')).toBe(10_000_000_000n);
    expect(usd(o3, '2025-06-10')).toBe(2_000_000_000n);
  });

  it('writes floats as the decimals that they were', () => {
    expect(usd({ provider: 'openai', model: 'text-embedding-3-large' })).toBe(130_000_000n);
    const odd = list.prices.filter(({ nanosPerMillion }) => nanosPerMillion % 1000n !== 0n);
    expect(odd.map(({ provider, model }) => `${provider} ${model}`)).toEqual([]);
  });

  it.each([
    ['anthropic', 'claude-4.5-sonnet', 3_000_000_000n],
    ['anthropic', 'Claude Sonnet 5', 2_000_000_000n],
    ['anthropic', 'claude-haiku-4-5-20251001', 1_000_000_000n],
    ['openai', 'gpt-4o-2024-05-13', 5_000_000_000n],
    ['openai', 'gpt-4o-2024-08-06', 2_500_000_000n],
    ['aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000_000n],
    ['aws', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_000_000_000n],
  ])('finds %s %s', (provider, model, nanos) => {
    expect(usd({ provider, model })).toBe(nanos);
  });

  it('has no price for what it does not know', () => {
    expect(usd({ provider: 'openai', model: 'gpt-99' })).toBe('no price is known of the model gpt-99');
  });
});

describe('a file of overrides', () => {
  const parse = (...lines: string[]) => parseOverrides({ name: 'ours.csv', text: lines.join('\n') });
  const HEADER = 'provider,model,token_type,usd_per_million,service_tier,from,to';

  it('takes exact decimals, tiers and half-open days', () => {
    expect(
      parse(HEADER, 'OpenAI,gpt-6-sol,output,8.123456789,priority,2026-10-01,2026-11-01').prices,
    ).toEqual([
      {
        provider: 'openai',
        model: 'gpt-6-sol',
        tokenType: 'output',
        contextTier: 0,
        serviceTier: 'priority',
        geo: 'global',
        speed: 'standard',
        validFrom: '2026-10-01',
        validTo: '2026-11-01',
        nanosPerMillion: 8_123_456_789n,
        source: 'ours.csv',
        priority: 10,
      },
    ]);
  });

  it.each([
    ['openai,gpt-6-sol,outputs,1,,,', /row 2, column token_type: "outputs" must be one of/],
    ['openai,gpt-6-sol,output,-1,,,', /row 2, column usd_per_million: "-1" is below zero/],
    ['openai,gpt-6-sol,output,free,,,', /column usd_per_million: "free" is no decimal number/],
    ['openai,gpt-6-sol,output,1,fast,,', /column service_tier/],
    ['openai,gpt-6-sol,output,1,,2026-13-01,', /column from: "2026-13-01" is no day/],
    ['openai,gpt-6-sol,output,1,,2026-10-02,2026-10-02', /row 2: to must be after from/],
    ['openai,,output,1,,,', /column model/],
  ])('refuses %s', (line, sentence) => {
    expect(() => parse(HEADER, line)).toThrow(sentence);
  });

  it('refuses the same price twice, naming both rows', () => {
    const line = 'openai,gpt-6-sol,output,1,,,';
    expect(() => parse(HEADER, line, line)).toThrow(/rows 2 and 3: the same price stands twice/);
  });
});
