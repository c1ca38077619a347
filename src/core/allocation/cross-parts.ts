import { absolute, type Nanos, splitNanos } from '../base/money.js';
import type { DividedCosts, MoneyCell } from './allocation.js';

/** Owners in some dimensions, by dimension; null is Unallocated. */
export type Owners = Readonly<Record<string, string | null>>;

/** A part of a set's money and who owns it in the dimensions that were divided so far. */
export interface OwnedPart {
  readonly owners: Owners;
  readonly cells: readonly MoneyCell[];
}

/**
 * Joins two ways in which the same money is divided into one. Parts meet where they agree on the owners of the
 * dimensions that both know: the parts of a dimension that looked at another one stay with the parts they came
 * from. Where several meet, nothing says which nano went where, so each part of the first is divided over them in
 * proportion to their amounts in the cell, by largest remainder: the first's amounts are kept to the nano.
 */
export function crossParts(first: readonly OwnedPart[], second: readonly OwnedPart[]): readonly OwnedPart[] {
  const common = Object.keys(first[0]?.owners ?? {}).filter((dimension) =>
    Object.hasOwn(second[0]?.owners ?? {}, dimension),
  );
  const places = placesByOwners(second, common);
  let amounts: readonly ReadonlyMap<string, MoneyCell>[] | null = null;
  return first.flatMap((part) => {
    // Never empty for parts of the same piece; if it were, no money may get lost all the same.
    const meeting = places.get(ownersText(part.owners, common)) ?? [...second.keys()];
    const owners = meeting.map((index) => ({ ...part.owners, ...second[index]?.owners }));
    const [only] = owners;
    if (only !== undefined && owners.length === 1) return [{ owners: only, cells: part.cells }];
    amounts ??= second.map(({ cells }) => new Map(cells.map((cell) => [cellKey(cell), cell])));
    return divideAmong(
      part,
      owners,
      meeting.map((index) => amounts?.[index]),
    );
  });
}

/** A part divided over several that it meets, in each cell in proportion to what these have there. */
function divideAmong(
  part: OwnedPart,
  owners: readonly Owners[],
  along: readonly (ReadonlyMap<string, MoneyCell> | undefined)[],
): readonly OwnedPart[] {
  const divided = owners.map((): MoneyCell[] => []);
  for (const cell of part.cells) {
    const weights = along.map((cells) => cells?.get(cellKey(cell)) ?? NOTHING);
    for (const [index, share] of divideCell(cell, weights).entries())
      if (!isZero(share)) divided[index]?.push({ ...cell, ...share });
  }
  return owners.map((each, index) => ({ owners: each, cells: divided[index] ?? [] }));
}

/** Where the parts with the same owners in some dimensions stand. */
function placesByOwners(
  parts: readonly OwnedPart[],
  dimensions: readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, { owners }] of parts.entries()) {
    const text = ownersText(owners, dimensions);
    const known = places.get(text);
    if (known === undefined) places.set(text, [index]);
    else known.push(index);
  }
  return places;
}

function ownersText(owners: Owners, dimensions: readonly string[]): string {
  return JSON.stringify(dimensions.map((dimension) => owners[dimension]));
}

/**
 * Divides an amount in proportion to other amounts, whatever their sign; evenly where they are all zero. The
 * results add up to it.
 */
function divideAlong(amount: Nanos, along: readonly Nanos[]): readonly Nanos[] {
  const weigh = (weightOf: (each: Nanos) => Nanos) =>
    splitNanos(
      amount,
      along.map((each, index) => ({ id: String(index).padStart(6, '0'), weight: weightOf(each) })),
    );
  const shares = weigh(absolute) ?? weigh(() => 1n);
  return shares === null ? [] : [...shares.values()];
}

/** Whether nothing of any cost is in a cell. */
export function isZero({ effectiveCost, billedCost, listCost }: DividedCosts): boolean {
  return effectiveCost === 0n && billedCost === 0n && listCost === 0n;
}

const NOTHING: DividedCosts = { effectiveCost: 0n, billedCost: 0n, listCost: 0n };

function divideCell(cell: MoneyCell, along: readonly DividedCosts[]): readonly DividedCosts[] {
  const divide = (cost: keyof DividedCosts) =>
    divideAlong(
      cell[cost],
      along.map((each) => each[cost]),
    );
  const [effective, billed, list] = [divide('effectiveCost'), divide('billedCost'), divide('listCost')];
  return along.map((_, index) => ({
    effectiveCost: effective[index] ?? 0n,
    billedCost: billed[index] ?? 0n,
    listCost: list[index] ?? 0n,
  }));
}

function cellKey({ day, billId }: MoneyCell): string {
  return `${day}/${billId}`;
}
