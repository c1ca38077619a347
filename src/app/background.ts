import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DrawnChart } from '../charts/draw.js';
import type { ChartRequest } from '../charts/spec.js';
import type { Actor } from '../core/base/actor.js';
import { AppError, type ErrorCode } from '../core/base/errors.js';
import type { MonthForecast } from '../core/budgets/month.js';
import type { DigestFigures } from '../core/digests/digest.js';
import type { WorkMix } from '../core/explain/work-mix.js';
import type { Lineage } from '../core/lineage/lineage.js';
import type { RulesetVersion } from '../core/rules/rule.js';
import type { forecastMonth } from '../usecases/budgets/forecast-spend.js';
import type { DigestInput } from '../usecases/digests/compose-digest.js';
import type { DigestReaders } from '../usecases/digests/write-digests.js';
import type { ExplainedChange, explainSpendChange } from '../usecases/explain/explain-change.js';
import type { explainNumber } from '../usecases/explain/explain-number.js';
import type { InvoiceTask } from '../usecases/invoices/run-invoice-task.js';
import type { CommitInput } from '../usecases/rules/drafts.js';
import type { PreviewInput, RulePreview } from '../usecases/rules/preview-rules.js';
import type { Submission } from '../usecases/rules/submit-rules.js';
import type { UndoInput } from '../usecases/rules/undo-rules.js';
import type { SourceTask } from '../usecases/sources/run-source-task.js';
import type { SpendAnswerToText, showSpend } from '../usecases/spend/show-spend.js';
import type { showWorkMix } from '../usecases/spend/show-work-mix.js';
import type { ContextConfig } from './assemble.js';

/** Heavy work, named; everything in it can be copied between threads. */
export type Task =
  | {
      readonly name:
        | 'ingest'
        | 'reallocate'
        | 'raise-alerts'
        | 'raise-claims'
        | 'lint-rules'
        | 'resume-backfills';
    }
  | { readonly name: 'write-digests' | 'revise-digests'; readonly readers?: DigestReaders }
  | { readonly name: 'compose-digest'; readonly input: DigestInput }
  | { readonly name: 'show-spend'; readonly input: Parameters<typeof showSpend>[1] }
  | { readonly name: 'explain-number'; readonly input: Parameters<typeof explainNumber>[1] }
  | { readonly name: 'explain-change'; readonly input: Parameters<typeof explainSpendChange>[1] }
  | { readonly name: 'forecast-month'; readonly input: Parameters<typeof forecastMonth>[1] }
  | { readonly name: 'show-work-mix'; readonly input: Parameters<typeof showWorkMix>[1] }
  | { readonly name: 'sources'; readonly actor: Actor; readonly task: SourceTask }
  | { readonly name: 'invoices'; readonly actor: Actor; readonly task: InvoiceTask }
  | { readonly name: 'draw'; readonly chart: ChartRequest }
  | { readonly name: 'preview-rules'; readonly actor: Actor; readonly input: PreviewInput }
  | { readonly name: 'preview-undo'; readonly actor: Actor; readonly input: UndoInput }
  | { readonly name: 'submit-rules' | 'approve-rules'; readonly actor: Actor; readonly input: CommitInput }
  | { readonly name: 'preview-again'; readonly actor: Actor; readonly input: { readonly draftId: string } };

/** What the tasks give back that give back anything of use. */
interface TaskValues {
  readonly draw: DrawnChart;
  /** A sentence for the person who asked. */
  readonly sources: string;
  readonly 'compose-digest': DigestFigures;
  readonly invoices: string;
  readonly 'show-spend': SpendAnswerToText;
  readonly 'explain-number': Lineage;
  readonly 'explain-change': ExplainedChange;
  readonly 'forecast-month': MonthForecast;
  readonly 'show-work-mix': readonly WorkMix[];
  readonly 'preview-rules': RulePreview;
  readonly 'preview-undo': RulePreview;
  readonly 'submit-rules': Submission;
  readonly 'approve-rules': RulesetVersion;
}

/** What a task gives back. */
type TaskValue<T extends Task> = T['name'] extends keyof TaskValues ? TaskValues[T['name']] : unknown;

/** What the worker answers. */
export type TaskResult =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** Runs heavy work beside the thread that answers Slack, so that an ack never waits for it. */
export interface Background {
  run<T extends Task>(task: T): Promise<TaskValue<T>>;
  /** Waits for running tasks, then ends the worker. */
  close(): Promise<void>;
}

/** What the worker is sent. `aheadMs`: how far our clock is ahead of the machine's (the sandbox travels in time). */
export interface TaskMessage {
  readonly id: number;
  readonly task: Task | 'close';
  readonly aheadMs: number;
}

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
    run<T extends Task>(task: T) {
      return new Promise<TaskValue<T>>((resolve, reject) => {
        worker ??= start();
        const id = nextId++;
        // worker.ts answers each task with its own value: `run` there is the other half of TaskValue.
        waiting.set(id, { resolve: (value) => resolve(value as TaskValue<T>), reject });
        worker.postMessage({ id, task, aheadMs: clock() - Date.now() } satisfies TaskMessage);
      });
    },
    async close() {
      if (worker === null) return;
      const ended = once(worker, 'exit');
      worker.postMessage({ id: 0, task: 'close', aheadMs: 0 } satisfies TaskMessage);
      await ended;
    },
  };
}
