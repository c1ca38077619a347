import type { KnownBlock } from '@slack/types';
import type { AllocationDiff, MovedMoney, RuleChangeFigures } from '../../core/allocation/diff.js';
import { type MoveSummary, summariseMoves } from '../../core/allocation/move-summary.js';
import { absolute, compareBigint } from '../../core/base/money.js';
import type { Month } from '../../core/base/time.js';
import { splitChangeLine } from '../../core/rules/describe-change.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import {
  bold,
  bullets,
  context,
  header,
  type Message,
  type RichLine,
  rich,
  section,
  table,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import {
  authorName,
  capital,
  count,
  dimensionName,
  displayName,
  formatMoney,
  formatMonth,
  literalMrkdwn,
} from '../kit/text.js';

/** Lines of a change in a message. */
export const MAX_LINES = 8;
const MAX_MOVES = 12;
/** More months are told by the first and the last. */
const MAX_MONTHS = 6;

function ownerName(owner: string | null): string {
  return owner === null ? UNALLOCATED : displayName(owner, 50);
}

/** `Unallocated → Search` */
export function moveLabel(move: Pick<MovedMoney, 'from' | 'to'>): string {
  return `${ownerName(move.from)} → ${ownerName(move.to)}`;
}

interface ChangeGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

function groupLines(lines: readonly string[]): readonly ChangeGroup[] {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const { dimension, text } = splitChangeLine(line);
    const title = dimension === null ? 'Dimensions' : dimensionName(dimension);
    groups.set(title, [...(groups.get(title) ?? []), text]);
  }
  return [...groups].map(([title, texts]) => ({ title, lines: texts }));
}

/** How many lines each group may show: dealt out one by one, so that a long group hides no other. */
function dealLines(groups: readonly ChangeGroup[], most: number): readonly number[] {
  const shares = groups.map(() => 0);
  const all = groups.reduce((sum, { lines }) => sum + lines.length, 0);
  let left = Math.min(most, all);
  for (let at = 0; left > 0; at = (at + 1) % groups.length) {
    const share = shares[at] ?? 0;
    if (share >= (groups[at]?.lines.length ?? 0)) continue;
    shares[at] = share + 1;
    left -= 1;
  }
  return shares;
}

/** The change in plain words by dimension; a large one is cut to `most` lines in all, and says what is left out. */
export function changeBlocks(lines: readonly string[], most: number): KnownBlock[] {
  const groups = groupLines(lines);
  const shares = dealLines(groups, most);
  const hidden = groups.filter((_, at) => shares[at] === 0).flatMap((group) => group.lines);
  return [
    ...groups.flatMap(({ title, lines: texts }, at): KnownBlock[] => {
      const shown = texts.slice(0, shares[at]).map((text): RichLine => [capital(displayName(text, 220))]);
      const left = texts.length - shown.length;
      if (shown.length === 0) return [];
      return [rich([bold(title)]), bullets(left > 0 ? [...shown, [`and ${left} more`]] : shown)];
    }),
    ...(hidden.length > 0 ? [context(`and ${count(hidden.length, 'more change')} elsewhere`)] : []),
  ];
}

/** `Unallocated before → after: by team $120.00 → $0.00; by product ...`; null where it stays what it is. */
export function unallocatedSentence(diff: AllocationDiff): string | null {
  const parts = diff.unallocated
    .filter(({ before, after }) => before !== after)
    .slice(0, 8)
    .map(({ dimension, currency, before, after }) => {
      const [was, is] = [formatMoney(before, currency), formatMoney(after, currency)];
      return `by ${dimensionName(dimension).toLowerCase()} ${was} → ${is}`;
    });
  return parts.length === 0 ? null : `${UNALLOCATED} before → after: ${parts.join('; ')}.`;
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
          `Locked, so they stay as they are: ${names(diff.lockedMonths.map(formatMonth))}. What moves of them is posted in the first open month.`,
        ]),
    ...(diff.shadowedRuleIds.length === 0
      ? []
      : [`Never reached, because rules above take everything: ${names(diff.shadowedRuleIds)}.`]),
    ...(diff.deadRuleIds.length === 0 ? [] : [`Matches no charge so far: ${names(diff.deadRuleIds)}.`]),
  ];
}

function magnitude({ cost }: MoveSummary): bigint {
  return absolute(cost);
}

/** `$300.00 in Sep 2026, $170.00 in Nov 2026` of a single move; of several only the span, for their months differ. */
function monthsSentence(moves: readonly MoveSummary[]): string {
  const [first, ...others] = moves;
  const months = [...new Set(moves.flatMap((move) => move.months.map(({ month }) => month)))].toSorted();
  const [from, to]: (Month | undefined)[] = [months[0], months.at(-1)];
  if (first === undefined || from === undefined || to === undefined) return '';
  if (from === to) return `All of it in ${formatMonth(from)}.`;
  if (others.length > 0 || months.length > MAX_MONTHS)
    return `From ${formatMonth(from)} to ${formatMonth(to)}.`;
  const parts = first.months.map(
    ({ month, cost }) => `${formatMoney(cost, first.currency)} in ${formatMonth(month)}`,
  );
  return `${parts.join(', ')}.`;
}

/** The largest moves as a table, with their months, for messages. */
export function movedBlocks(diff: AllocationDiff): KnownBlock[] {
  const edited = diff.unallocated.map(({ dimension }) => dimension);
  const moves = summariseMoves(diff.moved, edited).toSorted((a, b) =>
    compareBigint(magnitude(b), magnitude(a)),
  );
  if (moves.length === 0) return [section('No money moves.')];
  const shown = moves.slice(0, MAX_MOVES);
  const left = moves.length - shown.length;
  return [
    table(
      [{ title: 'Moved' }, { title: 'By' }, { title: 'Cost', align: 'right' }],
      [
        ...shown.map((move) => [
          moveLabel(move),
          dimensionName(move.dimension),
          formatMoney(move.cost, move.currency),
        ]),
        ...(left > 0 ? [[`and ${count(left, 'smaller move')}`, '', '']] : []),
      ],
    ),
    context(monthsSentence(moves)),
  ];
}

/** Tells FinOps about a committed change of the rules. */
export function rulesChangedMessage(figures: RuleChangeFigures): Message {
  const { diff, lines } = figures;
  const author = authorName(figures.author);
  const approval = figures.approver === null ? '' : `, approved by ${authorName(figures.approver)}`;
  const title = `Rules changed: version ${figures.version}`;
  const unallocated = unallocatedSentence(diff);
  const first = lines.slice(0, 3).map((line) => displayName(line, 200));
  return withinLimits({
    text: literalMrkdwn(`${title}, by ${author}${approval}. ${first.join(' ')}`),
    blocks: [
      header(title),
      rich([bold(author), approval, figures.note === null ? '' : `: “${displayName(figures.note, 500)}”`]),
      ...(lines.length === 0 ? [section('No rule reads differently.')] : changeBlocks(lines, MAX_LINES)),
      ...(unallocated === null ? [] : [section(unallocated)]),
      ...movedBlocks(diff),
      context(...lintSentences(diff), 'Effective cost of all months.'),
    ],
  });
}
