import type { Nanos } from '../base/money.js';
import type { Day } from '../base/time.js';
import type { IdentifierKind } from '../people/data.js';

/**
 * State of a claim: `open` waits for its turn to be asked, `asked` waits for an answer, `escalated` waits for
 * FinOps; `claimed` has an owner, `declined` FinOps left without one, `closed` was settled in another way.
 */
export type ClaimState = 'open' | 'asked' | 'escalated' | 'claimed' | 'declined' | 'closed';

/** What a claim is about: a vendor's identifier that nobody owns. `label` is how people know it. */
export interface ClaimSubject {
  /** An unknown e-mail is no claim: it gets an alias suggestion. */
  readonly kind: Exclude<IdentifierKind, 'email'>;
  readonly value: string;
  readonly source: string;
  readonly label: string;
}

/** Someone who may own it. `score` only orders; `reasons` say why in words, the strongest first. */
export interface ClaimCandidate {
  readonly email: string;
  readonly name: string;
  readonly score: number;
  readonly reasons: readonly string[];
}

/** How a question ended: `passed-on` named somebody else, `settled` was overtaken by someone else's answer. */
export type AskOutcome = 'waiting' | 'mine' | 'not-mine' | 'passed-on' | 'timed-out' | 'settled';

/** One person asked once. */
export interface ClaimAsk {
  readonly email: string;
  readonly name: string;
  readonly reasons: readonly string[];
  readonly askedAtMs: number;
  readonly deadlineMs: number;
  readonly outcome: AskOutcome;
}

/** Who it belongs to, since when, and who said so. */
export interface ClaimResolution {
  readonly ownerEmail: string;
  readonly ownerName: string;
  readonly from: Day;
  readonly by: string;
  readonly atMs: number;
  /** False when no rule follows the owner of this identifier, so that its money is Unallocated still. */
  readonly followed: boolean;
}

/** What is known of an unowned identifier's money: effective cost. */
export interface ClaimMoney {
  readonly currency: string;
  /** Over the last 30 days. */
  readonly cost: Nanos;
  /** First and last day without an owner. */
  readonly firstDay: Day;
  readonly lastDay: Day;
}

/** The question who owns an identifier, from the first unowned day to its answer. */
export interface Claim extends ClaimMoney {
  readonly id: number;
  /** Grows with each change: a change made from an older one is refused. */
  readonly revision: number;
  readonly subject: ClaimSubject;
  readonly state: ClaimState;
  /** Likeliest first, those asked already among them. */
  readonly candidates: readonly ClaimCandidate[];
  /** Oldest first; only the last one may be waiting. */
  readonly asks: readonly ClaimAsk[];
  readonly resolution: ClaimResolution | null;
  /** When it went to FinOps, if it ever did. */
  readonly escalatedAtMs: number | null;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
}

/** Whether the claim still waits for someone. */
export function isUnfinished({ state }: Pick<Claim, 'state'>): boolean {
  return state === 'open' || state === 'asked' || state === 'escalated';
}

/** The question that waits for its answer; null when none does. */
export function waitingAsk(claim: Claim): ClaimAsk | null {
  const last = claim.asks.at(-1);
  return claim.state === 'asked' && last?.outcome === 'waiting' ? last : null;
}

/** The figures of a claim's message, for its reader. */
export interface ClaimFigures extends ClaimMoney {
  readonly claimId: number;
  readonly subject: ClaimSubject;
  readonly state: ClaimState;
  /** Which question this is, from 0, and how it went; null in FinOps's message. */
  readonly ask: (Pick<ClaimAsk, 'reasons' | 'outcome' | 'deadlineMs'> & { readonly index: number }) | null;
  /** Who was asked so far, oldest first. */
  readonly asked: readonly Pick<ClaimAsk, 'name' | 'outcome'>[];
  /** The likeliest who has not said otherwise; null when there is nobody. */
  readonly guess: Pick<ClaimCandidate, 'name' | 'reasons'> | null;
  readonly resolution: ClaimResolution | null;
}
