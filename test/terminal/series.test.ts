import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayMornings } from '../../src/core/alerts/replay.js';
import { addDays } from '../../src/core/base/time.js';
import { runTerminal } from '../../src/terminal/program.js';
import { parseSeries } from '../../src/terminal/series-csv.js';
import { spendSeries } from '../support/company/spend-series.js';

const SHAPE = { level: 300, weekend: 0.4, noise: 0.08, growth: 0, seats: 0 };
const DAYS = spendSeries(8, 120, SHAPE);

/** Two series; the first runs away on day 100, which is not complete at first, and late by a day. */
function csv(): string {
  const lines = DAYS.flatMap(({ day, value }, i) => {
    const wild = i === 100 ? value + 900 : value;
    const late =
      i === 100
        ? [`search,${day},${value / 2},${addDays(day, 1)},0`, `search,${day},${wild},${addDays(day, 2)},1`]
        : [];
    return [
      ...(i === 100 ? late : [`search,${day},${wild},${addDays(day, 1)},1`]),
      `quiet,${day},${value},,`,
    ];
  });
  return ['series,date,value,available_at,complete', ...lines].join('\n');
}

async function run(input: string, ...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(args, {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
    input: async () => input,
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

const SPAN = ['--from', DAYS[60]!.day, '--to', DAYS[119]!.day];

describe('detect', () => {
  it('prints a line for each alert, on the first morning on which the money was there', async () => {
    const { code, out } = await run(csv(), 'detect', ...SPAN);
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({
        series: 'search',
        date: DAYS[100]!.day,
        decided_on: addDays(DAYS[100]!.day, 2),
        flag: true,
        direction: 'up',
      }),
    ]);
  });

  it('tells a drop by its direction', async () => {
    const lines = DAYS.map(({ day, value }, i) => `quiet,${day},${i === 100 || i === 101 ? 1 : value}`);
    const { out } = await run(['series,date,value', ...lines].join('\n'), 'detect', ...SPAN);
    expect(JSON.parse(out)).toMatchObject({
      series: 'quiet',
      date: DAYS[101]!.day,
      direction: 'down',
      kind: 'drop',
    });
  });

  it('decides a morning by what was there on it, whatever comes later', () => {
    const [observations = []] = [...parseSeries(csv()).values()];
    const range = { from: DAYS[40]!.day, to: DAYS[119]!.day };
    const all = replayMornings(observations, range);
    fc.assert(
      fc.property(fc.integer({ min: 41, max: 119 }), (at) => {
        const until = DAYS[at]!.day;
        const then = observations.filter(({ availableAt }) => availableAt <= until);
        const upTo = all.filter(({ decidedOn }) => decidedOn <= until);
        expect(replayMornings(then, { from: range.from, to: addDays(until, 1) })).toEqual(upTo);
      }),
      { numRuns: 15 },
    );
  });
});

describe('forecast', () => {
  it('prints a line for each series with as many days as were asked for', async () => {
    const { code, out } = await run(
      csv(),
      'forecast',
      '--as-of',
      DAYS[90]!.day,
      '--horizon',
      '14',
      '--month-end',
    );
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ series }) => series)).toEqual(['search', 'quiet']);
    for (const line of lines) {
      expect(line).toMatchObject({
        as_of: DAYS[90]!.day,
        start: DAYS[90]!.day,
        month: { period: '2026-01' },
      });
      for (const column of ['mean', 'lo80', 'hi80', 'lo95', 'hi95']) expect(line[column]).toHaveLength(14);
    }
    // Nothing of the series differs before its day 100, and nothing after the morning may be seen.
    const [search, quiet] = lines.map(({ series: _series, ...figures }) => figures);
    expect(search).toEqual(quiet);
  });

  it.each([
    ['series,date\na,2026-01-01', 'has no column value'],
    ['series,date,value\na,2026-01-01,much', 'row 2, value: "much" is no number'],
    ['series,date,value\na,2026-13-01,1', 'row 2, date: "2026-13-01" is not a day'],
    ['series,date,value,complete\na,2026-01-01,1,yes', 'complete: "yes" is neither 0 nor 1'],
  ])('refuses %j in one sentence', async (input, sentence) => {
    const { code, out, notes } = await run(input, 'forecast', '--as-of', '2026-02-01');
    expect([code, out]).toEqual([1, '']);
    expect(notes).toContain(sentence);
  });

  it('refuses a horizon that is none', async () => {
    const { code, notes } = await run(csv(), 'forecast', '--as-of', '2026-02-01', '--horizon', '0');
    expect(code).toBe(1);
    expect(notes).toContain('--horizon 0');
  });
});
