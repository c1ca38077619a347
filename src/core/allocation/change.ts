import type { Nanos } from '../base/money.js';
import type { Day, DayRange } from '../base/time.js';
import type { AllocationPiece, SplitPart } from './allocation.js';
import type { Shares } from './moves.js';
import { wayOf } from './way.js';

/** Who owns a set's money on some days: one owner (null is Unallocated), or several. */
export type Ownership = string | null | DividedMoney;

/** Effective cost by owner, of the days on which a set's money is divided. */
interface DividedMoney {
  on(day: Day, currency: string): Shares;
}

/** Days of a set in a dimension with one ownership before and one after. */
export interface Change extends DayRange {
  readonly dimension: string;
  readonly before: Ownership;
  readonly after: Ownership;
}

/**
 * Lays the allocations of one month under two rulesets side by side, by set. Only days that matter to a diff are
 * kept: the owner differs, or the dimension is edited and one side is Unallocated, be it in part.
 */
export function changesBySet(sides: {
  readonly before: readonly AllocationPiece[];
  readonly after: readonly AllocationPiece[];
  readonly edited: readonly string[];
}): ReadonlyMap<number, readonly Change[]> {
  const edited = new Set(sides.edited);
  const changes = new Map<number, Change[]>();
  for (const pair of pairPieces(sides.before, sides.after)) {
    for (const { from, to, before, after } of sideBySide(pair)) {
      const isOpen = edited.has(pair.dimension) && (isUnallocated(before) || isUnallocated(after));
      if (!isOpen && hasSameOwners(before, after)) continue;
      const { dimension } = pair;
      const change = { dimension, from, to, before: ownership(before), after: ownership(after) };
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

/** A piece of either side, or none: a side without the dimension. */
type Side = AllocationPiece | undefined;

function sideBySide({ before, after }: PiecePair): readonly (DayRange & { before: Side; after: Side })[] {
  const cuts = [...new Set([...before, ...after].flatMap((piece) => [piece.from, piece.to]))].toSorted();
  return cuts.slice(0, -1).map((from, i) => ({
    from,
    to: cuts[i + 1] ?? from,
    before: before.find((piece) => piece.from <= from && from < piece.to),
    after: after.find((piece) => piece.from <= from && from < piece.to),
  }));
}

function isUnallocated(side: Side): boolean {
  if (side?.split !== undefined) return side.split.some(({ target }) => target === null);
  return (side?.target ?? null) === null;
}

function hasSameOwners(before: Side, after: Side): boolean {
  if (before?.split === undefined && after?.split === undefined)
    return (before?.target ?? null) === (after?.target ?? null);
  const [old = [], now = []] = [before?.split, after?.split];
  return old.length === now.length && old.every((part, index) => isSamePart(part, now[index]));
}

function isSamePart(a: SplitPart, b: SplitPart | undefined): boolean {
  if (b === undefined || wayOf(a) !== wayOf(b) || a.cells.length !== b.cells.length) return false;
  return a.cells.every(({ day, billId, effectiveCost }, index) => {
    const other = b.cells[index];
    return other?.day === day && other.billId === billId && other.effectiveCost === effectiveCost;
  });
}

function ownership(side: Side): Ownership {
  return side?.split === undefined ? (side?.target ?? null) : dividedMoney(side.split);
}

function dividedMoney(parts: readonly SplitPart[]): DividedMoney {
  const shares = new Map<string, Map<string | null, Nanos>>();
  for (const { target, cells } of parts) {
    for (const { day, currency, effectiveCost } of cells) {
      const key = `${day} ${currency}`;
      const ofDay = shares.get(key) ?? new Map<string | null, Nanos>();
      shares.set(key, ofDay);
      ofDay.set(target, (ofDay.get(target) ?? 0n) + effectiveCost);
    }
  }
  return { on: (day, currency) => shares.get(`${day} ${currency}`) ?? new Map() };
}
