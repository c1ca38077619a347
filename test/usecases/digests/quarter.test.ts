import { expect, it } from 'vitest';
import {
  addDays,
  type Day,
  type DayRange,
  daysBetween,
  isoWeek,
  weekday,
} from '../../../src/core/base/time.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { reviseDigests } from '../../../src/usecases/digests/revise-digests.js';
import { writeDigests } from '../../../src/usecases/digests/write-digests.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, type TestKey } from '../../support/company/company.js';
import { ANA, BEN, createWorld, FINOPS, SEARCH, type World } from '../../support/slack/world.js';

/** A Monday; the quarter is the thirteen weeks from it on. */
const FIRST = '2026-11-23' as Day;
const DAYS = 13 * 7;
const LEADERS = 'C0LEADER01';
/** A day that the vendor restates when it is nine days old. */
const RESTATED = '2026-12-08' as Day;

function keysAsOf(today: Day): readonly TestKey[] {
  const wave = (base: number, swing: number) => (day: Day) =>
    weekday(day) > 5 ? base / 4 : base + swing * (daysBetween(FIRST, day) % 3);
  return [
    { key: 'search-prod', model: 'claude-sonnet-4-5', cents: wave(100_000, 30_000) },
    { key: 'support-bot', model: 'claude-haiku-4-5', cents: wave(40_000, 0) },
    {
      key: 'stray',
      model: 'gpt-5.1',
      cents: (day) => (day === RESTATED && daysBetween(RESTATED, today) >= 9 ? 90_000 : 10_000),
    },
  ];
}

/** What the vendor answers today: everything up to yesterday, which it has closed up to the day before. */
function providerAsOf(today: Day) {
  return createTestProvider((window: DayRange) => ({
    charges: chargesOf(keysAsOf(today), {
      from: window.from,
      to: window.to < today ? window.to : today,
    }),
    completeThrough: addDays(today, -2),
  }));
}

/** A morning: the bills, what was restated, what is due; whenever the process was down, nothing at all. */
async function live(world: World, today: Day): Promise<void> {
  const { context } = world;
  context.testClock.set(`${today}T09:05:00Z`);
  const provider = providerAsOf(today);
  const now = { ...context, providers: [provider] };
  await ingestSource(now, provider, { from: addDays(today, -21), to: today });
  await reallocate(now);
  const readers = { finance: [ANA], leader: [BEN] };
  await reviseDigests(now, { readers });
  // The timetable asks every quarter of an hour.
  for (let run = 0; run < 2; run++) await writeDigests(now, { readers });
  await world.deliver();
}

it('over a quarter tells each channel once a week and once a month, catches up, and edits what was restated', async () => {
  const world = await createWorld({
    slack: {
      channels: [
        { id: FINOPS, name: 'finops', members: [ANA, BEN] },
        { id: SEARCH, name: 'search', members: [ANA, BEN] },
        { id: LEADERS, name: 'leaders', members: [ANA, BEN] },
      ],
    },
  });
  const { context } = world;
  await context.store.changeSettings({
    area: 'subscriptions',
    value: [
      { channel: LEADERS, scope: null, cadence: { kind: 'weekly', on: 3 }, hour: 8 },
      {
        channel: LEADERS,
        scope: { dimension: 'team', owner: 'Search' },
        cadence: { kind: 'monthly', on: null },
        hour: 8,
      },
    ],
    base: null,
    actor: context.actor,
    atMs: 1,
  });
  // Nothing runs from a Sunday to a Tuesday: the Monday between is made up for.
  const isDown = (day: Day) => day >= '2027-01-10' && day <= '2027-01-11';
  for (let at = 0; at < DAYS; at++) {
    const day = addDays(FIRST, at);
    if (!isDown(day)) await live(world, day);
  }

  const heads = (channel: string) =>
    world
      .messages(ANA, channel)
      .filter(
        ({ blocks, text }) => blocks.some(({ type }) => type === 'header') && !text.startsWith('Rules'),
      );
  const titles = (channel: string) =>
    heads(channel).map(({ blocks }) => {
      const block = blocks.find(({ type }) => type === 'header');
      return block?.type === 'header' ? block.text.text : '';
    });
  const weeks = Array.from({ length: 13 }, (_, i) => Number(isoWeek(addDays(FIRST, 7 * (i - 1))).slice(6)));
  const months = ['Oct 2026', 'Nov 2026', 'Dec 2026', 'Jan 2027'];

  expect(titles(SEARCH)).toEqual(weeks.map((week) => `Search: week ${week}`));
  // Support has no channel: FinOps reads its digest besides their own.
  expect(titles(FINOPS).toSorted()).toEqual(
    [
      ...weeks.flatMap((week) => [`All spend: week ${week}`, `Support: week ${week}`]),
      ...months.map((month) => `All spend: ${month}`),
    ].toSorted(),
  );
  // Its first digests came when it had subscribed; from then on Wednesdays and first working days.
  const subscribed = [weeks[0]! - 1, ...weeks.slice(0, 13)];
  expect(titles(LEADERS).toSorted()).toEqual(
    [
      ...subscribed.map((week) => `All spend: week ${week}`),
      ...months.map((month) => `Search: ${month}`),
    ].toSorted(),
  );
  for (const channel of [SEARCH, FINOPS, LEADERS])
    expect(new Set(titles(channel)).size).toBe(titles(channel).length);

  const direct = (who: string) =>
    world.slack
      .see(who)
      .conversations.flatMap(({ kind, messages }) => (kind === 'im' ? messages : []))
      .filter(({ blocks }) => blocks.some(({ type }) => type === 'header'));
  expect(direct(ANA)).toHaveLength(months.length);
  expect(direct(BEN)).toHaveLength(months.length);

  const restated = await context.store.findNotice(`digest:finops:${isoWeek(RESTATED)}`);
  const body = restated?.notice.body;
  expect(body?.kind === 'digest' ? body.figures.update?.was : null).toBeGreaterThan(0n);
  const told = JSON.stringify(heads(FINOPS).map(({ blocks }) => blocks));
  expect(told).toContain('Updated 17 Dec 2026: the total was');
  expect(await context.store.claimNotices(context.clock(), 10)).toEqual([]);
  expect(world.slack.troubles).toEqual([]);
});
