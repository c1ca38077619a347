import { MS_PER_DAY } from '../base/time.js';
import {
  type AskOutcome,
  type Claim,
  type ClaimCandidate,
  type ClaimResolution,
  isUnfinished,
} from './claim.js';

/** Guesses that are asked before FinOps is; everyone who names somebody else buys one more, twice at most. */
const MOST_GUESSES = 3;
const MOST_NAMED = 2;
/** How long an answer is waited for. */
const WAIT_MS = 3 * MS_PER_DAY;

/** The likeliest candidate who was not asked; null when nobody is left, or enough have been asked. */
function nextCandidate({ candidates, asks }: Pick<Claim, 'candidates' | 'asks'>): ClaimCandidate | null {
  const named = asks.filter(({ outcome }) => outcome === 'passed-on').length;
  if (asks.length >= MOST_GUESSES + Math.min(named, MOST_NAMED)) return null;
  return candidates.find(({ email }) => asks.every((ask) => ask.email !== email)) ?? null;
}

/** The likeliest owner still: the likeliest who has not said otherwise, asked or not. Null when there is none. */
export function bestGuess({ candidates, asks }: Pick<Claim, 'candidates' | 'asks'>): ClaimCandidate | null {
  const out = asks.filter(({ outcome }) => outcome === 'not-mine' || outcome === 'passed-on');
  return candidates.find(({ email }) => out.every((ask) => ask.email !== email)) ?? null;
}

/**
 * Takes an `open` claim one step on: to its next candidate, or to FinOps when nobody is left. Stays open while the
 * next candidate, or FinOps, may not be asked today.
 */
export function advance(
  claim: Claim,
  {
    nowMs,
    mayAsk,
    mayAskFinOps = true,
  }: {
    readonly nowMs: number;
    readonly mayAsk: (email: string) => boolean;
    readonly mayAskFinOps?: boolean;
  },
): Claim {
  if (claim.state !== 'open') return claim;
  const next = nextCandidate(claim);
  if (next === null) return mayAskFinOps ? { ...claim, state: 'escalated', escalatedAtMs: nowMs } : claim;
  if (!mayAsk(next.email)) return claim;
  const { email, name, reasons } = next;
  const ask = { email, name, reasons, askedAtMs: nowMs, deadlineMs: nowMs + WAIT_MS };
  return { ...claim, state: 'asked', asks: [...claim.asks, { ...ask, outcome: 'waiting' }] };
}

/** The waiting question ends without an owner; the claim is open for the next one. */
export function endAsk(claim: Claim, outcome: 'not-mine' | 'passed-on' | 'timed-out'): Claim {
  return { ...claim, state: 'open', asks: closeLast(claim, outcome) };
}

/** Puts somebody first in line because a person named them, even if they were only a guess before. */
export function putFirst(claim: Claim, named: ClaimCandidate): Claim {
  const others = claim.candidates.filter(({ email }) => email !== named.email);
  return { ...claim, candidates: [named, ...others] };
}

/** The claim has an owner; a question that waits is answered by it or overtaken. */
export function resolve(claim: Claim, resolution: ClaimResolution): Claim {
  const isOwn = claim.asks.at(-1)?.email === resolution.ownerEmail;
  return { ...claim, state: 'claimed', resolution, asks: closeLast(claim, isOwn ? 'mine' : 'settled') };
}

/** Ends an unfinished claim without an owner of its own: FinOps leaves it, or it was settled in another way. */
export function endClaim(claim: Claim, state: 'declined' | 'closed'): Claim {
  return isUnfinished(claim) ? { ...claim, state, asks: closeLast(claim, 'settled') } : claim;
}

function closeLast({ asks }: Claim, outcome: AskOutcome): Claim['asks'] {
  return asks.map((ask, i) =>
    i === asks.length - 1 && ask.outcome === 'waiting' ? { ...ask, outcome } : ask,
  );
}
