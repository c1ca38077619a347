import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  altTextOf,
  axisLabel,
  changeLabel,
  cleanLabel,
  dayLabel,
  moneyLabel,
  pngName,
  shortMoneyLabel,
  sparseTicks,
} from '../../src/charts/labels.js';
import { parseNanos } from '../../src/core/base/money.js';
import { parseDay } from '../../src/core/base/time.js';
import { HOSTILE_NAMES } from './figures.js';

describe('money on a chart', () => {
  it.each([
    ['12340.49', 'USD', '$12,340'],
    ['-1234567.5', 'EUR', '−€1,234,568'],
    ['4.2', 'USD', '$4.20'],
    ['99.996', 'USD', '$100'],
    ['0', 'GBP', '£0'],
    ['0.000001', 'USD', '<$0.01'],
    ['1500', 'CHF', 'CHF 1,500'],
  ])('writes %s %s as %s', (amount, currency, label) => {
    expect(moneyLabel(parseNanos(amount), currency)).toBe(label);
  });

  it('shortens only what is long', () => {
    expect(shortMoneyLabel(parseNanos('999'), 'USD')).toBe('$999');
    expect(shortMoneyLabel(parseNanos('5533'), 'USD')).toBe('$5.5k');
    expect(shortMoneyLabel(parseNanos('20741'), 'USD')).toBe('$20.7k');
    expect(shortMoneyLabel(parseNanos('-999999'), 'USD')).toBe('−$1.00M');
  });

  it('gives all ticks of one axis the same form', () => {
    expect([0, 0.1, 0.25].map((value) => axisLabel(value, 0.25, 'USD'))).toEqual(['$0', '$0.10', '$0.25']);
    expect([-500, 1500].map((value) => axisLabel(value, 1500, 'USD'))).toEqual(['−$500', '$1,500']);
    expect([500_000, 2_000_000].map((value) => axisLabel(value, 2e6, 'USD'))).toEqual(['$0.5M', '$2M']);
  });

  it('says nothing of a change from nothing', () => {
    expect(changeLabel(100n, 0n)).toBeNull();
    expect(changeLabel(108n, 100n)).toBe('+8%');
    expect(changeLabel(-5n, 100n)).toBe('−105%');
    expect(changeLabel(5000n, 100n)).toBe('50×');
  });
});

describe('names on a chart', () => {
  it('never lets control characters, emoji or bidirectional overrides through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const label = cleanLabel(name);
        expect(label).not.toMatch(/[\p{C}\u{1f300}-\u{1faff}]/u);
        expect(Array.from(label).length).toBeLessThanOrEqual(80);
        expect(label.trim()).not.toBe('');
      }),
    );
  });

  it('keeps real names of any script', () => {
    expect(cleanLabel('Søren Ångström – Ελληνικά – Кириллица')).toBe('Søren Ångström – Ελληνικά – Кириллица');
    expect(cleanLabel('検索チーム')).toBe('検索チーム');
    expect(cleanLabel('🚀🔥')).toBe('(unnamed)');
  });

  it('makes file names of plain ASCII', () => {
    for (const name of HOSTILE_NAMES) expect(pngName('spend', name)).toMatch(/^spend[A-Za-z0-9-]*\.png$/);
    expect(pngName('digest', 'Data Science', '2026-W47')).toBe('digest-Data-Science-2026-W47.png');
  });

  it('keeps the newest bucket named when not all names fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (count) => {
        const ticks = sparseTicks(
          Array.from({ length: count }, (_, i) => `d${i}`),
          7,
        );
        expect(ticks).toHaveLength(count);
        expect(ticks.at(-1)).toBe(`d${count - 1}`);
        expect(ticks.filter((tick) => tick !== '').length).toBeLessThanOrEqual(7);
      }),
    );
    expect(dayLabel(parseDay('2026-11-05'))).toBe('5 Nov');
  });

  it('leaves whole sentences out of an alternative text that grows too long', () => {
    const text = altTextOf(Array.from({ length: 100 }, (_, i) => `Sentence number ${i}.`));
    expect(text.length).toBeLessThanOrEqual(1000);
    expect(text.endsWith('.')).toBe(true);
  });
});
