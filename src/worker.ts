import { parentPort, workerData } from 'node:worker_threads';
import { assembleContext, type ContextConfig } from './app/assemble.js';
import type { TaskResult, WorkerMessage } from './app/background.js';
import { createLog } from './app/log.js';
import { WORKER_TASKS } from './app/tasks.js';
import { AppError, publicMessage } from './core/base/errors.js';
import type { LongRun } from './usecases/sources/run-source-task.js';
import type { Task } from './usecases/tasks.js';

const log = createLog((line) => process.stderr.write(line), Date.now);
/** As of the last message: our clock is that of the thread that sends the tasks. */
let aheadMs = 0;
const context = assembleContext(workerData as ContextConfig, {
  actor: { kind: 'system', name: 'jobs' },
  log,
  clock: () => Date.now() + aheadMs,
});
/** Backfills stop after the chunk under way; they continue at the next start. */
let closing = false;
/** Tasks in line run one at a time, in order. */
let line: Promise<unknown> = context;
/** Others run between the steps of those: every call of the store is a transaction of its own. */
const beside = new Set<Promise<unknown>>();

parentPort?.on('message', (message: WorkerMessage) => {
  if (message.kind === 'close') {
    closing = true;
    line = line.then(close);
    return;
  }
  aheadMs = message.aheadMs;
  const task: Task = WORKER_TASKS[message.name];
  if (task.inLine) line = line.then(() => answer(message, task));
  else goOn(answer(message, task));
});

/** Closing waits for it. */
function goOn(work: Promise<unknown>): void {
  const tracked: Promise<unknown> = work
    .catch((error: unknown) => log.error('Long work failed.', { error }))
    .finally(() => beside.delete(tracked));
  beside.add(tracked);
}

const LONG: LongRun = { shouldStop: () => closing, goOn };

async function answer(message: WorkerMessage & { readonly kind: 'run' }, task: Task): Promise<void> {
  const { id, name, actor, input } = message;
  let result: TaskResult;
  try {
    // `Background.run` types the input by the task's own signature.
    const value = await task.run({ ...(await context), actor }, input as never, LONG);
    result = { id, ok: true, value };
  } catch (error) {
    const isRefusal = error instanceof AppError && error.code !== 'bug' && error.code !== 'upstream';
    if (isRefusal) log.info(`Task ${name} was refused.`, { sentence: error.message });
    else log.error(`Task ${name} failed.`, { error });
    const code = error instanceof AppError ? error.code : 'bug';
    result = { id, ok: false, code, message: publicMessage(error) };
  }
  parentPort?.postMessage(result);
}

async function close(): Promise<void> {
  // Long work may begin while the rest ends.
  while (beside.size > 0) await Promise.allSettled(beside);
  await (await context).store.close();
  parentPort?.close();
}
