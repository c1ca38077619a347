import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumNanos } from '../../../../src/core/base/money.js';
import { parseDay } from '../../../../src/core/base/time.js';
import { type CostCell, joinUsage } from '../../../../src/providers/vendors/openai/cells.js';
import { UsageResult } from '../../../../src/providers/vendors/openai/schema.js';
import { familyOf, toCounts, type UsageCount } from '../../../../src/providers/vendors/openai/usage.js';

const DAY = parseDay('2026-11-18');

function cellOf(changes: Partial<CostCell> = {}): CostCell {
  return {
    cell: 'c1',
    day: DAY,
    projectId: 'p',
    apiKeyId: 'k1',
    model: 'gpt-6-sol',
    lineItem: 'gpt-6-sol, input_tokens',
    apiSource: null,
    unit: 'tokens',
    amount: 900n,
    quantity: 300,
    ...changes,
  };
}

function countOf(changes: Partial<UsageCount> = {}): UsageCount {
  return {
    day: DAY,
    projectId: 'p',
    apiKeyId: 'k1',
    userId: 'u1',
    model: 'gpt-6-sol',
    tier: null,
    size: null,
    apiSource: null,
    vectorStoreId: null,
    family: 'input',
    quantity: 300,
    ...changes,
  };
}

const owned = () => true;
const join = (cells: readonly CostCell[], counts: readonly UsageCount[]) => joinUsage(cells, counts, owned);
const told = (cells: readonly CostCell[], counts: readonly UsageCount[]) =>
  join(cells, counts).shares.map(({ who, amount, quantity, isSpread }) => [
    who.apiKeyId,
    who.tier,
    amount,
    quantity,
    isSpread,
  ]);

describe('a cost cell of OpenAI', () => {
  it('that one key used in one tier stays billed, with the tier on it', () => {
    expect(told([cellOf()], [countOf({ tier: 'flex' })])).toEqual([['k1', 'flex', 900n, 300, false]]);
  });

  it('is split between batch and standard, a batch token at half the weight', () => {
    const counts = [countOf({ quantity: 200 }), countOf({ quantity: 100, tier: 'batch' })];
    expect(told([cellOf()], counts)).toEqual([
      ['k1', 'batch', 180n, 100, true],
      ['k1', null, 720n, 200, true],
    ]);
  });

  it('without a key is for the keys that have no cell of their own', () => {
    const cells = [cellOf({ cell: 'c0', apiKeyId: null, quantity: 30, amount: 31n }), cellOf()];
    const counts = [
      countOf(),
      countOf({ apiKeyId: 'k2', quantity: 10 }),
      countOf({ apiKeyId: null, userId: 'u9', quantity: 20 }),
    ];
    const { shares, unbilled } = join(cells, counts);
    expect(shares.map(({ who, amount }) => [who.apiKeyId, who.userId, amount])).toEqual([
      ['k2', null, 10n],
      [null, 'u9', 21n],
      ['k1', null, 900n],
    ]);
    expect(unbilled).toEqual([]);
  });

  it('keeps what is billed beyond the usage that is known', () => {
    const counts = [countOf({ apiKeyId: 'k2', quantity: 100 })];
    expect(told([cellOf({ apiKeyId: null })], counts)).toEqual([
      ['k2', null, 300n, 100, true],
      [null, null, 600n, 200, true],
    ]);
  });

  it('takes its quantity from usage where the cost has none, but never in another unit', () => {
    expect(told([cellOf({ quantity: null, unit: null })], [countOf()])).toEqual([
      ['k1', null, 900n, 300, false],
    ]);
    const storage = cellOf({ lineItem: 'file search storage', model: null, quantity: null, apiKeyId: null });
    const bytes = countOf({ family: 'storage', model: null, apiKeyId: null, userId: null, quantity: 5e9 });
    expect(told([storage], [bytes])).toEqual([[null, null, 900n, null, false]]);
  });

  it('finds usage of a dated model, unless that one has a line item of its own', () => {
    const dated = countOf({ model: 'gpt-6-sol-2026-08-01' });
    expect(join([cellOf()], [dated]).unbilled).toEqual([]);
    const own = cellOf({
      cell: 'c2',
      model: 'gpt-6-sol-2026-08-01',
      lineItem: 'gpt-6-sol-2026-08-01, input_tokens',
    });
    const { shares } = join([cellOf({ amount: 7n, quantity: null }), own], [dated]);
    expect(shares.map(({ cell, quantity }) => [cell.cell, quantity])).toEqual([
      ['c1', null],
      ['c2', 300],
    ]);
  });

  it('names the user of a usage row only where nobody knows whose the key is', () => {
    const users = (hasOwner: () => boolean) =>
      joinUsage([cellOf()], [countOf()], hasOwner).shares.map(({ who, isSpread }) => [who.userId, isSpread]);
    expect(users(() => true)).toEqual([[null, false]]);
    expect(users(() => false)).toEqual([['u1', false]]);
  });
});

describe('usage of OpenAI', () => {
  const row = (fields: Record<string, unknown>) => ({ ...UsageResult.parse(fields), day: DAY });
  const counted = (endpoint: string, fields: Record<string, unknown>) =>
    Object.fromEntries(toCounts(endpoint, [row(fields)]).map(({ family, quantity }) => [family, quantity]));

  it('takes cached and written tokens off the input of older rows', () => {
    expect(counted('completions', { input_tokens: 100, input_cached_tokens: 60, output_tokens: 5 })).toEqual({
      input: 40,
      'cached input': 60,
      output: 5,
    });
    expect(
      counted('completions', { input_tokens: 100, input_cached_tokens: 30, input_cache_write_tokens: 20 }),
    ).toEqual({ input: 50, 'cached input': 30, 'cache write': 20 });
  });

  it('tells audio and images from text', () => {
    const fields = {
      input_tokens: 100,
      input_uncached_tokens: 70,
      input_cached_tokens: 30,
      input_audio_tokens: 20,
      input_cached_audio_tokens: 10,
      input_image_tokens: 5,
      output_tokens: 50,
      output_audio_tokens: 40,
    };
    expect(counted('completions', fields)).toEqual({
      input: 45,
      'audio input': 20,
      'image input': 5,
      'cached input': 20,
      'cached audio': 10,
      output: 10,
      'audio output': 40,
    });
  });

  it.each([
    ['embeddings', { input_tokens: 8 }, { input: 8 }],
    ['moderations', { input_tokens: '8' }, { input: 8 }],
    ['images', { images: 3, num_model_requests: 2 }, { images: 3 }],
    ['audio_speeches', { characters: 4 }, { characters: 4 }],
    ['audio_transcriptions', { seconds: 90 }, { seconds: 90 }],
    ['vector_stores', { usage_bytes: 1e9 }, { storage: 1e9 }],
    ['code_interpreter_sessions', { num_sessions: 2 }, { sessions: 2 }],
    ['file_search_calls', { num_requests: 5 }, { 'file search': 5 }],
    ['web_search_calls', { num_requests: 6 }, { 'web search': 6 }],
  ])('of %s counts its own field', (endpoint, fields, expected) => {
    expect(counted(endpoint, fields)).toEqual(expected);
  });

  it('refuses a count below zero', () => {
    expect(() => row({ input_tokens: -1 })).toThrow(/below zero/);
  });

  it.each([
    ['gpt-6-sol, input_tokens', 'tokens', 'input'],
    ['gpt-6-sol, cached input', 'tokens', 'cached input'],
    ['gpt-6-sol, cache_write_input_tokens', 'tokens', 'cache write'],
    ['gpt-realtime, audio input tokens', 'tokens', 'audio input'],
    ['web search tool calls', null, 'web search'],
    ['file search storage', 'gibibyte_hours', 'storage'],
    ['file search tool calls', null, 'file search'],
    ['code interpreter sessions', null, 'sessions'],
    ['gpt-image-2, 1024x1024', 'images', 'images'],
    ['tts-1', 'characters', 'characters'],
    ['whisper-1', 'duration_minutes', 'seconds'],
    ['fine-tuning training', null, null],
  ])('line item "%s" in %s bills %s', (lineItem, unit, family) => {
    expect(familyOf(lineItem, unit)).toBe(family);
  });
});

const count = fc.record({
  apiKeyId: fc.constantFrom('k1', 'k2', null),
  userId: fc.constantFrom('u1', 'u2', null),
  tier: fc.constantFrom(null, 'batch', 'flex', 'incentivized-tier'),
  model: fc.constantFrom('gpt-6-sol', 'gpt-6-luna', 'gpt-6-sol-2026-08-01'),
  family: fc.constantFrom<UsageCount['family']>('input', 'output'),
  quantity: fc.integer({ min: 1, max: 10 ** 10 }),
});
const cost = fc.record({
  apiKeyId: fc.constantFrom('k1', 'k2', null),
  model: fc.constantFrom('gpt-6-sol', 'gpt-6-luna'),
  kind: fc.constantFrom('input_tokens', 'output_tokens', 'training'),
  amount: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
  quantity: fc.option(fc.integer({ min: 0, max: 10 ** 10 })),
});

describe('joining usage into costs', () => {
  it('conserves the money of every cell, whatever the usage', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(cost, {
          maxLength: 12,
          selector: (each) => `${each.apiKeyId}${each.model}${each.kind}`,
        }),
        fc.array(count, { maxLength: 20 }),
        (costs, counts) => {
          const cells = costs.map(({ apiKeyId, model, kind, amount, quantity }, i) =>
            cellOf({ cell: `c${i}`, apiKeyId, model, lineItem: `${model}, ${kind}`, amount, quantity }),
          );
          const { shares } = join(cells, counts.map(countOf));
          for (const cell of cells) {
            const parts = shares.filter((share) => share.cell === cell);
            expect(sumNanos(parts.map(({ amount }) => amount))).toBe(cell.amount);
          }
        },
      ),
      { numRuns: 80 },
    );
  });
});
