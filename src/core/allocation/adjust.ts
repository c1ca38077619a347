import type { AllocationPiece, DividedCosts, SetMoney } from './allocation.js';

/** What an owner (null is Unallocated) gets more of one set's money, or less. */
export interface OwnerDifference extends DividedCosts {
  readonly dimension: string;
  readonly setId: number;
  readonly currency: string;
  readonly target: string | null;
}

/**
 * Who would get how much more of a month's money under `now` than under `stored`: signed, and zero in all for each
 * dimension, set and currency. Money without a piece is Unallocated.
 * @param input.dimensions those that count; pieces of others are left alone.
 */
export function ownerDifferences(input: Sides): readonly OwnerDifference[] {
  return netDifferences(signedDifferences(input));
}

interface Sides {
  readonly stored: readonly AllocationPiece[];
  readonly now: readonly AllocationPiece[];
  readonly money: readonly SetMoney[];
  readonly dimensions: readonly string[];
}

function* signedDifferences(input: Sides): Iterable<SignedDifference> {
  const money = bySet(input.money);
  const stored = byDimensionAndSet(input.stored);
  const now = byDimensionAndSet(input.now);
  for (const dimension of new Set(input.dimensions)) {
    for (const [setId, cells] of money) {
      const key = `${dimension}/${setId}`;
      const sides = [stored.get(key) ?? [], now.get(key) ?? []] as const;
      if (hasSameOwners(...sides)) continue;
      for (const [pieces, sign] of [[sides[0], -1n] as const, [sides[1], 1n] as const])
        for (const { target, cell } of ownedCells(pieces, cells))
          yield { difference: { ...cell, dimension, setId, target }, sign };
    }
  }
}

/** Whether two allocations of a month give every day and part to the same owners: then there is nothing to price. */
export function hasSameOwners(a: readonly AllocationPiece[], b: readonly AllocationPiece[]): boolean {
  return a.length === b.length && a.every((piece, index) => isSame(piece, b[index]));
}

function isSame(a: AllocationPiece, b: AllocationPiece | undefined): boolean {
  return (
    b !== undefined &&
    a.split === undefined &&
    b.split === undefined &&
    a.dimension === b.dimension &&
    a.setId === b.setId &&
    a.from === b.from &&
    a.to === b.to &&
    a.target === b.target
  );
}

type Cell = Omit<SetMoney, 'setId'>;

function bySet(money: readonly SetMoney[]): ReadonlyMap<number, readonly Cell[]> {
  const sets = new Map<number, Cell[]>();
  for (const { setId, ...cell } of money) {
    const cells = sets.get(setId);
    if (cells === undefined) sets.set(setId, [cell]);
    else cells.push(cell);
  }
  return sets;
}

function byDimensionAndSet(
  pieces: readonly AllocationPiece[],
): ReadonlyMap<string, readonly AllocationPiece[]> {
  const groups = new Map<string, AllocationPiece[]>();
  for (const piece of pieces) {
    const key = `${piece.dimension}/${piece.setId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [piece]);
    else group.push(piece);
  }
  return groups;
}

/** The money of one set by owner: whole cells where it has one, parts where it is divided. */
function* ownedCells(
  pieces: readonly AllocationPiece[],
  cells: readonly Cell[],
): Iterable<{ readonly target: string | null; readonly cell: Cell }> {
  for (const { split = [] } of pieces)
    for (const { target, cells: parts } of split) for (const cell of parts) yield { target, cell };
  for (const cell of cells) {
    const piece = pieces.find(({ from, to }) => from <= cell.day && cell.day < to);
    if (piece?.split === undefined) yield { target: piece?.target ?? null, cell };
  }
}

interface SignedDifference {
  readonly difference: OwnerDifference;
  readonly sign: 1n | -1n;
}

/** Adds signed differences up by dimension, set, currency and owner; what comes to nothing is left out. */
export function netDifferences(differences: Iterable<SignedDifference>): readonly OwnerDifference[] {
  const sums = new Map<string, OwnerDifference>();
  for (const { difference, sign } of differences) {
    const { dimension, setId, currency, target } = difference;
    const key = JSON.stringify([dimension, setId, currency, target]);
    const sum = sums.get(key);
    sums.set(key, {
      dimension,
      setId,
      currency,
      target,
      effectiveCost: (sum?.effectiveCost ?? 0n) + sign * difference.effectiveCost,
      billedCost: (sum?.billedCost ?? 0n) + sign * difference.billedCost,
      listCost: (sum?.listCost ?? 0n) + sign * difference.listCost,
    });
  }
  return [...sums.values()].filter(
    ({ effectiveCost, billedCost, listCost }) => effectiveCost !== 0n || billedCost !== 0n || listCost !== 0n,
  );
}
