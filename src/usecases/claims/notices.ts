import type { Claim, ClaimFigures } from '../../core/claims/claim.js';
import { bestGuess } from '../../core/claims/steps.js';
import type { Notice } from '../../core/notices/notice.js';

/**
 * What is told of a claim: one message to everyone who was asked, and one to FinOps if it came to them or if its
 * owner changes nothing yet. They follow from the claim alone, so that writing them again after a crash changes
 * nothing, and an answer edits the question.
 */
export function claimNotices(claim: Claim): readonly Notice[] {
  const asks = claim.asks.map((ask, index): Notice => {
    const { email, reasons, outcome, deadlineMs } = ask;
    const figures = figuresOf(claim, { index, reasons, outcome, deadlineMs });
    return {
      key: `claim:${claim.id}:ask:${index}`,
      audience: { kind: 'person', email },
      parentKey: null,
      body: { kind: outcome === 'waiting' ? 'claim-ask' : 'claim-resolved', figures },
    };
  });
  const concernsFinOps = claim.escalatedAtMs !== null || claim.resolution?.followed === false;
  if (!concernsFinOps) return asks;
  const body = {
    kind: claim.state === 'escalated' ? ('claim-escalated' as const) : ('claim-resolved' as const),
    figures: figuresOf(claim, null),
  };
  return [...asks, { key: `claim:${claim.id}:finops`, audience: { kind: 'finops' }, parentKey: null, body }];
}

function figuresOf(claim: Claim, ask: ClaimFigures['ask']): ClaimFigures {
  const { id, subject, state, currency, cost, firstDay, lastDay, resolution } = claim;
  const guess = bestGuess(claim);
  return {
    claimId: id,
    subject,
    state,
    currency,
    cost,
    firstDay,
    lastDay,
    ask,
    asked: claim.asks.map(({ name, outcome }) => ({ name, outcome })),
    guess: guess === null ? null : { name: guess.name, reasons: guess.reasons },
    resolution,
  };
}
