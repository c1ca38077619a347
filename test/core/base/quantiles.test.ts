import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, quantile } from '../../../src/core/base/quantiles.js';

describe('quantiles', () => {
  it('are those of the sorted values, interpolated', () => {
    const anyValues = fc.array(
      fc.oneof(fc.constantFrom(0, 1, 1, 2), fc.double({ noNaN: true, min: -1e6, max: 1e6 })),
      { minLength: 1, maxLength: 80 },
    );
    fc.assert(
      fc.property(anyValues, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const at = (sorted.length - 1) * share;
        const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
        expect(quantile(values, share)).toBeCloseTo(below + (above - below) * (at - Math.floor(at)), 6);
      }),
      { numRuns: 300 },
    );
  });

  it('are nothing of nothing', () => {
    expect([mean([]), median([]), quantile([], 0.9)]).toEqual([0, 0, 0]);
    expect([mean([1, 2, 6]), median([6, 1, 2])]).toEqual([3, 2]);
  });
});
