import type { Nanos } from '../base/money.js';
import type { WorkCell, WorkKey } from './work.js';

/** A cell in both periods; quantities in millionths of the unit. */
export interface Cell extends Pick<WorkCell, 'model' | 'meter' | 'unit'> {
  readonly key: WorkKey | null;
  readonly quantity0: bigint;
  readonly quantity1: bigint;
  readonly cost0: Nanos;
  readonly cost1: Nanos;
  /** What of the cost came without a quantity. */
  readonly unmeasured0: Nanos;
  readonly unmeasured1: Nanos;
}

interface Side {
  quantity: bigint;
  cost: Nanos;
}

/**
 * Joins the cells of two periods by key, model, meter and unit. Keys of one name in one place, of which one ends and
 * another begins, are one key that was rotated.
 */
export function pairCells(before: readonly WorkCell[], after: readonly WorkCell[]): readonly Cell[] {
  const rotated = rotatedKeys(before, after);
  const pairs = new Map<string, { cell: WorkCell; key: WorkKey | null; sides: [Side, Side] }>();
  for (const [period, cells] of [before, after].entries()) {
    for (const cell of cells) {
      const key = cell.key === null ? null : (rotated.get(cell.key.id) ?? cell.key);
      const id = JSON.stringify([key?.id, cell.model, cell.meter, cell.unit]);
      const sides: [Side, Side] = [
        { quantity: 0n, cost: 0n },
        { quantity: 0n, cost: 0n },
      ];
      const pair = pairs.get(id) ?? { cell, key, sides };
      pairs.set(id, pair);
      const side = period === 0 ? pair.sides[0] : pair.sides[1];
      if (cell.unit !== null) side.quantity += toMillionths(cell.quantity ?? 0);
      side.cost += cell.cost;
    }
  }
  return [...pairs.values()].map(({ cell: { model, meter, unit }, key, sides: [before0, after1] }) => {
    // A quantity at or below zero (a correction, a credit) has no price: its money counts as unmeasured.
    const isMeasured0 = before0.quantity > 0n;
    const isMeasured1 = after1.quantity > 0n;
    return {
      key,
      model,
      meter,
      unit,
      quantity0: isMeasured0 ? before0.quantity : 0n,
      quantity1: isMeasured1 ? after1.quantity : 0n,
      cost0: before0.cost,
      cost1: after1.cost,
      unmeasured0: isMeasured0 ? 0n : before0.cost,
      unmeasured1: isMeasured1 ? 0n : after1.cost,
    };
  });
}

function toMillionths(quantity: number): bigint {
  return BigInt(Math.round(quantity * 1e6));
}

/** The key that stands for each rotated one, by id. */
function rotatedKeys(before: readonly WorkCell[], after: readonly WorkCell[]): ReadonlyMap<string, WorkKey> {
  const [ids0, ids1] = [idsOf(before), idsOf(after)];
  const namesakes = new Map<string, Map<string, WorkKey>>();
  for (const { key } of [...before, ...after]) {
    if (key === null) continue;
    const name = JSON.stringify([key.place, key.label.toLowerCase()]);
    const group = namesakes.get(name) ?? new Map<string, WorkKey>();
    namesakes.set(name, group.set(key.id, key));
  }
  const rotated = new Map<string, WorkKey>();
  for (const group of namesakes.values()) {
    const keys = [...group.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const ended = keys.filter(({ id }) => ids0.has(id) && !ids1.has(id));
    const begun = keys.filter(({ id }) => ids1.has(id) && !ids0.has(id));
    const [first] = keys;
    if (first === undefined || keys.length < 2) continue;
    // One key may still end or begin outside these days: a key that runs on and a namesake that begins are one too.
    if (ended.length + begun.length > 0) for (const key of keys) rotated.set(key.id, first);
  }
  return rotated;
}

function idsOf(cells: readonly WorkCell[]): ReadonlySet<string> {
  return new Set(
    cells.flatMap(({ key, cost, quantity }) => (key === null || (cost === 0n && !quantity) ? [] : [key.id])),
  );
}
