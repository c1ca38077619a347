import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadLabels } from '../../src/charts/plugins.js';
import { chartSpec } from '../../src/charts/spec.js';
import { alert, digest, HOSTILE_NAMES, SERVICES, spend } from './figures.js';

describe('a digest chart', () => {
  it('says its figures in words', () => {
    const { altText, filename } = chartSpec({
      kind: 'digest',
      figures: digest(SERVICES, 8, (service, week) => 1000 * service + week),
    });
    expect(altText).toContain('Data Science');
    expect(altText).toContain('16 Nov – 22 Nov: $10,035');
    expect(altText).toContain('GitHub Copilot: $4,007.');
    expect(filename).toBe('digest-Data-Science-2026-W47.png');
  });

  it('draws the largest services by name and folds the rest, losing nothing', () => {
    const names = Array.from({ length: 30 }, (_, i) => `Service ${i}`);
    const { config } = chartSpec({ kind: 'digest', figures: digest(names, 2, (service) => service + 1) });
    const stacks = config.data.datasets;
    expect(stacks.map(({ label }) => label)).toEqual([
      'Service 29',
      'Service 28',
      'Service 27',
      'Service 26',
      'Service 25',
      'Service 24',
      '24 more',
    ]);
    expect(stacks.reduce((sum, { data }) => sum + Number(data[1]), 0)).toBe((30 * 31) / 2);
  });

  it('names the sources that are missing', () => {
    const figures = digest(SERVICES, 4, () => 10);
    const { altText } = chartSpec({
      kind: 'digest',
      figures: { ...figures, incomplete: [{ source: 'openai', completeThrough: null }] },
    });
    expect(altText).toContain('Not complete yet: openai.');
  });
});

describe('an alert chart', () => {
  it('marks anomalous days by shape and says them in words', () => {
    const { config, altText } = chartSpec({ kind: 'alert', figures: alert(30, 2) });
    const [actual] = config.data.datasets;
    expect(actual).toHaveProperty('pointStyle', [
      ...Array.from({ length: 28 }, () => 'circle'),
      'rectRot',
      'rectRot',
    ]);
    expect(altText).toContain(
      'Platform: $1,160 above expected. Since 19 Nov; on 20 Nov $660, expected $60.00.',
    );
    expect(altText).toContain('20 Nov: $660, expected $60.00, normal up to $95.00.');
    expect(altText).toContain('key ci-flaky-test-fixer: $640, expected $20.00.');
  });
});

describe('a spend chart', () => {
  it('says total, series and buckets in words', () => {
    const { altText } = chartSpec({
      kind: 'spend',
      title: 'Search by model',
      series: spend(['claude-sonnet-5', 'gpt-6-sol'], 3, (series) => 100 + series),
    });
    expect(altText).toBe(
      'Bar chart by day. Search by model: $603 in all. gpt-6-sol: $303. claude-sonnet-5: $300. ' +
        '1 Nov: $201. 2 Nov: $201. 3 Nov: $201.',
    );
  });

  it('keeps its alternative text within what Slack takes, whatever the names', () => {
    const { altText } = chartSpec({
      kind: 'spend',
      title: HOSTILE_NAMES.join(''),
      series: spend(HOSTILE_NAMES, 90, () => 1e6),
    });
    expect(altText.length).toBeLessThanOrEqual(1000);
    expect(altText).not.toMatch(/\p{C}/u);
  });
});

describe('direct labels', () => {
  it('never overlap, stay in order and inside, as long as they fit at all', () => {
    const positions = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(positions, (unsorted) => {
        const anchors = unsorted.toSorted((a, b) => a - b);
        const centres = spreadLabels(anchors, 35, { top: 0, bottom: 300 });
        for (const [i, centre] of centres.entries()) {
          expect(centre).toBeGreaterThanOrEqual(17.5 - 1e-6);
          expect(centre).toBeLessThanOrEqual(282.5 + 1e-6);
          const above = centres[i - 1] ?? Number.NEGATIVE_INFINITY;
          expect(centre - above).toBeGreaterThanOrEqual(35 - 1e-6);
        }
      }),
    );
  });
});
