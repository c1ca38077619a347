import type { Actor } from '../core/actor.js';
import type { Lease } from '../core/feed.js';
import type { Context } from './context.js';

/** A lease that its holder does not renew is anybody's after this: so long may a dead process hold a source up. */
const LEASE_MS = 120_000;
const BEAT_MS = 20_000;
const POLL_MS = 250;

/** What came of asking for a source: the work's result, or who is at work on it. */
export type Leased<T> =
  | { readonly isBusy: false; readonly value: T }
  | { readonly isBusy: true; readonly by: Lease };

/**
 * Does the work while nobody else, in this process or another, works on the source. Waits at most `waitMs` for
 * whoever does. The lease is renewed as long as the work goes on; one that was lost all the same is noticed by the
 * store when the work hands its `owner` over.
 */
export async function withLease<T>(
  context: Pick<Context, 'store' | 'clock' | 'log' | 'actor'>,
  ask: { readonly source: string; readonly waitMs: number },
  work: (owner: string) => Promise<T>,
): Promise<Leased<T>> {
  const { store, clock, log, actor } = context;
  const owner = crypto.randomUUID();
  const take = (): Promise<Lease> => {
    const atMs = clock();
    const what = describeWorker(actor);
    return store.takeLease({
      source: ask.source,
      owner,
      what,
      takenAtMs: atMs,
      expiresAtMs: atMs + LEASE_MS,
      atMs,
    });
  };
  let held = await take();
  // Counted rather than timed: the clock may be one that jumps.
  for (let waited = 0; held.owner !== owner && waited < ask.waitMs; waited += POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    held = await take();
  }
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

/** Whoever pulls, in words. */
function describeWorker(actor: Actor): string {
  if (actor.kind === 'system') return 'the timetable';
  return actor.kind === 'slack' ? actor.name : `${actor.name} at a terminal`;
}
