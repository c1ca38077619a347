import type { Actor } from '../core/base/actor.js';
import { PULL_MINUTE } from '../core/sources/feed.js';
import { raiseAlerts } from './alerts/raise-alerts.js';
import { reallocate } from './allocation/reallocate.js';
import { forecastMonth } from './budgets/forecast-spend.js';
import { raiseClaims } from './claims/raise-claims.js';
import type { Context } from './context.js';
import { composeDigest } from './digests/compose-digest.js';
import { reviseDigests } from './digests/revise-digests.js';
import { writeDigests } from './digests/write-digests.js';
import { explainSpendChange } from './explain/explain-change.js';
import { explainNumber } from './explain/explain-number.js';
import { runInvoiceTask } from './invoices/run-invoice-task.js';
import { approveDraft, previewAgain } from './rules/approve-rules.js';
import { previewRules } from './rules/preview-rules.js';
import { submitRules } from './rules/submit-rules.js';
import { tellLint } from './rules/tell-lint.js';
import { previewUndo } from './rules/undo-rules.js';
import { resumeBackfills } from './sources/backfill.js';
import { ingest } from './sources/ingest.js';
import { type LongRun, runSourceTask } from './sources/run-source-task.js';
import { showSpend } from './spend/show-spend.js';
import { showWorkMix } from './spend/show-work-mix.js';

/** When the timetable runs a task. */
export interface Schedule {
  /** Cron expression (minute first) in the company's time zone. */
  readonly cron: string;
  /** What it does, in plain words, for the log. */
  readonly what: string;
}

/** One heavy task. Input and answer are copied between threads. */
export interface Task {
  readonly run: (context: Context, input: never, long: LongRun) => Promise<unknown>;
  readonly schedule?: Schedule;
  /** Runs after the tasks in line before it; the others run at once, between the steps of those. */
  readonly inLine?: true;
}

/** The hourly pull waits so long for the chunk of a backfill that is under way. */
const CHUNK_WAIT_MS = 600_000;

/**
 * Every heavy task: the worker runs it by its name, and the timetable by its schedule. The order is that in which
 * missed runs are made up for: facts before what follows from them.
 */
export const TASKS = {
  ingest: {
    inLine: true,
    schedule: { cron: `${PULL_MINUTE} * * * *`, what: 'pull the bills' },
    run: (context: Context) => ingest(context, { source: null, window: null, waitMs: CHUNK_WAIT_MS }),
  },
  reallocate: {
    inLine: true,
    schedule: { cron: '*/5 * * * *', what: 'allocate the months that are stale' },
    run: reallocate,
  },
  'raise-alerts': {
    inLine: true,
    schedule: { cron: '25 * * * *', what: 'look for anomalies' },
    run: (context: Context) => raiseAlerts(context, { today: null }),
  },
  'raise-claims': {
    inLine: true,
    schedule: { cron: '0 10 * * *', what: 'ask who owns what nobody owns' },
    run: raiseClaims,
  },
  'write-digests': {
    inLine: true,
    // Settings say when each is due, in any zone: some are off by a quarter of an hour.
    schedule: { cron: '1,16,31,46 * * * *', what: 'write the digests that are due' },
    run: writeDigests,
  },
  'revise-digests': {
    inLine: true,
    schedule: { cron: '40 8 * * *', what: 'bring posted digests to restated figures' },
    run: reviseDigests,
  },
  'lint-rules': {
    inLine: true,
    schedule: { cron: '30 9 * * 1', what: 'look for rules that do nothing' },
    run: tellLint,
  },
  'resume-backfills': {
    schedule: { cron: '*/5 * * * *', what: 'continue the backfills' },
    // Not awaited: a year takes hours, and stopping the timetable waits for its jobs.
    run: async (context: Context, _input: unknown, long: LongRun) =>
      long.goOn(resumeBackfills(context, long)),
  },
  'compose-digest': { run: composeDigest },
  'show-spend': { run: showSpend },
  'explain-number': { run: explainNumber },
  'explain-change': { run: explainSpendChange },
  'forecast-month': { run: forecastMonth },
  'show-work-mix': { run: showWorkMix },
  // Vendors are waited for beside the tasks in line: a year that is filled in does not delay the hourly pulls.
  sources: { run: runSourceTask },
  invoices: { run: runInvoiceTask },
  'preview-rules': { run: previewRules },
  'preview-undo': { run: previewUndo },
  'preview-again': { run: previewAgain },
  'submit-rules': { run: submitRules },
  'approve-rules': { run: approveDraft },
} as const satisfies Record<string, Task>;

export type Tasks = typeof TASKS;

/** What a task is given after its context: nothing, or one input. */
type TaskInput<T extends Task> = T['run'] extends (context: Context, input: infer I, long: LongRun) => unknown
  ? unknown extends I
    ? readonly []
    : readonly [input: I]
  : never;

/** What a task answers. */
type TaskAnswer<T extends Task> = Awaited<ReturnType<T['run']>>;

/** Runs a task by its name as an actor, away from the thread that answers Slack. @throws AppError as the task does. */
export type RunTask<All extends Record<string, Task> = Tasks> = <N extends keyof All>(
  actor: Actor,
  name: N,
  ...input: TaskInput<All[N]>
) => Promise<TaskAnswer<All[N]>>;
