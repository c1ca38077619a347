import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJobs, type Job } from '../../src/app/jobs.js';
import { startScheduler } from '../../src/app/scheduler.js';
import { createTestContext, type TestContext } from '../support/context.js';

let folder: string;
let context: TestContext;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-'));
  context = await createTestContext({ now: '2026-11-18T12:34:56Z', path: join(folder, 'test.db') });
});
afterEach(async () => {
  await context.store.close();
  rmSync(folder, { recursive: true });
});

/** Starts and stops at once: what remains is what was caught up. */
async function startAndStop(jobs: (ran: string[]) => readonly Job[], timeZone = 'UTC'): Promise<string[]> {
  const ran: string[] = [];
  const { store, clock, log } = context;
  const scheduler = await startScheduler(jobs(ran), { store, clock, log, company: { timeZone } });
  await new Promise((resolve) => setImmediate(resolve));
  await scheduler.stop();
  return ran;
}

const timetable = (ran: string[]): readonly Job[] =>
  createJobs({
    run: async (name) => ran.push(name),
    deliver: async () => ran.push('deliver'),
  });
const only =
  (name: Job['name'], run: () => Promise<unknown>) =>
  (ran: string[]): readonly Job[] =>
    timetable(ran)
      .filter((job) => job.name === name)
      .map((job) => ({ ...job, run }));

describe('the scheduler', () => {
  it('runs what was never run, facts before what follows from them, and writes down for when', async () => {
    const ran: string[] = [];
    const { store, clock, log } = context;
    const scheduler = await startScheduler(timetable(ran), {
      store,
      clock,
      log,
      company: { timeZone: 'UTC' },
    });
    await expect.poll(() => ran.length).toBe(8);
    await scheduler.stop();
    expect(ran).toEqual([
      'ingest',
      'reallocate',
      'raise-alerts',
      'raise-claims',
      'write-digests',
      'revise-digests',
      'lint-rules',
      'resume-backfills',
    ]);
    const due = async (job: string) => (await store.lastJobRun(job))?.scheduledForMs;
    expect(await due('ingest')).toBe(Date.parse('2026-11-18T12:10:00Z'));
    expect(await due('reallocate')).toBe(Date.parse('2026-11-18T12:30:00Z'));
    expect(await due('raise-alerts')).toBe(Date.parse('2026-11-18T12:25:00Z'));
    expect(await due('write-digests')).toBe(Date.parse('2026-11-18T12:31:00Z'));
    expect(await due('lint-rules')).toBe(Date.parse('2026-11-16T09:30:00Z'));
  });

  it('after a restart runs only what has come due meanwhile', async () => {
    await startAndStop(only('ingest', async () => undefined));
    let again = 0;
    const count = async () => {
      again += 1;
    };
    await context.store.close();
    context = await createTestContext({ now: '2026-11-18T13:05:00Z', path: join(folder, 'test.db') });
    await startAndStop(only('ingest', count));
    expect(again).toBe(0);
    context.testClock.set('2026-11-18T13:10:30Z');
    await startAndStop(only('ingest', count));
    expect(again).toBe(1);
    context.testClock.set('2026-11-20T13:10:30Z');
    await startAndStop(only('ingest', count));
    expect(again).toBe(2);
  });

  it("reads its times in the company's zone", async () => {
    await startAndStop(
      only('lint-rules', async () => undefined),
      'America/New_York',
    );
    expect((await context.store.lastJobRun('lint-rules'))?.scheduledForMs).toBe(
      Date.parse('2026-11-16T14:30:00Z'),
    );
  });

  it('writes a failure down with a sentence that shows nothing from inside, and lives on', async () => {
    await startAndStop(only('ingest', () => Promise.reject(new Error('secret at 10.0.0.7'))));
    expect(await context.store.lastJobRun('ingest')).toMatchObject({ ok: false });
    expect(context.log.lines).toContainEqual({ level: 'error', message: 'Could not pull the bills.' });
  });

  it('fires on the minute, and never beside itself', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-18T12:34:56Z') });
    try {
      let runs = 0;
      const gate = new EventEmitter();
      const slow = async () => {
        runs += 1;
        await once(gate, 'open');
      };
      const { store, log } = context;
      const parts = { store, log, clock: Date.now, company: { timeZone: 'UTC' } };
      const scheduler = await startScheduler(only('deliver', slow)([]), parts);
      await vi.advanceTimersByTimeAsync(3_000);
      expect(runs).toBe(0);
      await vi.advanceTimersByTimeAsync(3_000);
      expect(runs).toBe(1);
      await vi.advanceTimersByTimeAsync(120_000);
      expect(runs).toBe(1);
      gate.emit('open');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(runs).toBe(2);
      gate.emit('open');
      await scheduler.stop();
      await vi.advanceTimersByTimeAsync(180_000);
      expect(runs).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits for a job under way when it stops', async () => {
    let finished = false;
    const gate = new EventEmitter();
    const jobs = only('ingest', async () => {
      await once(gate, 'open');
      finished = true;
    })([]);
    const { store, clock, log } = context;
    const scheduler = await startScheduler(jobs, { store, clock, log, company: { timeZone: 'UTC' } });
    const stopped = scheduler.stop();
    gate.emit('open');
    await stopped;
    expect(finished).toBe(true);
    expect(await store.lastJobRun('ingest')).toMatchObject({ ok: true });
  });
});

/** Simulates a clock minute by minute; answers for each job the instants (of true time) at which it ran. */
async function simulate(
  jobs: readonly Pick<Job, 'name' | 'cron'>[],
  parts: { from: string; minutes: number; timeZone: string; skew?: (trueMs: number) => number },
): Promise<ReadonlyMap<string, readonly { readonly shownMs: number; readonly slot: number | null }[]>> {
  const startMs = Date.parse(parts.from);
  const skew = parts.skew ?? (() => 0);
  vi.useFakeTimers({ now: startMs, toFake: ['setTimeout', 'clearTimeout'] });
  let trueMs = startMs;
  const clock = () => trueMs + skew(trueMs);
  const ran = new Map<string, { shownMs: number; slot: number | null }[]>(jobs.map(({ name }) => [name, []]));
  const last = new Map<string, number>();
  const store: Pick<TestContext['store'], 'lastJobRun' | 'recordJobRun'> = {
    lastJobRun: async (job) => ({ scheduledForMs: last.get(job) ?? startMs, ok: true }),
    async recordJobRun({ job, scheduledForMs }) {
      last.set(job, scheduledForMs);
      const run = ran.get(job)?.at(-1);
      if (run !== undefined) run.slot = scheduledForMs;
    },
  };
  try {
    const scheduler = await startScheduler(
      jobs.map((job) => ({
        ...job,
        what: 'test',
        catchUp: job.name !== 'deliver',
        run: async () => ran.get(job.name)?.push({ shownMs: clock(), slot: null }),
      })),
      { store, clock, log: context.log, company: { timeZone: parts.timeZone } },
    );
    for (let step = 0; step < parts.minutes * 2; step += 1) {
      trueMs += 30_000;
      await vi.advanceTimersByTimeAsync(30_000);
    }
    await scheduler.stop();
  } finally {
    vi.useRealTimers();
  }
  return ran;
}

const localTime = (timeZone: string, atMs: number): string =>
  new Date(atMs).toLocaleString('sv', { timeZone }).slice(0, 16);

describe('the timetable when clocks change', () => {
  it.each([
    ['Europe/Berlin', '2026-03-27T00:00:00Z'],
    ['Europe/Berlin', '2026-10-23T00:00:00Z'],
    ['America/New_York', '2026-03-06T00:00:00Z'],
    ['America/New_York', '2026-10-30T00:00:00Z'],
  ])('runs every job at each of its times, once, over the change in %s after %s', async (timeZone, from) => {
    const jobs = [
      { name: 'deliver', cron: '* * * * *' },
      { name: 'ingest', cron: '10 * * * *' },
      { name: 'raise-claims', cron: '0 10 * * *' },
      { name: 'revise-digests', cron: '30 2 * * *' },
      { name: 'lint-rules', cron: '30 1 * * 0' },
    ] as const;
    const days = 4;
    const ran = await simulate(jobs, { from, minutes: days * 1440, timeZone });
    expect(ran.get('deliver')?.length).toBeGreaterThanOrEqual(days * 1440 - 1);
    expect(ran.get('ingest')).toHaveLength(days * 24);
    for (const name of ['raise-claims', 'revise-digests']) {
      const dates = (ran.get(name) ?? []).map(({ shownMs }) => localTime(timeZone, shownMs).slice(0, 10));
      expect(dates).toHaveLength(days);
      expect(new Set(dates).size).toBe(days);
    }
    expect(ran.get('lint-rules')).toHaveLength(1);
  });

  it.each([3, 30, 90, 24 * 60, 366 * 24 * 60])(
    'goes on at once when the clock is set back by %i minutes, and repeats no slot of a daily job',
    async (minutesBack) => {
      const jobs = [
        { name: 'deliver', cron: '* * * * *' },
        { name: 'reallocate', cron: '*/5 * * * *' },
        { name: 'raise-claims', cron: '0 10 * * *' },
      ] as const;
      const stepAt = Date.parse('2026-11-18T10:02:00Z');
      const skew = (trueMs: number) => (trueMs > stepAt ? -minutesBack * 60_000 : 0);
      const parts = { from: '2026-11-18T09:00:00Z', minutes: 180, timeZone: 'UTC', skew };
      const ran = await simulate(jobs, parts);
      expect(ran.get('deliver')?.length).toBeGreaterThanOrEqual(175);
      expect(ran.get('reallocate')?.length).toBeGreaterThanOrEqual(33);
      if (minutesBack < 24 * 60) expect(ran.get('raise-claims')).toHaveLength(1);
    },
  );

  it('runs what a clock that jumps ahead by hours has passed, once', async () => {
    const jobs = [
      { name: 'ingest', cron: '10 * * * *' },
      { name: 'raise-claims', cron: '0 10 * * *' },
    ] as const;
    const stepAt = Date.parse('2026-11-18T08:30:00Z');
    const skew = (trueMs: number) => (trueMs > stepAt ? 5 * 3_600_000 : 0);
    const ran = await simulate(jobs, { from: '2026-11-18T08:00:00Z', minutes: 60, timeZone: 'UTC', skew });
    expect(ran.get('raise-claims')?.map(({ slot }) => slot)).toEqual([Date.parse('2026-11-18T10:00:00Z')]);
    expect(ran.get('ingest')?.map(({ slot }) => slot)).toEqual([
      Date.parse('2026-11-18T08:10:00Z'),
      Date.parse('2026-11-18T13:10:00Z'),
    ]);
  });
});
