import type { Viewer } from '../../core/access/visibility.js';
import { compareBigint } from '../../core/base/money.js';
import { type Claim, isUnfinished, waitingAsk } from '../../core/claims/claim.js';
import type { Context } from '../context.js';

/** Claims that wait for an owner. */
export interface OpenClaims {
  /** Those that wait for the viewer's own answer, the oldest first. */
  readonly mine: readonly Claim[];
  /** The others, most expensive first; null for anyone who is not FinOps, since they name people. */
  readonly others: readonly Claim[] | null;
  /** All that are open. */
  readonly count: number;
}

/** The claims that are open, the viewer's own first. */
export async function listOpenClaims(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  viewer: Pick<Viewer, 'email' | 'roles'>,
): Promise<OpenClaims> {
  const open = (await store.listClaims(clock())).filter(isUnfinished);
  const isMine = (claim: Claim): boolean =>
    viewer.email !== null && waitingAsk(claim)?.email === viewer.email;
  const others = open
    .filter((claim) => !isMine(claim))
    .toSorted((a, b) => compareBigint(b.cost, a.cost) || a.id - b.id);
  return {
    mine: open.filter(isMine),
    others: viewer.roles.includes('finops') ? others : null,
    count: open.length,
  };
}

/** A claim by its number; null when there is none. */
export async function findClaim({ store }: Pick<Context, 'store'>, id: number): Promise<Claim | null> {
  return store.findClaim(id);
}
