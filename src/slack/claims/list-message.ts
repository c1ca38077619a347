import { dayIn } from '../../core/base/time.js';
import type { Claim } from '../../core/claims/claim.js';
import { waitingAsk } from '../../core/claims/claim.js';
import type { OpenClaims } from '../../usecases/claims/list-claims.js';
import { bold, bullets, context, header, type Message, type RichLine, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { count, displayName, formatDay, formatMoney, literalMrkdwn } from '../kit/text.js';
import { waitingClaimBlocks } from './message.js';

const MAX_OTHERS = 20;

function stateOf(claim: Claim, timeZone: string): string {
  const ask = waitingAsk(claim);
  if (ask !== null)
    return `${displayName(ask.name, 60)} has until ${formatDay(dayIn(timeZone, ask.deadlineMs))} to answer`;
  return claim.state === 'escalated' ? 'waits for FinOps' : 'waits for its turn to be asked';
}

function otherLine(claim: Claim, timeZone: string): RichLine {
  const { subject, cost, currency, firstDay } = claim;
  return [
    bold(formatMoney(cost, currency)),
    ` ${displayName(subject.label, 60)} (${displayName(subject.source, 40)}), without an owner since ${formatDay(firstDay)}: ${stateOf(claim, timeZone)}.`,
  ];
}

/** Open claims: one's own with their buttons, then for FinOps all others, most expensive first. */
export function openClaimsMessage(claims: OpenClaims, timeZone: string): Message {
  const { mine, others, count: all } = claims;
  const sentence =
    all === 0
      ? 'No claim is open: everything that costs enough has an owner.'
      : `${count(all, 'claim')} ${all === 1 ? 'is' : 'are'} open, ${mine.length} of them ${mine.length === 1 ? 'waits' : 'wait'} for you.`;
  const shown = (others ?? []).slice(0, MAX_OTHERS);
  const left = (others?.length ?? 0) - shown.length;
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      section(sentence),
      ...waitingClaimBlocks(mine),
      ...(shown.length === 0
        ? []
        : [header('Waiting for others'), bullets(shown.map((claim) => otherLine(claim, timeZone)))]),
      ...(left > 0 ? [context(`and ${count(left, 'more claim')}`)] : []),
    ],
  });
}
