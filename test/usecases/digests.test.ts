import { beforeEach, describe, expect, it } from 'vitest';
import type { DigestFigures } from '../../src/core/digest.js';
import { encodeJson } from '../../src/core/json.js';
import { sumNanos } from '../../src/core/money.js';
import type { Day } from '../../src/core/time.js';
import { importRules } from '../../src/usecases/import-rules.js';
import { ingestSource } from '../../src/usecases/ingest.js';
import { reallocate } from '../../src/usecases/reallocate.js';
import { writeDigests, writeDueDigests } from '../../src/usecases/write-digests.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../support/company.js';
import { createTestContext, type TestContext } from '../support/context.js';

const WEEK = { from: '2026-11-09', to: '2026-11-16' };

function keys(lateCents = 0, email?: string): readonly TestKey[] {
  return [
    {
      key: 'search-prod',
      model: 'claude-sonnet-4-5',
      ...(email === undefined ? {} : { email }),
      cents: (day) => (day >= WEEK.from ? 10_000 : 5_000),
    },
    { key: 'search-chat', model: 'gpt-5.1', service: 'OpenAI API', cents: () => 1_000 },
    { key: 'support-bot', model: 'claude-haiku-4-5', cents: (day) => (day < WEEK.from ? 2_000 : 0) },
    { key: 'stray', model: 'claude-haiku-4-5', cents: (day) => 300 + (day === '2026-11-15' ? lateCents : 0) },
  ];
}

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-16' });
  const rules = [
    keyRule('search-prod', 'Search'),
    keyRule('search-chat', 'Search'),
    keyRule('support-bot', 'Support'),
  ];
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
  await ingestUpTo('2026-11-16');
});

async function ingestUpTo(day: string, late = 0, email?: string): Promise<void> {
  const provider = createTestProvider((window) => ({
    charges: chargesOf(keys(late, email), window),
    completeThrough: '2026-11-14' as Day,
  }));
  await ingestSource(context, provider, { from: '2026-08-01' as Day, to: day as Day });
  await reallocate(context);
}

async function digestOf(key: string): Promise<DigestFigures> {
  const body = (await context.store.findNotice(key))?.notice.body;
  if (body?.kind !== 'digest') throw new Error(`${key} is no digest`);
  return body.figures;
}

describe('writing digests when they are due', () => {
  const schedule = (weekday: number, hour: number) =>
    context.store.changeSettings({
      area: 'digest',
      value: { weekday, hour, timeZone: 'Europe/Berlin' },
      base: null,
      actor: context.actor,
      atMs: 1,
    });

  it('follows the day, hour and zone of the settings, once a week', async () => {
    await schedule(2, 8);
    context.testClock.set('2026-11-16T12:00:00Z');
    // The Tuesday that was due last is that of the week before: nothing is old news.
    expect((await writeDueDigests(context)).written).toBeGreaterThan(0);
    expect(await context.store.findNotice('digest:finops:2026-W46')).toBeNull();
    context.testClock.set('2026-11-17T07:00:00Z');
    expect((await writeDueDigests(context)).written).toBeGreaterThan(0);
    expect(await context.store.findNotice('digest:finops:2026-W46')).not.toBeNull();
    expect(await writeDueDigests(context)).toEqual({ written: 0 });
    context.testClock.set('2026-11-22T23:00:00Z');
    expect(await writeDueDigests(context)).toEqual({ written: 0 });
  });
});

describe('writing digests', () => {
  it('tells every team that spent in the last whole week, and FinOps, once', async () => {
    expect(await writeDigests(context, { today: null })).toEqual({ written: 2 });
    expect(await writeDigests(context, { today: null })).toEqual({ written: 0 });
    context.testClock.set('2026-11-18');
    expect(await writeDigests(context, { today: null })).toEqual({ written: 0 });
    expect(await context.store.findNotice('digest:team:Search:2026-W46')).toMatchObject({
      revision: 1,
      notice: { audience: { kind: 'team', team: 'Search' }, parentKey: null },
    });
    expect(await context.store.findNotice('digest:team:Support:2026-W46')).toBeNull();
    expect(await context.store.findNotice('digest:team:Unallocated:2026-W46')).toBeNull();
  });

  it('holds totals, eight weeks, models, movers and the feeds that lag', async () => {
    await writeDigests(context, { today: null });
    const figures = await digestOf('digest:team:Search:2026-W46');
    expect(figures).toMatchObject({
      team: 'Search',
      week: '2026-W46',
      ...WEEK,
      total: 770_000_000_000n,
      previousTotal: 420_000_000_000n,
      monthToDate: 1_250_000_000_000n,
      byModel: [
        { label: 'claude-sonnet-4-5', cost: 700_000_000_000n },
        { label: 'gpt-5.1', cost: 70_000_000_000n },
      ],
      movers: [
        { by: 'model', label: 'claude-sonnet-4-5', previous: 350_000_000_000n, current: 700_000_000_000n },
        { by: 'key', label: 'search-prod', previous: 350_000_000_000n, current: 700_000_000_000n },
      ],
      incomplete: [{ source: 'claude', completeThrough: '2026-11-14' }],
      unallocated: null,
    });
    expect(figures.weeks).toHaveLength(8);
    expect(figures.weeks[0]?.from).toBe('2026-09-21');
    const last = figures.weeks.at(-1)?.byService ?? [];
    expect(last.map(({ service }) => service)).toEqual(['Claude API', 'OpenAI API']);
    expect(sumNanos(last.map(({ cost }) => cost))).toBe(figures.total);
  });

  it('tells FinOps the whole company, teams that fell silent and what nobody owns', async () => {
    await writeDigests(context, { today: null });
    const figures = await digestOf('digest:finops:2026-W46');
    expect(figures).toMatchObject({
      team: 'All teams',
      total: 791_000_000_000n,
      previousTotal: 581_000_000_000n,
      unallocated: 21_000_000_000n,
    });
    expect(figures.movers).toContainEqual({
      by: 'key',
      label: 'support-bot',
      previous: 140_000_000_000n,
      current: 0n,
    });
  });

  it('names people to FinOps alone: no figure of a team says whose it is', async () => {
    await ingestUpTo('2026-11-16', 0, 'ana@example.test');
    await writeDigests(context, { today: null });
    const person = { by: 'person', label: 'ana@example.test' };
    expect((await digestOf('digest:finops:2026-W46')).movers).toContainEqual({
      ...person,
      previous: 350_000_000_000n,
      current: 700_000_000_000n,
    });
    const team = await context.store.findNotice('digest:team:Search:2026-W46');
    expect(encodeJson(team)).not.toContain('ana@example.test');
  });

  it('edits the message when the week was restated, and only then', async () => {
    await writeDigests(context, { today: null });
    await ingestUpTo('2026-11-16', 500);
    expect(await writeDigests(context, { today: null })).toEqual({ written: 1 });
    expect((await context.store.findNotice('digest:finops:2026-W46'))?.revision).toBe(2);
    expect((await context.store.findNotice('digest:team:Search:2026-W46'))?.revision).toBe(1);
  });

  it('of an empty ledger says nothing', async () => {
    const empty = await createTestContext({ now: '2026-11-16' });
    expect(await writeDigests(empty, { today: null })).toEqual({ written: 0 });
    expect(await empty.store.findNotice('digest:finops:2026-W46')).toBeNull();
  });
});
