import { actorName, describeActor } from '../../core/base/actor.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { addDays, type Day, type DayRange, utcDay } from '../../core/base/time.js';
import type { Backfill } from '../../core/sources/feed.js';
import type { Provider } from '../../providers/provider.js';
import type { Context } from '../context.js';
import { currentProviders } from './current-providers.js';
import { ingestSource } from './ingest.js';
import { withLease } from './pull-lease.js';

const CHUNK_DAYS = 31;
const YEAR_DAYS = 365;
/** A chunk waits so long for a pull that is under way, or that waits for the chunk before to end. */
const WAIT_MS = 600_000;

/** What goes on with a backfill, and when to stop for now: what is left is gone on with later. */
export interface BackfillRun {
  readonly onProgress?: (backfill: Backfill) => void;
  readonly shouldStop?: () => boolean;
}

/**
 * Writes down that a long window of a source is to be filled in: `from` (null: a year back) to `to` (half-open; null:
 * today), not before what the vendor answers for. `runBackfill` does it.
 * @throws AppError `not-found`, `invalid` for a window of nothing, `conflict` while another one of it runs.
 */
export async function startBackfill(
  context: Context,
  input: { readonly source: string; readonly from: Day | null; readonly to: Day | null },
): Promise<Backfill> {
  const { store, clock, actor } = context;
  const provider = await requireProvider(context, input.source);
  const chunkDays = provider.chunkDays === undefined ? CHUNK_DAYS : provider.chunkDays;
  if (chunkDays === null)
    return invalid(
      `${input.source} is read wholly at every pull: there is nothing to fill in; pull it instead.`,
    );
  const running = (await store.listBackfills()).find(
    ({ source, state }) => source === input.source && state === 'running',
  );
  if (running !== undefined)
    throw new AppError(
      'conflict',
      `${input.source} is being filled in already: ${running.from} to ${running.to}, at ${running.nextDay}. Cancel that first, or let it end.`,
    );
  const { from, to } = windowOf(provider, input, utcDay(clock()));
  const now = clock();
  const backfill: Backfill = {
    id: crypto.randomUUID(),
    source: input.source,
    from,
    to,
    nextDay: from,
    chunkDays,
    state: 'running',
    charges: 0,
    startedBy: describeActor(actor),
    startedAtMs: now,
    updatedAtMs: now,
    sentence: null,
  };
  await store.putBackfill(backfill);
  await store.appendAudit({
    actor,
    action: 'backfill-started',
    subject: input.source,
    detail: { from, to },
    atMs: now,
  });
  await tellProgress(context, backfill);
  return backfill;
}

/** What can be filled in of what is wanted. @throws AppError `invalid` when nothing is left. */
function windowOf(
  { source, reachDays }: Provider,
  wanted: { readonly from: Day | null; readonly to: Day | null },
  today: Day,
): DayRange {
  const earliest = reachDays === null ? null : addDays(today, 1 - reachDays);
  const start = wanted.from ?? addDays(today, -YEAR_DAYS);
  const from = earliest !== null && start < earliest ? earliest : start;
  const to = wanted.to !== null && wanted.to < today ? wanted.to : today;
  if (from < to) return { from, to };
  return invalid(
    `Nothing to fill in: ${source} answers from ${earliest ?? 'any day'} to ${addDays(today, -1)}, which leaves nothing of ${start} to ${to}.`,
  );
}

/**
 * Goes on with the source's backfill chunk by chunk, each chunk one replacement, until it is done, fails, is cancelled
 * or `shouldStop` says so. Killed at any point it loses the chunk under way at most: the cursor is stored after each.
 * Null: there is none that runs, or somebody else is at it.
 */
export async function runBackfill(
  context: Context,
  source: string,
  run: BackfillRun = {},
): Promise<Backfill | null> {
  const leased = await withLease(context, { source: `${source}/backfill`, waitMs: 0 }, async () => {
    let backfill = await findRunning(context, source);
    while (backfill !== null && backfill.state === 'running' && run.shouldStop?.() !== true) {
      backfill = await nextChunk(context, backfill);
      if (backfill !== null) run.onProgress?.(backfill);
    }
    return backfill;
  });
  return leased.isBusy ? null : leased.value;
}

/** Goes on with every backfill that a stopped or killed process left, one after the other. */
export async function resumeBackfills(context: Context, run: BackfillRun = {}): Promise<void> {
  const left = (await context.store.listBackfills()).filter(({ state }) => state === 'running');
  for (const { source } of left) await runBackfill(context, source, run);
}

/** Goes on with one that failed, from where it failed. @throws AppError `not-found` when none did. */
export async function retryBackfill(context: Context, source: string): Promise<Backfill> {
  const failed = (await context.store.listBackfills()).find(
    (each) => each.source === source && each.state === 'failed',
  );
  if (failed === undefined) throw new AppError('not-found', `No backfill of ${source} has failed.`);
  const again: Backfill = { ...failed, state: 'running', sentence: null, updatedAtMs: context.clock() };
  await context.store.putBackfill(again);
  await tellProgress(context, again);
  return again;
}

/** Cancels what runs; what it brought stays. @throws AppError `not-found` when none runs. */
export async function cancelBackfill(context: Context, source: string): Promise<void> {
  const { store, clock, actor } = context;
  const running = await findRunning(context, source);
  if (running === null) throw new AppError('not-found', `No backfill of ${source} is running.`);
  const step = { id: running.id, nextDay: running.nextDay, charges: running.charges, atMs: clock() };
  const cancelled = await store.stepBackfill({ ...step, state: 'cancelled', sentence: null });
  if (cancelled === null) return;
  await store.appendAudit({
    actor,
    action: 'backfill-cancelled',
    subject: source,
    detail: null,
    atMs: clock(),
  });
  await tellProgress(context, cancelled);
}

/** Null when it is no longer the one that runs. */
async function nextChunk(context: Context, backfill: Backfill): Promise<Backfill | null> {
  const { store, clock } = context;
  const { id, source, nextDay, chunkDays, to, charges } = backfill;
  const end = addDays(nextDay, chunkDays);
  const chunk = { from: nextDay, to: end < to ? end : to };
  const provider = (await currentProviders(context)).find((each) => each.source === source);
  const report =
    provider === undefined
      ? { ok: false, sentence: `${source} is no longer configured.`, charges: 0 }
      : await ingestSource(context, provider, chunk, { waitMs: WAIT_MS, yields: true });
  const step = await store.stepBackfill(
    report.ok
      ? {
          id,
          nextDay: chunk.to,
          charges: charges + report.charges,
          state: chunk.to < to ? 'running' : 'done',
          sentence: null,
          atMs: clock(),
        }
      : { id, nextDay, charges, state: 'failed', sentence: report.sentence, atMs: clock() },
  );
  if (step !== null) await tellProgress(context, step);
  return step;
}

async function findRunning({ store }: Context, source: string): Promise<Backfill | null> {
  const all = await store.listBackfills();
  return all.find((each) => each.source === source && each.state === 'running') ?? null;
}

async function requireProvider(context: Context, source: string): Promise<Provider> {
  const providers = await currentProviders(context);
  const provider = providers.find((each) => each.source === source);
  if (provider !== undefined) return provider;
  const known = providers.map((each) => each.source).join(', ');
  throw new AppError(
    'not-found',
    `There is no source "${source}" that can be pulled; there is ${known || 'none'}.`,
  );
}

/** One message, edited at each chunk. */
async function tellProgress({ store, clock }: Context, backfill: Backfill): Promise<void> {
  await store.putNotices(
    [
      {
        key: `backfill:${backfill.id}`,
        audience: { kind: 'finops' },
        parentKey: null,
        body: { kind: 'feed-backfill', backfill: { ...backfill, startedBy: actorName(backfill.startedBy) } },
      },
    ],
    clock(),
  );
}
