import type { KnownBlock } from '@slack/types';
import type { AllocationDiff } from '../../core/allocation/diff.js';
import { type MoveSummary, summariseMoves } from '../../core/allocation/move-summary.js';
import { bold, bullets, context, header, type RichLine, section } from '../kit/blocks.js';
import { count, dimensionName, formatMoney, formatMonth } from '../kit/text.js';
import { moveLabel } from './message.js';

/** Moves shown, and months named of each move: the whole view stays readable on a phone. */
const MAX_MOVES = 20;
const MAX_MONTHS = 6;

/** `Unallocated → Platform: $20,461.76` and the newest months of it. */
function moveLine({ from, to, cost, currency, months }: MoveSummary): RichLine {
  const named = months
    .slice(-MAX_MONTHS)
    .map((part) => `${formatMonth(part.month)} ${formatMoney(part.cost, currency)}`);
  const earlier = months.length - named.length;
  const before = earlier > 0 ? [count(earlier, 'earlier month')] : [];
  return [
    bold(moveLabel({ from, to })),
    `: ${formatMoney(cost, currency)} (${[...before, ...named].join(', ')})`,
  ];
}

/** The money that a change moves, for a modal: the edited dimensions first, then what follows from them. */
export function movedBlocks(diff: AllocationDiff, title: string): KnownBlock[] {
  if (diff.moved.length === 0) return [header('Money'), section('No money moves.')];
  const edited = diff.unallocated.map(({ dimension }) => dimension);
  const summaries = summariseMoves(diff.moved, edited);
  const shown = summaries.slice(0, MAX_MOVES);
  const dimensions = [...new Set(shown.map(({ dimension }) => dimension))];
  const left = summaries.length - shown.length;
  return [
    header(title),
    ...dimensions.flatMap((id) => [
      context(
        edited.includes(id)
          ? `By ${dimensionName(id).toLowerCase()}`
          : `By ${dimensionName(id).toLowerCase()}, which follows from it`,
      ),
      bullets(shown.filter(({ dimension }) => dimension === id).map(moveLine)),
    ]),
    ...(left > 0 ? [context(`and ${count(left, 'more move')}`)] : []),
  ];
}
