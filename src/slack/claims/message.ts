import type { ActionsBlock, KnownBlock } from '@slack/types';
import { z } from 'zod';
import { assertNever } from '../../core/base/errors.js';
import { addDays, daysBetween } from '../../core/base/time.js';
import type { AgeingLine } from '../../core/claims/ageing.js';
import type { AskOutcome, Claim, ClaimFigures, ClaimSubject } from '../../core/claims/claim.js';
import {
  actions,
  bold,
  bullets,
  button,
  context,
  header,
  type Message,
  type RichLine,
  rich,
  section,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { authorName, count, displayName, formatDay, formatMoney, literalMrkdwn } from '../kit/text.js';

/** What the buttons of a claim carry; `ask` is the number of the question, null in FinOps's message. */
export const ClaimPayload = z.object({ claimId: z.number().int(), ask: z.number().int().nullable() });
/** The button that shows what waits for an owner, in the help and in digests. */
export const OPEN_CLAIMS_ID = 'help.claims';
export const CLAIM_ACTION = {
  mine: 'claim.mine',
  notMine: 'claim.not-mine',
  knows: 'claim.knows',
  leave: 'claim.leave',
} as const;

const MAX_REASONS = 4;
const MAX_LISTED = 8;

/** What people call an identifier of this kind. */
function nounOf(kind: ClaimSubject['kind']): string {
  switch (kind) {
    case 'apiKey':
      return 'API key';
    case 'principal':
      return 'Account';
    case 'seat':
      return 'Seat';
    default:
      return assertNever(kind);
  }
}

function titleOf({ kind, label, source }: ClaimSubject): string {
  return `${nounOf(kind)} ${displayName(label, 60)} (${displayName(source, 40)})`;
}

/** How long it has had no owner, up to the last day that is known. */
function ageOf({ firstDay, lastDay }: Pick<Claim, 'firstDay' | 'lastDay'>): string {
  return count(daysBetween(firstDay, addDays(lastDay, 1)), 'day');
}

function moneyLine(figures: ClaimFigures): RichLine {
  return [
    bold(formatMoney(figures.cost, figures.currency)),
    ` in the last 30 days; without an owner since ${formatDay(figures.firstDay)} (${ageOf(figures)}).`,
  ];
}

/** Mine, Not mine, I know who. */
function claimButtons(claim: { claimId: number; ask: number; label: string }): ActionsBlock {
  const value = packPayload({ claimId: claim.claimId, ask: claim.ask });
  const spoken = (label: string): string => `${label}: ${claim.label}`;
  return actions(
    button({ id: CLAIM_ACTION.mine, label: 'Mine', value, style: 'primary', spoken: spoken('Mine') }),
    button({ id: CLAIM_ACTION.notMine, label: 'Not mine', value, spoken: spoken('Not mine') }),
    button({ id: CLAIM_ACTION.knows, label: 'I know who', value, spoken: spoken('I know who') }),
  );
}

/** The question to one person. */
export function claimAskMessage(figures: ClaimFigures): Message {
  const title = titleOf(figures.subject);
  const reasons = figures.ask?.reasons.slice(0, MAX_REASONS) ?? [];
  const cost = formatMoney(figures.cost, figures.currency);
  return withinLimits({
    text: literalMrkdwn(`Is this yours? ${title}, ${cost} in the last 30 days.`),
    blocks: [
      header('Is this yours?'),
      rich([bold(title)], moneyLine(figures)),
      ...(reasons.length === 0
        ? []
        : [
            rich(['Why you: as far as we can tell, you are the one who']),
            bullets(reasons.map((reason): RichLine => [displayName(reason, 200)])),
          ]),
      claimButtons({ claimId: figures.claimId, ask: figures.ask?.index ?? 0, label: title }),
      context(
        '“Mine” gives its cost to your team from that day on. After three days somebody else is asked.',
      ),
    ],
  });
}

function outcomeWord(outcome: AskOutcome): string {
  switch (outcome) {
    case 'waiting':
      return 'has not answered yet';
    case 'mine':
      return 'said that it is theirs';
    case 'not-mine':
      return 'said that it is not theirs';
    case 'passed-on':
      return 'named somebody else';
    case 'timed-out':
      return 'did not answer';
    case 'settled':
      return 'did not need to answer';
    default:
      return assertNever(outcome);
  }
}

/** What came of the claim, in one sentence. */
function outcomeSentence({ resolution, state, ask }: ClaimFigures): string {
  if (resolution !== null) {
    const owner = displayName(resolution.ownerName);
    const by = authorName(resolution.by);
    return `It belongs to ${owner} from ${formatDay(resolution.from)} on, says ${by}.`;
  }
  if (state === 'declined') return 'FinOps leave it without an owner.';
  if (state === 'closed') return 'It costs nothing without an owner any more.';
  if (ask?.outcome === 'not-mine') return 'You said that it is not yours. Thank you.';
  if (ask?.outcome === 'passed-on') return 'You named somebody else, who is asked now. Thank you.';
  return 'Nobody answered in time; somebody else is asked now.';
}

/** What became of a question, in the place of the question; FinOps's version says what is left to do. */
export function claimResolvedMessage(figures: ClaimFigures): Message {
  const title = titleOf(figures.subject);
  const sentence = outcomeSentence(figures);
  const isUnfollowed = figures.ask === null && figures.resolution?.followed === false;
  return withinLimits({
    text: literalMrkdwn(`${title}: ${sentence}`),
    blocks: [
      rich([bold(title)], [sentence]),
      ...(isUnfollowed
        ? [
            section(
              'No rule gives its cost to the team of its owner yet, so it is still unallocated. Add one with /rules add: where it applies, allocate to the team of the owner.',
            ),
          ]
        : []),
    ],
  });
}

/** To FinOps: whom we asked, whom we would ask, and the two ways out. */
export function claimEscalatedMessage(figures: ClaimFigures): Message {
  const title = titleOf(figures.subject);
  const value = packPayload({ claimId: figures.claimId, ask: null });
  const asked = figures.asked.map(
    ({ name, outcome }): RichLine => [bold(displayName(name)), ` ${outcomeWord(outcome)}`],
  );
  return withinLimits({
    text: literalMrkdwn(
      `Nobody owns ${title}: ${formatMoney(figures.cost, figures.currency)} in the last 30 days.`,
    ),
    blocks: [
      header('Nobody says that it is theirs'),
      rich([bold(title)], moneyLine(figures), ...guessLines(figures)),
      ...(asked.length === 0 ? [section('There was nobody to ask.')] : [bullets(asked)]),
      actions(
        button({
          id: CLAIM_ACTION.knows,
          label: 'Name its owner',
          value,
          style: 'primary',
          spoken: `Name the owner of ${title}`,
        }),
        button({
          id: CLAIM_ACTION.leave,
          label: 'Leave it',
          value,
          spoken: `Leave ${title} without an owner`,
        }),
      ),
    ],
  });
}

function guessLines({ guess }: ClaimFigures): RichLine[] {
  if (guess === null) return [];
  const [reason = ''] = guess.reasons;
  return [['Best guess: ', bold(displayName(guess.name)), `, who ${displayName(reason, 200)}.`]];
}

/** App Home's questions to the viewer, with their buttons; none when nothing waits. */
export function waitingClaimBlocks(claims: readonly Claim[]): KnownBlock[] {
  if (claims.length === 0) return [];
  const shown = claims.slice(0, MAX_LISTED);
  return [
    header('Claims waiting for you'),
    ...shown.flatMap((claim): KnownBlock[] => {
      const title = titleOf(claim.subject);
      const money = formatMoney(claim.cost, claim.currency);
      return [
        rich([bold(title), `: ${money} in the last 30 days, ${ageOf(claim)} without an owner. Is it yours?`]),
        claimButtons({ claimId: claim.id, ask: claim.asks.length - 1, label: title }),
      ];
    }),
    ...(claims.length > shown.length
      ? [context(`and ${count(claims.length - shown.length, 'more claim')}`)]
      : []),
  ];
}

/** A line of unallocated ageing. */
export function ageingLine(line: AgeingLine): RichLine {
  const guess = line.guess === null ? 'nobody left to ask' : `perhaps ${displayName(line.guess, 60)}`;
  return [
    bold(formatMoney(line.cost, line.currency)),
    ` ${displayName(line.label, 60)} (${displayName(line.source, 40)}): ${count(line.days, 'day')}, ${guess}`,
  ];
}
