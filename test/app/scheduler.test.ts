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
