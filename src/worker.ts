import { parentPort, workerData } from 'node:worker_threads';
import { assembleContext, type ContextConfig } from './app/assemble.js';
import type { Task, TaskMessage, TaskResult } from './app/background.js';
import { createLog } from './app/log.js';
import { drawChart } from './charts/draw.js';
import type { Actor } from './core/base/actor.js';
import { AppError, assertNever, publicMessage } from './core/base/errors.js';
import { raiseAlerts } from './usecases/alerts/raise-alerts.js';
import { reallocate } from './usecases/allocation/reallocate.js';
import { forecastMonth } from './usecases/budgets/forecast-spend.js';
import { raiseClaims } from './usecases/claims/raise-claims.js';
import type { Context } from './usecases/context.js';
import { composeDigest } from './usecases/digests/compose-digest.js';
import { reviseDigests } from './usecases/digests/revise-digests.js';
import { NO_READERS, writeDigests } from './usecases/digests/write-digests.js';
import { explainSpendChange } from './usecases/explain/explain-change.js';
import { explainNumber } from './usecases/explain/explain-number.js';
import { runInvoiceTask } from './usecases/invoices/run-invoice-task.js';
import { approveDraft, previewAgain } from './usecases/rules/approve-rules.js';
import { previewRules } from './usecases/rules/preview-rules.js';
import { submitRules } from './usecases/rules/submit-rules.js';
import { tellLint } from './usecases/rules/tell-lint.js';
import { previewUndo } from './usecases/rules/undo-rules.js';
import { resumeBackfills } from './usecases/sources/backfill.js';
import { ingest } from './usecases/sources/ingest.js';
import { runSourceTask } from './usecases/sources/run-source-task.js';
import { showSpend } from './usecases/spend/show-spend.js';
import { showWorkMix } from './usecases/spend/show-work-mix.js';

const log = createLog((line) => process.stderr.write(line), Date.now);
/** As of the last message: our clock is that of whoever sends the tasks. */
let aheadMs = 0;
const context = assembleContext(workerData as ContextConfig, {
  actor: { kind: 'system', name: 'jobs' },
  log,
  clock: () => Date.now() + aheadMs,
});
/** Backfills stop after the chunk under way; they are gone on with at the next start. */
let closing = false;
/** Jobs run one at a time, in order. */
let jobs: Promise<unknown> = context;
/** What a person waits for goes between the steps of a job: every call of the store is a transaction of its own. */
const asked = new Set<Promise<unknown>>();
const ASKED: ReadonlySet<Task['name']> = new Set([
  'draw',
  // Vendors are waited for beside the jobs: a year that is filled in must not hold the hourly pulls up.
  'sources',
  'resume-backfills',
  'show-spend',
  'explain-number',
  'explain-change',
  'compose-digest',
  'show-work-mix',
  'forecast-month',
  'preview-rules',
  'preview-undo',
  'preview-again',
  'submit-rules',
  'approve-rules',
  'invoices',
]);

parentPort?.on('message', ({ id, task, aheadMs: ahead }: TaskMessage) => {
  aheadMs = ahead;
  if (task === 'close') {
    closing = true;
    jobs = jobs.then(close);
  } else if (isAsked(task)) {
    const work: Promise<unknown> = answer(id, task).finally(() => asked.delete(work));
    asked.add(work);
  } else jobs = jobs.then(() => answer(id, task));
});

/** The hourly pull waits so long for a chunk of a backfill, which lets it go first. */
const CHUNK_WAIT_MS = 600_000;

/** How long work goes on beside the jobs, and how closing waits for what nobody awaits. */
const LONG = {
  shouldStop: () => closing,
  goOn(work: Promise<unknown>) {
    const tracked: Promise<unknown> = work
      .catch((error: unknown) => log.error('Long work failed.', { error }))
      .finally(() => asked.delete(tracked));
    asked.add(tracked);
  },
};

function isAsked({ name }: Task): boolean {
  return ASKED.has(name);
}

async function answer(id: number, task: Task): Promise<void> {
  let result: TaskResult;
  try {
    result = { id, ok: true, value: await run(await context, task) };
  } catch (error) {
    const isRefusal = error instanceof AppError && error.code !== 'bug' && error.code !== 'upstream';
    if (isRefusal) log.info(`Task ${task.name} was refused.`, { sentence: error.message });
    else log.error(`Task ${task.name} failed.`, { error });
    result = {
      id,
      ok: false,
      code: error instanceof AppError ? error.code : 'bug',
      message: publicMessage(error),
    };
  }
  parentPort?.postMessage(result);
}

function run(ready: Context, task: Task): Promise<unknown> {
  switch (task.name) {
    case 'ingest':
      return ingest(ready, { source: null, window: null, waitMs: CHUNK_WAIT_MS });
    case 'reallocate':
      return reallocate(ready);
    case 'raise-alerts':
      return raiseAlerts(ready, { today: null });
    case 'raise-claims':
      return raiseClaims(ready);
    case 'write-digests':
      return writeDigests(ready, { readers: task.readers ?? NO_READERS });
    case 'revise-digests':
      return reviseDigests(ready, { readers: task.readers ?? NO_READERS });
    case 'compose-digest':
      return composeDigest(ready, task.input);
    case 'show-spend':
      return showSpend(ready, task.input);
    case 'invoices':
      return runInvoiceTask({ ...ready, actor: task.actor }, task.task);
    case 'explain-number':
      return explainNumber(ready, task.input);
    case 'explain-change':
      return explainSpendChange(ready, task.input);
    case 'forecast-month':
      return forecastMonth(ready, task.input);
    case 'show-work-mix':
      return showWorkMix(ready, task.input);
    case 'lint-rules':
      return tellLint(ready);
    case 'sources':
      return runSourceTask(ready, { ...task, run: LONG });
    case 'resume-backfills':
      // Not awaited: a year takes hours, and who stops the timetable waits for its jobs.
      LONG.goOn(resumeBackfills(ready, LONG));
      return Promise.resolve();
    case 'draw':
      return drawChart(task.chart);
    case 'preview-rules':
    case 'preview-undo':
    case 'preview-again':
    case 'submit-rules':
    case 'approve-rules':
      return runRuleTask({ ...ready, actor: task.actor }, task);
    default:
      return assertNever(task);
  }
}

type RuleTask = Extract<
  Task,
  { readonly name: `preview-${string}` | `${string}-rules`; readonly actor: Actor }
>;

function runRuleTask(ready: Context, task: RuleTask): Promise<unknown> {
  switch (task.name) {
    case 'preview-rules':
      return previewRules(ready, task.input);
    case 'preview-undo':
      return previewUndo(ready, task.input);
    case 'preview-again':
      return previewAgain(ready, task.input);
    case 'submit-rules':
      return submitRules(ready, task.input);
    case 'approve-rules':
      return approveDraft(ready, task.input);
    default:
      return assertNever(task);
  }
}

async function close(): Promise<void> {
  await Promise.allSettled(asked);
  await (await context).store.close();
  parentPort?.close();
}
