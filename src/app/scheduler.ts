import { createTask, type ScheduledTask } from 'node-cron';
import { publicMessage } from '../core/base/errors.js';
import type { Store } from '../store/store.js';
import type { Company, Log } from '../usecases/context.js';
import type { Job } from './jobs.js';

/** What the scheduler needs of the roof. */
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

const MINUTE_MS = 60_000;
/** How far back a missed run is looked for: a little more than the longest period of the timetable. */
const LOOK_BACK_MINUTES = 8 * 24 * 60;

/**
 * Runs jobs by their cron expressions in the company's time zone, each never beside itself. A job whose last
 * scheduled time passed while nothing was running is run once, now, in the order of the table; the returned
 * promise does not wait for that.
 */
export async function startScheduler(jobs: readonly Job[], parts: SchedulerParts): Promise<Scheduler> {
  const running = new Map<string, Promise<void>>();
  let stopping = false;
  const runOnce = (job: Job, scheduledForMs: number): Promise<void> => {
    const present = running.get(job.name);
    if (present !== undefined || stopping) return present ?? Promise.resolve();
    const run = runJob(job, scheduledForMs, parts).finally(() => running.delete(job.name));
    running.set(job.name, run);
    return run;
  };
  const tasks = jobs.map((job) => ({
    job,
    task: createTask(
      job.cron,
      ({ date }) => runOnce(job, Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS),
      { name: job.name, timezone: parts.company.timeZone, suppressMissedWarning: true },
    ),
  }));
  const missed = await findMissed(tasks, parts);
  const catchingUp = (async () => {
    for (const { job, scheduledForMs } of missed) await runOnce(job, scheduledForMs);
  })();
  for (const { task } of tasks) await task.start();
  return {
    async stop() {
      stopping = true;
      for (const { task } of tasks) await task.destroy();
      await catchingUp;
      await Promise.all(running.values());
    },
  };
}

/**
 * Runs every job that was due by now and has not run since, once, in the order of the table, without starting a
 * timetable: for a clock that has jumped.
 */
export async function catchUp(jobs: readonly Job[], parts: SchedulerParts): Promise<void> {
  const tasks = jobs.map((job) => {
    const options = { timezone: parts.company.timeZone, suppressMissedWarning: true };
    return { job, task: createTask(job.cron, () => undefined, options) };
  });
  for (const { job, scheduledForMs } of await findMissed(tasks, parts))
    await runJob(job, scheduledForMs, parts);
  for (const { task } of tasks) await task.destroy();
}

/** Jobs that were due and never run since, with the time at which they were due. */
async function findMissed(
  tasks: readonly { readonly job: Job; readonly task: Pick<ScheduledTask, 'match'> }[],
  { store, clock }: SchedulerParts,
): Promise<readonly { readonly job: Job; readonly scheduledForMs: number }[]> {
  const missed: { job: Job; scheduledForMs: number }[] = [];
  for (const { job, task } of tasks.filter(({ job }) => job.catchUp)) {
    const due = previousRun(task, clock());
    const last = await store.lastJobRun(job.name);
    if (due !== null && (last === null || last.scheduledForMs < due))
      missed.push({ job, scheduledForMs: due });
  }
  return missed;
}

/** The latest whole minute, not after now, at which a task was due; node-cron only looks forward. */
function previousRun(task: Pick<ScheduledTask, 'match'>, nowMs: number): number | null {
  const thisMinute = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (let back = 0; back <= LOOK_BACK_MINUTES; back++) {
    const at = thisMinute - back * MINUTE_MS;
    if (task.match(new Date(at))) return at;
  }
  return null;
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
