import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Actor } from '../core/base/actor.js';
import { AppError, type ErrorCode } from '../core/base/errors.js';
import type { RunTask } from '../usecases/tasks.js';
import type { ContextConfig } from './assemble.js';
import type { WORKER_TASKS } from './tasks.js';

type WorkerTasks = typeof WORKER_TASKS;

/** What the worker answers. */
export type TaskResult =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** Runs heavy work beside the thread that answers Slack, so that an ack never waits for it. */
export interface Background {
  readonly run: RunTask<WorkerTasks>;
  /** Waits for running tasks, then ends the worker. */
  close(): Promise<void>;
}

/** What the worker is sent. `aheadMs`: how far our clock is ahead of the machine's (the sandbox travels in time). */
export type WorkerMessage =
  | { readonly kind: 'close' }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly actor: Actor;
      readonly name: keyof WorkerTasks;
      readonly input: unknown;
      readonly aheadMs: number;
    };

/** Starts the worker. Its death fails what it was doing; the next task gets a new one. */
export function startBackground(config: ContextConfig, clock: () => number = Date.now): Background {
  let worker: Worker | null = null;
  let nextId = 1;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: AppError) => void }>();

  const failAll = (message: string): void => {
    for (const task of waiting.values()) task.reject(new AppError('bug', message));
    waiting.clear();
    worker = null;
  };
  const start = (): Worker => {
    const started = new Worker(new URL('../worker.js', import.meta.url), { workerData: config });
    started.on('message', (result: TaskResult) => {
      const task = waiting.get(result.id);
      waiting.delete(result.id);
      if (result.ok) task?.resolve(result.value);
      else task?.reject(new AppError(result.code, result.message));
    });
    started.on('error', (error: Error) => failAll(`The background worker failed: ${error.message}`));
    started.on('exit', () => failAll('The background worker ended before it was done.'));
    return started;
  };

  return {
    run: (actor, name, ...given) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const id = nextId++;
        // worker.ts answers each task with what its `run` in WORKER_TASKS gives back.
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        const [input] = given as readonly unknown[];
        const aheadMs = clock() - Date.now();
        worker.postMessage({ kind: 'run', id, actor, name, input, aheadMs } satisfies WorkerMessage);
      }),
    async close() {
      if (worker === null) return;
      const ended = once(worker, 'exit');
      worker.postMessage({ kind: 'close' } satisfies WorkerMessage);
      await ended;
    },
  };
}
