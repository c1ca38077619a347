import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChartRequest } from '../../../src/charts/spec.js';
import { addDays, daysIn, parseDay } from '../../../src/core/base/time.js';
import { NativeCharts } from '../../../src/slack/kit/native-chart.js';
import { CHART_CASES } from '../../charts/cases.js';

const nativeChart = (request: ChartRequest) => new NativeCharts().choose('T1', request);
const FIRST = parseDay('2026-11-01');
const DOLLAR = 1_000_000_000n;

function trend(costs: readonly bigint[]): ChartRequest {
  const days = daysIn({ from: FIRST, to: addDays(FIRST, costs.length) }).map((day, i) => ({
    day,
    cost: costs[i] ?? 0n,
  }));
  return { kind: 'trend', title: 'ci-nightly', currency: 'USD', days, provisionalFrom: null };
}

describe('charts that Slack draws itself', () => {
  it('carry the figures of a short trend', () => {
    expect(nativeChart(trend([DOLLAR, 2n * DOLLAR]))).toEqual({
      type: 'data_visualization',
      title: 'ci-nightly',
      chart: {
        type: 'bar',
        series: [
          {
            name: 'ci-nightly',
            data: [
              { label: '1 Nov', value: 1 },
              { label: '2 Nov', value: 2 },
            ],
          },
        ],
        axis_config: { categories: ['1 Nov', '2 Nov'], y_label: 'USD' },
      },
    });
  });

  it('are left to our picture where they would say less', () => {
    expect(nativeChart(trend(Array.from({ length: 21 }, () => DOLLAR)))).toBeNull();
    expect(nativeChart(trend([DOLLAR, -DOLLAR]))).toBeNull();
    expect(nativeChart(trend([0n, 0n]))).toBeNull();
    const kinds = CHART_CASES.filter(([, request]) => nativeChart(request) !== null).map(([name]) => name);
    expect(kinds).toEqual(['share-normal', 'share-one']);
  });

  it('never break Slack’s limits, whatever the names and figures', () => {
    const anyRequest = fc.oneof(
      fc.record({
        kind: fc.constant('share' as const),
        title: fc.string({ unit: 'binary', maxLength: 80 }),
        currency: fc.constant('USD'),
        lines: fc.array(
          fc.record({
            label: fc.string({ unit: 'binary', maxLength: 40 }),
            cost: fc.bigInt({ min: -DOLLAR, max: DOLLAR * 10n ** 9n }),
          }),
          { maxLength: 9 },
        ),
      }),
      fc.array(fc.bigInt({ min: 0n, max: DOLLAR * 10n ** 9n }), { maxLength: 25 }).map(trend),
    );
    fc.assert(
      fc.property(anyRequest, (request) => {
        const block = nativeChart(request);
        if (block === null) return;
        expect(block.title.length).toBeGreaterThan(0);
        expect(block.title.length).toBeLessThanOrEqual(50);
        const { chart } = block;
        const groups = chart.type === 'pie' ? [chart.segments] : chart.series.map(({ data }) => data);
        expect(groups.length).toBeLessThanOrEqual(6);
        for (const points of groups) {
          expect(points.length).toBeLessThanOrEqual(chart.type === 'pie' ? 6 : 20);
          expect(new Set(points.map(({ label }) => label)).size).toBe(points.length);
          for (const { label, value } of points) {
            expect(label.length).toBeGreaterThan(0);
            expect(label.length).toBeLessThanOrEqual(20);
            expect(Number.isFinite(value) && (chart.type !== 'pie' || value > 0)).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are not tried again in a workspace that refused one', () => {
    const charts = new NativeCharts();
    const request = trend([DOLLAR, DOLLAR]);
    expect(charts.choose('T1', request)).not.toBeNull();
    expect(charts.noteRefusal('T1', 'not_in_channel')).toBe(false);
    expect(charts.choose('T1', request)).not.toBeNull();
    expect(charts.noteRefusal('T1', 'invalid_blocks')).toBe(true);
    expect(charts.choose('T1', request)).toBeNull();
    expect(charts.choose('T2', request)).not.toBeNull();
  });
});
