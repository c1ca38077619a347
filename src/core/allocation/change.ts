import type { DayRange } from '../time.js';
import type { AllocationPiece } from './allocation.js';

/** Days of a set in a dimension with one owner before and one after; null is Unallocated. */
export interface Change extends DayRange {
  readonly dimension: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Lays the allocations of one month under two rulesets side by side, by set. Only days that matter to a diff are
 * kept: the owner differs, or the dimension is edited and one side is Unallocated.
 */
export function changesBySet(sides: {
  readonly before: readonly AllocationPiece[];
  readonly after: readonly AllocationPiece[];
  readonly edited: readonly string[];
}): ReadonlyMap<number, readonly Change[]> {
  const edited = new Set(sides.edited);
  const changes = new Map<number, Change[]>();
  for (const pair of pairPieces(sides.before, sides.after)) {
    for (const change of sideBySide(pair)) {
      const isOpen = edited.has(change.dimension) && (change.before === null || change.after === null);
      if (change.before === change.after && !isOpen) continue;
      const ofSet = changes.get(pair.setId);
      if (ofSet === undefined) changes.set(pair.setId, [change]);
      else ofSet.push(change);
    }
  }
  return changes;
}

/** The pieces of one set in one dimension on both sides. */
interface PiecePair {
  readonly dimension: string;
  readonly setId: number;
  readonly before: AllocationPiece[];
  readonly after: AllocationPiece[];
}

function pairPieces(
  before: readonly AllocationPiece[],
  after: readonly AllocationPiece[],
): Iterable<PiecePair> {
  const pairs = new Map<string, PiecePair>();
  const pairOf = ({ dimension, setId }: AllocationPiece): PiecePair => {
    const key = `${dimension}/${setId}`;
    const pair = pairs.get(key) ?? { dimension, setId, before: [], after: [] };
    pairs.set(key, pair);
    return pair;
  };
  for (const piece of before) pairOf(piece).before.push(piece);
  for (const piece of after) pairOf(piece).after.push(piece);
  return pairs.values();
}

function sideBySide({ dimension, before, after }: PiecePair): readonly Change[] {
  const cuts = [...new Set([...before, ...after].flatMap((piece) => [piece.from, piece.to]))].toSorted();
  return cuts.slice(0, -1).map((from, i) => ({
    dimension,
    from,
    to: cuts[i + 1] ?? from,
    before: before.find((piece) => piece.from <= from && from < piece.to)?.target ?? null,
    after: after.find((piece) => piece.from <= from && from < piece.to)?.target ?? null,
  }));
}
