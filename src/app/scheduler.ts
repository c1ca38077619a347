import { publicMessage } from '../core/base/errors.js';
import type { Store } from '../store/store.js';
import type { Company, Log } from '../usecases/context.js';
import type { Job } from './jobs.js';
import { createSlots, type IsSlot, MINUTE_MS } from './slots.js';

/** What the scheduler needs of the context. */
export interface SchedulerParts {
  readonly store: Pick<Store, 'lastJobRun' | 'recordJobRun'>;
  readonly company: Pick<Company, 'timeZone'>;
  readonly clock: () => number;
  readonly log: Log;
}

/** A running timetable. */
export interface Scheduler {
  /** No job starts any more; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** The timetable is looked at so often, by a timer that no change of the clock moves. */
const CHECK_MS = 30_000;
/** How far back a missed run is looked for: a little more than the longest period of the timetable. */
const LOOK_BACK_MS = 8 * 24 * 60 * MINUTE_MS;

/**
 * Runs jobs in the company's time zone, each never beside itself. What is due follows from the slot that a job ran
 * for last, as stored: the latest slot since then is run once, in the order of the table, whether it passed while
 * nothing was running, while the clock jumped ahead or just now. The returned promise waits for no run.
 */
export async function startScheduler(jobs: readonly Job[], parts: SchedulerParts): Promise<Scheduler> {
  const lines = await openLines(jobs, parts);
  let missed: Promise<unknown> | null = catchUpLines(lines, parts).finally(() => {
    missed = null;
  });
  let stopping = false;
  let timer: ReturnType<typeof setTimeout>;
  const check = (): void => {
    const nowMs = parts.clock();
    for (const line of lines) {
      // What was missed is caught up in the order of the table first.
      if (line.running === null && (missed === null || !line.job.catchUp)) void startDue(line, nowMs, parts);
    }
    if (!stopping) timer = setTimeout(check, Math.min(CHECK_MS, MINUTE_MS - (nowMs % MINUTE_MS)));
  };
  check();
  return {
    async stop() {
      stopping = true;
      for (const line of lines) line.isStopped = true;
      clearTimeout(timer);
      await missed;
      await Promise.all(lines.flatMap(({ running }) => running ?? []));
    },
  };
}

/**
 * Runs every job that was due by now and has not run since, once, in the order of the table, without starting a
 * timetable: for a clock that has jumped.
 */
export async function catchUp(jobs: readonly Job[], parts: SchedulerParts): Promise<void> {
  await catchUpLines(await openLines(jobs, parts), parts);
}

/** A job with what is known of its runs. */
interface Line {
  readonly job: Job;
  readonly isSlot: IsSlot;
  /** The slot that was run for last; null: none. */
  lastMs: number | null;
  /** Slots up to this minute are dealt with. */
  seenMs: number;
  running: Promise<void> | null;
  isStopped: boolean;
}

async function openLines(jobs: readonly Job[], { store, company, clock }: SchedulerParts): Promise<Line[]> {
  const isSlot = createSlots(company.timeZone);
  const now = minuteOf(clock());
  const opened: Line[] = [];
  for (const job of jobs) {
    const last = job.catchUp ? ((await store.lastJobRun(job.name))?.scheduledForMs ?? null) : null;
    const line: Line = { job, isSlot, lastMs: last, seenMs: now, running: null, isStopped: false };
    if (last !== null && last > now) acceptEarlierClock(line, now);
    if (job.catchUp) line.seenMs = now - LOOK_BACK_MS;
    opened.push(line);
  }
  return opened;
}

async function catchUpLines(lines: readonly Line[], parts: SchedulerParts): Promise<void> {
  const nowMs = parts.clock();
  for (const line of lines.filter(({ job }) => job.catchUp)) await startDue(line, nowMs, parts);
}

/** Starts the latest slot since the last run, if there is one; resolves when it has ended. */
function startDue(line: Line, nowMs: number, parts: SchedulerParts): Promise<void> {
  const now = minuteOf(nowMs);
  if (line.isStopped) return Promise.resolve();
  if (now < line.seenMs) acceptEarlierClock(line, now);
  const slot = latestSlot(line, now);
  line.seenMs = now;
  if (slot === null) return Promise.resolve();
  line.lastMs = slot;
  line.running = runJob(line.job, slot, parts).finally(() => {
    line.running = null;
  });
  return line.running;
}

function latestSlot({ job, isSlot, lastMs, seenMs }: Line, now: number): number | null {
  const from = Math.max(seenMs, lastMs ?? 0, now - LOOK_BACK_MS);
  for (let at = now; at > from; at -= MINUTE_MS) if (isSlot(at, job)) return at;
  return null;
}

/**
 * The clock was set back. A slot that was run is not run again, unless that would keep the job from running for more
 * than one of its periods: then the clock was wrong when it ran, and its times count from now.
 */
function acceptEarlierClock(line: Line, now: number): void {
  const { job, isSlot, lastMs } = line;
  line.seenMs = now;
  let ran = 0;
  for (let at = now + MINUTE_MS; at <= (lastMs ?? 0) && ran < 2; at += MINUTE_MS)
    if (isSlot(at, job)) ran += 1;
  if (ran === 2) line.lastMs = null;
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

/** Runs a job and writes down how it went; never throws, so that one bad run does not end the timetable. */
async function runJob(job: Job, scheduledForMs: number, parts: SchedulerParts): Promise<void> {
  const { store, clock, log } = parts;
  let sentence: string | null = null;
  try {
    await job.run();
  } catch (error) {
    sentence = publicMessage(error);
    log.error(`Could not ${job.what}.`, { job: job.name, error });
  }
  if (!job.catchUp) return;
  try {
    await store.recordJobRun({
      job: job.name,
      scheduledForMs,
      finishedAtMs: clock(),
      ok: sentence === null,
      sentence,
    });
  } catch (error) {
    log.error('Could not write a job run down.', { job: job.name, error });
  }
}
