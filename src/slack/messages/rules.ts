import type { KnownBlock } from '@slack/types';
import type { AllocationDiff, MovedMoney, RuleChangeFigures } from '../../core/allocation/diff.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { bold, bullets, context, header, type Message, rich, section, table } from '../blocks.js';
import { withinLimits } from '../limits.js';
import { authorName, count, displayName, escapeMrkdwn, formatMoney, formatMonth } from '../text.js';

const MAX_LINES = 15;
const MAX_MOVES = 25;

function ownerName(owner: string | null): string {
  return owner === null ? UNALLOCATED : displayName(owner, 50);
}

/** `Unallocated → Search` */
export function moveLabel(move: MovedMoney): string {
  return `${ownerName(move.from)} → ${ownerName(move.to)}`;
}

/** The change in plain words, cut to what one message or view can hold. */
export function changeLines(lines: readonly string[]): KnownBlock {
  const left = lines.length - MAX_LINES;
  const shown = lines.slice(0, MAX_LINES).map((line) => [displayName(line, 300)]);
  return bullets(left > 0 ? [...shown, [`and ${count(left, 'more change')}`]] : shown);
}

/** `Unallocated: $120.00 before, $0.00 after.`, one sentence a currency. */
export function unallocatedSentences(diff: AllocationDiff): string[] {
  return diff.unallocated
    .slice(0, 5)
    .map(
      ({ currency, before, after }) =>
        `${UNALLOCATED}: ${formatMoney(before, currency)} before, ${formatMoney(after, currency)} after.`,
    );
}

function names(ids: readonly string[]): string {
  return ids.length > 6 ? `${ids.slice(0, 6).join(', ')} and ${ids.length - 6} more` : ids.join(', ');
}

/** Warnings about locked months and about rules that do nothing. */
export function lintSentences(diff: AllocationDiff): string[] {
  return [
    ...(diff.lockedMonths.length === 0
      ? []
      : [
          `🔒 Locked, so they stay as they are: ${names(diff.lockedMonths.map(formatMonth))}. What moves of them is posted in the first open month.`,
        ]),
    ...(diff.shadowedRuleIds.length === 0
      ? []
      : [`⚠ Never reached, because rules above take everything: ${names(diff.shadowedRuleIds)}.`]),
    ...(diff.deadRuleIds.length === 0 ? [] : [`⚠ Matches no charge so far: ${names(diff.deadRuleIds)}.`]),
  ];
}

/** The largest moves as a table, for messages. */
export function movesTable(diff: AllocationDiff): KnownBlock {
  const moves = diff.moved.slice(0, MAX_MOVES);
  const left = diff.moved.length - moves.length;
  return table(
    [{ title: 'Moved' }, { title: 'Month' }, { title: 'Cost', align: 'right' }],
    [
      ...moves.map((move) => [
        moveLabel(move),
        formatMonth(move.month),
        formatMoney(move.cost, move.currency),
      ]),
      ...(left > 0 ? [[`and ${count(left, 'more move')}`, '', '']] : []),
    ],
  );
}

/** Tells FinOps about a committed change of the rules. */
export function rulesChangedMessage(figures: RuleChangeFigures): Message {
  const { diff } = figures;
  const author = authorName(figures.author);
  const approval = figures.approver === null ? '' : `, approved by ${authorName(figures.approver)}`;
  const title = `Rules changed: version ${figures.version}`;
  return withinLimits({
    text: escapeMrkdwn(
      `${title}, by ${author}${approval}. ${figures.lines
        .slice(0, 3)
        .map((line) => displayName(line, 200))
        .join(' ')}`,
    ),
    blocks: [
      header(title),
      rich([bold(author), approval, figures.note === null ? '' : `: “${displayName(figures.note, 500)}”`]),
      figures.lines.length === 0 ? section('No rule reads differently.') : changeLines(figures.lines),
      diff.moved.length === 0 ? section('No money moves.') : movesTable(diff),
      context(...unallocatedSentences(diff), ...lintSentences(diff), 'Effective cost of all months.'),
    ],
  });
}
