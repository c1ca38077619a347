import type { Actor } from '../../core/base/actor.js';
import type { Claim, ClaimCandidate, ClaimMoney, ClaimSubject } from '../../core/claims/claim.js';
import type { IdentifierLink } from '../../core/people/data.js';

/** Claims on what nobody owns; none is ever deleted. */
export interface ClaimStore {
  /** Opens a claim; the unfinished one on the same identifier is returned as it stands. */
  openClaim(
    opening: ClaimMoney & {
      subject: ClaimSubject;
      candidates: readonly ClaimCandidate[];
      atMs: number;
    },
  ): Promise<Claim>;
  findClaim(id: number): Promise<Claim | null>;
  /** Unfinished claims and those changed at or after the instant, oldest first. */
  listClaims(changedSinceMs: number): Promise<readonly Claim[]>;
  /**
   * Puts a claim in place of the one with its id and revision; the link to its owner, if there is one now, in the
   * same transaction. Audits a change of state. Returns it with its new revision.
   * @throws AppError `conflict` when it has changed meanwhile, `not-found`.
   */
  saveClaim(change: {
    claim: Claim;
    link: IdentifierLink | null;
    actor: Actor;
    atMs: number;
  }): Promise<Claim>;
}
