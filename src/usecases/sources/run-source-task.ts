import { assertNever } from '../../core/base/errors.js';
import { type Day } from '../../core/base/time.js';
import type { Context, NewSource } from '../context.js';
import { retryBackfill, runBackfill, startBackfill } from './backfill.js';
import { ingest } from './ingest.js';
import { addSource, removeSource } from './manage-sources.js';

/** Work on sources that talks to vendors or writes much: for the worker. */
export type SourceTask =
  | { readonly do: 'pull' | 'remove' | 'retry-backfill'; readonly source: string }
  | { readonly do: 'backfill'; readonly source: string; readonly from: Day | null; readonly to: Day | null }
  | { readonly do: 'add'; readonly entry: NewSource };

/** How work goes on after the answer, and when it stops. */
export interface LongRun {
  readonly shouldStop: () => boolean;
  /** Is handed what nobody awaits, failures included. */
  readonly goOn: (work: Promise<unknown>) => void;
}

/**
 * Does it and answers a sentence for the person who asked. A backfill is only started here, so that its refusals
 * reach that person; should it fail later, the timetable resumes it.
 */
export async function runSourceTask(context: Context, task: SourceTask, long: LongRun): Promise<string> {
  switch (task.do) {
    case 'pull':
      return (await ingest(context, { source: task.source, window: null }))
        .map(({ sentence }) => sentence)
        .join('\n');
    case 'add': {
      const { remarks } = await addSource(context, task.entry);
      return [`${task.entry.name} is added; its first pull has the bills in it soon.`, ...remarks].join('\n');
    }
    case 'remove':
      await removeSource(context, task.source);
      return `${task.source} is removed, with its charges.`;
    case 'backfill': {
      const { from, to } = await startBackfill(context, task);
      long.goOn(runBackfill(context, task.source, long));
      return `${task.source} is being filled in from ${from} to ${to} (end excluded); the FinOps channel shows how far it has come.`;
    }
    case 'retry-backfill': {
      const { nextDay } = await retryBackfill(context, task.source);
      long.goOn(runBackfill(context, task.source, long));
      return `${task.source} goes on being filled in from ${nextDay}.`;
    }
    default:
      return assertNever(task);
  }
}
