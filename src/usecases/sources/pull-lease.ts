import type { Actor } from '../../core/base/actor.js';
import type { Lease } from '../../core/sources/feed.js';
import type { Context } from '../context.js';

/** A lease that its holder does not renew is anybody's after this, wherever it lived. */
const LEASE_MS = 120_000;
const BEAT_MS = 20_000;
const POLL_MS = 250;

type LeaseContext = Pick<Context, 'store' | 'clock' | 'log' | 'actor' | 'machine'>;

/** What came of asking for a source: the work's result, or who is at work on it. */
export type Leased<T> =
  | { readonly isBusy: false; readonly value: T }
  | { readonly isBusy: true; readonly by: Lease };

/** How long to wait for a source, and whether to let others go first who wait for it. */
interface Ask {
  readonly source: string;
  readonly waitMs: number;
  /** Long work in many steps asks so: anyone who waits gets the source between two of them. */
  readonly yields?: true;
}

/**
 * Does the work while nobody else, in this process or another, works on the source. Waits at most `waitMs` for
 * anyone who does. The lease is renewed as long as the work goes on; one that was lost all the same is noticed by the
 * store when the work hands its `owner` over.
 */
export async function withLease<T>(
  context: LeaseContext,
  ask: Ask,
  work: (owner: string) => Promise<T>,
): Promise<Leased<T>> {
  const { store, log } = context;
  const owner = `${context.machine.processName}/${crypto.randomUUID()}`;
  const take = () => takeLease(context, ask.source, owner);
  const held = await acquire(context, ask, owner);
  if (held.owner !== owner) return { isBusy: true, by: held };
  const beat = setInterval(() => {
    take().catch((error: unknown) =>
      log.warn('A lease could not be renewed.', { source: ask.source, error }),
    );
  }, BEAT_MS);
  try {
    return { isBusy: false, value: await work(owner) };
  } finally {
    clearInterval(beat);
    await store.releaseLease(ask.source, owner);
  }
}

/** Who holds the source after waiting as long as was asked for. */
async function acquire(
  context: LeaseContext,
  { source, waitMs, yields }: Ask,
  owner: string,
): Promise<Lease> {
  const queue = `${source}/queue`;
  const attempt = async (): Promise<Lease> => {
    const ahead = yields === true ? await waiting(context, queue) : null;
    return ahead ?? takeLease(context, source, owner);
  };
  let held = await attempt();
  // Counted rather than timed: the clock may be one that jumps.
  for (let waited = 0; held.owner !== owner && waited < waitMs; waited += POLL_MS) {
    if (yields !== true) await takeLease(context, queue, owner);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    held = await attempt();
  }
  if (yields !== true && waitMs > 0) await context.store.releaseLease(queue, owner);
  return held;
}

async function waiting({ store, clock }: LeaseContext, queue: string): Promise<Lease | null> {
  return (await store.listLeases(clock())).find(({ source }) => source === queue) ?? null;
}

async function takeLease(
  { store, clock, actor, machine }: LeaseContext,
  source: string,
  owner: string,
): Promise<Lease> {
  const atMs = clock();
  const lease = {
    source,
    owner,
    what: describeWorker(actor),
    takenAtMs: atMs,
    expiresAtMs: atMs + LEASE_MS,
    atMs,
  };
  const held = await store.takeLease(lease);
  // A process that was killed can neither renew nor release its lease.
  if (held.owner === owner || !machine.isGone(held.owner)) return held;
  await store.releaseLease(source, held.owner);
  return store.takeLease(lease);
}

/** Who pulls, in words. */
function describeWorker(actor: Actor): string {
  if (actor.kind === 'system') return 'the timetable';
  return actor.kind === 'slack' ? actor.name : `${actor.name} at a terminal`;
}
