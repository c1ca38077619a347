import { parentPort, workerData } from 'node:worker_threads';
import { assembleContext, type ContextConfig } from './assemble.js';
import type { Task, TaskResult } from './background.js';
import { drawChart } from './charts/draw.js';
import { AppError, assertNever, publicMessage } from './core/errors.js';
import { createLog } from './log.js';
import type { Context } from './usecases/context.js';
import { ingest } from './usecases/ingest.js';
import { raiseAlerts } from './usecases/raise-alerts.js';
import { reallocate } from './usecases/reallocate.js';
import { writeDigests } from './usecases/write-digests.js';

// One task at a time, in order: this thread owns the long writes.
const log = createLog((line) => process.stderr.write(line), Date.now);
const context = assembleContext(workerData as ContextConfig, {
  actor: { kind: 'system', name: 'jobs' },
  log,
  clock: Date.now,
});
let queue: Promise<unknown> = context;

parentPort?.on('message', ({ id, task }: { id: number; task: Task | 'close' }) => {
  queue = queue.then(() => (task === 'close' ? close() : answer(id, task)));
});

async function answer(id: number, task: Task): Promise<void> {
  let result: TaskResult;
  try {
    result = { id, ok: true, value: await run(await context, task) };
  } catch (error) {
    log.error(`Task ${task.name} failed.`, { error });
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
      return ingest(ready, { source: null, window: null });
    case 'reallocate':
      return reallocate(ready);
    case 'raise-alerts':
      return raiseAlerts(ready, { today: null });
    case 'write-digests':
      return writeDigests(ready, { today: null });
    case 'draw':
      return drawChart(task.chart);
    default:
      return assertNever(task);
  }
}

async function close(): Promise<void> {
  await (await context).store.close();
  parentPort?.close();
}
