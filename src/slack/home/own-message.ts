import type { KnownBlock } from '@slack/types';
import { dayIn } from '../../core/base/time.js';
import type { IdentifierKind } from '../../core/people/data.js';
import type { Seat } from '../../core/seats/seat.js';
import type { BudgetLine } from '../../usecases/budgets/show-budgets.js';
import type { HomeFigures, WaitingDraft } from '../../usecases/home/show-home.js';
import { againstPlan, textBar } from '../budgets/message.js';
import { bold, bullets, context, header, type RichLine, rich } from '../kit/blocks.js';
import { count, displayName, formatDay, formatMoney, formatMonth, formatShare } from '../kit/text.js';
import { needSentence } from '../rules/approval-message.js';

const MAX_TEAMS = 8;
const MAX_KEYS = 8;
const MAX_SEATS = 5;
const MAX_APPROVALS = 5;

function budgetLines(line: BudgetLine, currency: string): readonly RichLine[] {
  const name = bold(displayName(line.owner, 60));
  const spent = formatMoney(line.spent, currency);
  if (line.plan === null) {
    const why = line.otherCurrency === null ? 'no budget is set' : `its budget is in ${line.otherCurrency}`;
    return [[name, `: ${spent}; ${why}.`]];
  }
  const whole = formatMoney(line.plan.amount, currency);
  return [
    [name, `: ${spent} of ${whole}, `, bold(againstPlan(line, currency)), ' for the days so far.'],
    [
      `${textBar(line.spent, line.plan.amount)} ${formatShare(line.spent, line.plan.amount)} of the month’s budget`,
    ],
  ];
}

/** The viewer's own team and the teams they lead, each against its plan. */
export function myTeamBlocks({ myTeams, currency, month, through }: HomeFigures): readonly KnownBlock[] {
  if (myTeams.length === 0) return [];
  const shown = myTeams.slice(0, MAX_TEAMS);
  const left = myTeams.length - shown.length;
  const until = through === null ? 'no complete day yet' : `through ${formatDay(through)}`;
  return [
    header(shown.length === 1 ? 'Your team' : 'Your teams'),
    rich(...shown.flatMap((line) => budgetLines(line, currency))),
    ...(left > 0 ? [context(`and ${count(left, 'more team')}; /apportion budgets shows all`)] : []),
    context(`${formatMonth(month)}, ${until}.`),
  ];
}

/** Changes of the rules that wait for a second person. */
export function approvalBlocks(drafts: readonly WaitingDraft[], timeZone: string): readonly KnownBlock[] {
  if (drafts.length === 0) return [];
  const shown = drafts.slice(0, MAX_APPROVALS);
  const left = drafts.length - shown.length;
  return [
    header('Waiting for a second person'),
    bullets(
      shown.map((draft): RichLine => {
        const note = draft.note === null ? '' : ` “${displayName(draft.note, 120)}”.`;
        const need = draft.need === null ? '' : ` ${needSentence(draft.need)}`;
        const on = formatDay(dayIn(timeZone, draft.createdAtMs));
        return [bold(displayName(draft.author.name)), ` on ${on}:${note}${need}`];
      }),
    ),
    ...(left > 0 ? [context(`and ${count(left, 'more change')}`)] : []),
    context('Approve or reject them on their cards in FinOps’s channel; nobody approves their own.'),
  ];
}

const NOUNS: Readonly<Record<IdentifierKind, string>> = {
  apiKey: 'key',
  principal: 'account',
  seat: 'seat',
  email: 'address',
};

function seatText({ product, plan, lastActiveDay, price }: Seat): string {
  const active =
    lastActiveDay === null ? 'no use that the vendor knows of' : `last used on ${formatDay(lastActiveDay)}`;
  const cost = price === null ? '' : `, ${formatMoney(price.nanos, price.currency)} a month`;
  return `${displayName(product, 40)}${plan === null ? '' : ` ${displayName(plan, 30)}`}${cost}: ${active}`;
}

/** The viewer's own use, keys and seats. */
export function ownBlocks({ own, currency }: HomeFigures): readonly KnownBlock[] {
  if (own === null) return [];
  const { spent, identifiers, seats } = own;
  if (spent === 0n && identifiers.length === 0 && seats.length === 0) return [];
  const keys = identifiers
    .slice(0, MAX_KEYS)
    .map(({ kind, label }) => `${NOUNS[kind]} ${displayName(label, 60)}`);
  const moreKeys = identifiers.length - keys.length;
  const moreSeats = seats.length - MAX_SEATS;
  return [
    header('Yours'),
    rich([
      'Your own use this month: ',
      bold(formatMoney(spent, currency)),
      keys.length === 0
        ? '.'
        : `. Linked to you: ${keys.join(', ')}${moreKeys > 0 ? ` and ${moreKeys} more` : ''}.`,
    ]),
    ...(seats.length === 0
      ? []
      : [bullets(seats.slice(0, MAX_SEATS).map((seat): RichLine => [`Seat: ${seatText(seat)}`]))]),
    ...(moreSeats > 0 ? [context(`and ${count(moreSeats, 'more seat')}`)] : []),
  ];
}
