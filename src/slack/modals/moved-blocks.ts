import type { KnownBlock } from '@slack/types';
import type { AllocationDiff, MovedMoney } from '../../core/allocation/diff.js';
import { context, fieldBlocks, header, section } from '../blocks.js';
import { moveLabel } from '../messages/rules.js';
import { count, formatMoney, formatMonth } from '../text.js';

/** Forty moves are eight section blocks: modals know no tables. */
const MAX_MOVES = 40;

function moveField(move: MovedMoney): string {
  return `${moveLabel(move)}\n${formatMonth(move.month)}: ${formatMoney(move.cost, move.currency)}`;
}

/** The money that a change moves, for a modal. */
export function movedBlocks(diff: AllocationDiff, title: string): KnownBlock[] {
  if (diff.moved.length === 0) return [header('Money'), section('No money moves.')];
  const left = diff.moved.length - MAX_MOVES;
  return [
    header(title),
    ...fieldBlocks(diff.moved.slice(0, MAX_MOVES).map(moveField)),
    ...(left > 0 ? [context(`and ${count(left, 'more move')}`)] : []),
  ];
}
