import { describe, expect, it } from 'vitest';
import { chartSpec } from '../../../src/charts/spec.js';
import type { Day, Month } from '../../../src/core/base/time.js';
import type { DigestFigures, DigestOutlook } from '../../../src/core/digests/digest.js';
import { chartOf } from '../../../src/slack/deliver/chart.js';
import { digestDetailMessage } from '../../../src/slack/digests/detail-message.js';
import { digestLines, digestNotes, plainLine } from '../../../src/slack/digests/lines.js';
import { digestMessage } from '../../../src/slack/digests/message.js';
import { digestFigures } from '../../support/slack/figures.js';
import { textOf } from '../../support/slack/world.js';

const DOLLAR = 1_000_000_000n;
const lines = (more: Partial<DigestFigures>) => digestLines(digestFigures(more)).map(plainLine);
const outlook = (expected: number, plan: number | null): DigestOutlook => ({
  month: '2026-11' as Month,
  total: {
    expected: BigInt(expected) * DOLLAR,
    low80: 4_800n * DOLLAR,
    high80: 5_600n * DOLLAR,
    low95: 4_500n * DOLLAR,
    high95: 6_000n * DOLLAR,
  },
  isOver: false,
  plan: plan === null ? null : BigInt(plan) * DOLLAR,
  isPlanWhole: true,
});

describe('a digest', () => {
  it('says the same week in text, message and chart: Monday to Sunday', () => {
    const figures = digestFigures();
    const { text, blocks } = digestMessage(figures);
    expect(text).toContain('in the week of 9–15 Nov 2026');
    expect(JSON.stringify(blocks)).toContain('in the week of 9–15 Nov 2026');
    expect(chartSpec({ kind: 'digest', figures }).altText).toContain('9 Nov – 15 Nov: $1,234');
  });

  it('begins with three lines: the change, its biggest cause, the forecast against plan', () => {
    expect(lines({ outlook: outlook(5_200, 5_000) })).toEqual([
      '$1,234.00 in the week of 9–15 Nov 2026: ▲ $234 (+23%) on the week before.',
      'Biggest cause: more work (+$200), first of all ci-nightly (+$190).',
      'Nov 2026: $2,500 so far, heading for $5,200 ($4.8k to $5.6k), $200 above its budget of $5,000.',
    ]);
  });

  it('counts people where they are not named, and says when causes went both ways', () => {
    const amount = -900n * DOLLAR;
    expect(lines({ cause: { cause: 'volume', amount, most: null, people: 3, spread: 9 } })[1]).toBe(
      'Biggest cause: less work (−$900), most of it by 3 people; others went the other way.',
    );
    expect(lines({ cause: { cause: 'rate', amount: DOLLAR, most: null, people: 0, spread: 4 } })[1]).toBe(
      'Biggest cause: higher prices (+$1.00), spread over 4 models.',
    );
  });

  it('of a quiet week is two lines, without chart and buttons', () => {
    const quiet = { isQuiet: true, outlook: outlook(5_200, null) };
    expect(lines(quiet)).toEqual([
      '$1,234.00 in the week of 9–15 Nov 2026: ▲ $234 (+23%) on the week before. A quiet week.',
      'Nov 2026: $2,500 so far, heading for $5,200 ($4.8k to $5.6k), no budget is set.',
    ]);
    const figures = digestFigures(quiet);
    expect(chartOf({ kind: 'digest', figures })).toBeNull();
    expect(digestMessage(figures).blocks.map(({ type }) => type)).toEqual(['header', 'rich_text', 'context']);
  });

  it('names a feed that is behind: what is missing is no saving', () => {
    const { comparison } = digestFigures();
    const told = lines({
      comparison: { ...comparison, current: 800n * DOLLAR, previous: 800n * DOLLAR, without: ['cursor'] },
      incomplete: [{ source: 'cursor', completeThrough: '2026-11-10' as Day }],
    });
    expect(told[0]).toBe('$1,234.00 in the week of 9–15 Nov 2026: no change on the week before, without it.');
    expect(told.at(-1)).toBe('No data from cursor since 11 Nov 2026: the total lacks it; that is no saving.');
    expect(told.join(' ')).not.toContain('▼');
  });

  it('marks days that are not closed, and compares the others', () => {
    const { comparison } = digestFigures();
    const partial = { ...comparison, after: { ...comparison.after, to: '2026-11-14' as Day } };
    expect(lines({ comparison: partial })[0]).toContain('on the same days (Mon to Fri) of the week before.');
    expect(digestNotes(digestFigures({ comparison: partial }))[0]).toBe(
      'Provisional: 14 Nov 2026 to 15 Nov 2026. Vendors have not closed these days; they may still rise.',
    );
  });

  it('that was restated says what it said first', () => {
    const on = '2026-11-18' as Day;
    expect(digestNotes(digestFigures({ update: { on, was: 1_000n * DOLLAR } }))[0]).toBe(
      'Updated 18 Nov 2026: the total was $1,000.00 when this was posted.',
    );
  });

  it('of a month shows finance its books, and what made the change as a waterfall', () => {
    const { comparison } = digestFigures();
    const whole = {
      before: comparison.previous,
      after: comparison.current,
      delta: 234n * DOLLAR,
      parts: [
        { cause: 'volume' as const, amount: 234n * DOLLAR, details: [] },
        { cause: 'rate' as const, amount: 1n, details: [] },
      ],
    };
    const figures = digestFigures({
      title: 'All spend',
      scope: null,
      reader: 'finance',
      grain: 'month',
      period: '2026-10',
      from: '2026-10-01' as Day,
      to: '2026-11-01' as Day,
      change: whole,
      outlook: { ...outlook(1_234, 1_000), isOver: true },
      books: {
        stage: 'soft-closed',
        open: [{ kind: 'owners', done: false, teams: 2, unsigned: ['Search'] }],
        invoices: {
          tied: 3,
          differing: [{ source: 'openai', invoiceId: 'INV-9', residual: 12n * DOLLAR, currency: 'USD' }],
          waiting: 1,
        },
        treatments: [
          { label: 'COGS', cost: 900n * DOLLAR },
          { label: 'R&D', cost: 100n * DOLLAR },
        ],
        confidences: [
          { label: 'billed', cost: 900n * DOLLAR },
          { label: 'spread', cost: 100n * DOLLAR },
        ],
      },
    });
    const text = textOf(digestMessage(figures).blocks).replaceAll('\n', '');
    for (const said of [
      'All spend: Oct 2026',
      'The month ended $234 above the $1,000 that teams have budgeted.',
      'Close: soft-closed, 1 check open. Invoices: 3 tied, 1 not tied, 1 source without one yet.',
      'Treatment: COGS $900 (90.0%) · R&D $100 (10.0%)',
      'How it is known: 90.0% billed · 10.0% spread.',
    ])
      expect(text).toContain(said);
    const detail = textOf(digestDetailMessage(figures).blocks).replaceAll('\n', '');
    expect(detail).toContain('openai INV-9: $12.00 apart');
    expect(detail).toContain('Not signed: Search.');
    const chart = chartOf({ kind: 'digest', figures });
    expect(chart).toMatchObject({ kind: 'change', title: 'All spend: why spend changed' });
    const amounts = chart?.kind === 'change' ? chart.change.parts.map(({ amount }) => amount) : null;
    expect(amounts).toEqual([234n * DOLLAR, 0n]);
  });
});
