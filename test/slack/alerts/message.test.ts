import { describe, expect, it } from 'vitest';
import type { Day } from '../../../src/core/base/time.js';
import { alertExplainedMessage, alertMessage } from '../../../src/slack/alerts/message.js';
import { alertFigures } from '../../support/slack/figures.js';
import { textOf } from '../../support/slack/world.js';

const DOLLAR = 1_000_000_000n;
const day = (text: string) => text as Day;

/** Four days of a runaway; the last day is far below the sum of them. */
const runaway = alertFigures({
  firstDay: day('2026-11-12'),
  lastDay: day('2026-11-15'),
  actual: 2_800n * DOLLAR,
  expected: 460n * DOLLAR,
  excess: 2_340n * DOLLAR,
  series: [
    { day: day('2026-11-14'), actual: 710n * DOLLAR, expected: 115n * DOLLAR, upper: 180n * DOLLAR },
    { day: day('2026-11-15'), actual: 700n * DOLLAR, expected: 90n * DOLLAR, upper: 180n * DOLLAR },
  ],
});

describe('an alert', () => {
  it('says the sums over the days of the case, and apart from them what the last day cost', () => {
    const { text, blocks } = alertMessage(runaway);
    expect(text).toContain(
      '$2,800.00 over 12–15 Nov 2026, expected $460.00: ▲ $2,340.00 (+509%). ' +
        '15 Nov 2026 alone: $700.00, expected $90.00.',
    );
    expect(JSON.stringify(blocks)).toContain(
      '15 Nov 2026 alone: $700.00, expected $90.00. Usual is up to $180.00 a day.',
    );
  });

  it('of one day says the day once', () => {
    const { text, blocks } = alertMessage({ ...runaway, firstDay: runaway.lastDay, actual: 700n * DOLLAR });
    expect(text).toContain('$700.00 on 15 Nov 2026, expected $460.00');
    expect(text + JSON.stringify(blocks)).not.toContain('alone');
  });

  it('speaks of people who are not named as one person, or as so many', () => {
    const people = (label: string) =>
      alertFigures({ drivers: [{ by: 'people', label, expected: 8n * DOLLAR, actual: 201n * DOLLAR }] });
    expect(textOf(alertMessage(people('1')).blocks)).toContain('one person: $201.00, expected $8.00');
    expect(textOf(alertExplainedMessage(people('3')).blocks)).toContain('3 people');
  });

  it('explains the difference first, since a thread is narrow', () => {
    const table = alertExplainedMessage(alertFigures()).blocks.find(({ type }) => type === 'table');
    expect(textOf(table)).toContain('Driver\nDifference\nActual\nExpected');
    expect(textOf(table)).toContain('Key ci-nightly\n▲ $585.00 (over +999%)\n$600.00\n$15.00');
  });

  it('explains over the same days', () => {
    expect(JSON.stringify(alertExplainedMessage(runaway).blocks)).toContain(' over 12–15 Nov 2026');
  });
});
