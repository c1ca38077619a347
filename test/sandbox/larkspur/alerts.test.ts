import { describe, expect, it } from 'vitest';
import { findRuns, judgeDays } from '../../../src/core/alerts/anomaly.js';
import { parseNanos, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type Day, daysIn, parseDay } from '../../../src/core/base/time.js';
import { createLarkspur, type Larkspur } from '../../../src/sandbox/larkspur/index.js';

const HISTORY_DAYS = 120;

/** A place's Anthropic and OpenAI cost of a day. */
function costOf(company: Larkspur, place: { workspaces: string[]; project: string }, day: Day): bigint {
  const { anthropic, openai } = company;
  const ids = new Set(
    anthropic.workspaces.filter(({ name }) => place.workspaces.includes(name)).map(({ id }) => id),
  );
  const project = openai.projects.find(({ name }) => name === place.project)?.id;
  const cents = anthropic
    .usage(day)
    .filter(({ workspaceId }) => ids.has(workspaceId ?? ''))
    .flatMap(({ lines }) => lines.map(({ amountCents }) => parseNanos(amountCents) / 100n));
  const dollars = openai.costs(day).filter(({ projectId }) => projectId === project);
  return sumNanos([...cents, ...dollars.map(({ amountUsd }) => parseNanos(amountUsd))]);
}

function newsOf(company: Larkspur, place: { workspaces: string[]; project: string }): readonly Day[] {
  const { today } = company.calendar;
  const series = daysIn({ from: addDays(today, -HISTORY_DAYS), to: today }).map((day) => ({
    day,
    cost: costOf(company, place, day),
    complete: true,
  }));
  const runs = findRuns(judgeDays(series)).filter(({ lastDay }) => lastDay >= addDays(today, -10));
  return runs.map(({ firstDay }) => firstDay);
}

describe('alerts at Larkspur', () => {
  const mornings = ['2026-10-31', '2026-11-01', '2026-11-02', '2026-11-03', '2027-01-01', '2027-03-01'];

  it.each(mornings)('on %s are of the runaway agent and not of the batch at the month end', (morning) => {
    const company = createLarkspur({ today: parseDay(morning) });
    const science = { workspaces: ['Data Science'], project: 'data-science' };
    const platform = { workspaces: ['Platform', 'CI and agents'], project: 'platform' };
    expect(newsOf(company, science)).toEqual([]);
    expect(newsOf(company, platform)).toEqual([company.calendar.runaway]);
  });
});
