import { absolute, compareBigint, compareText, type Nanos, sumNanos } from '../base/money.js';
import { type Cell, pairCells } from './pairs.js';
import type { WorkCell } from './work.js';

/** Why spend changed; each cause is distinguished from the others exactly. */
const CHANGE_CAUSES = [
  'new-keys',
  'lost-keys',
  'volume',
  'model-mix',
  'token-mix',
  'rate',
  'other',
  're-allocation',
] as const;
export type ChangeCause = (typeof CHANGE_CAUSES)[number];

/** One period of a comparison. */
export interface ChangePeriod {
  readonly cells: readonly WorkCell[];
  /** What the period is said to have cost; the difference to its cells is money that rules have moved since. */
  readonly total: Nanos;
}

/** What one thing contributes to a cause: a key, a model, or a model's token type. */
interface ChangeDetail {
  readonly label: string;
  readonly amount: Nanos;
}

/** One cause of a change; its details add up to it, largest first. */
interface ChangePart {
  readonly cause: ChangeCause;
  readonly amount: Nanos;
  readonly details: readonly ChangeDetail[];
}

/** A change taken apart: one part per cause, in the order of CHANGE_CAUSES, which add up to `delta` to the nano. */
export interface ChangeExplanation {
  readonly before: Nanos;
  readonly after: Nanos;
  readonly delta: Nanos;
  readonly parts: readonly ChangePart[];
}

/** Fixed point: quantities in millionths, prices in 1e-24 nanos a millionth. No float touches money. */
const SCALE = 10n ** 24n;

interface Leaf {
  readonly cause: ChangeCause;
  readonly label: string;
  /** Nanos x SCALE. */
  readonly amount: bigint;
}

/**
 * Takes a change apart into new and lost keys, volume, model mix, token-type mix, rate, money without a quantity and
 * re-allocation. Differences of products split as (mean of a) db + (mean of b) da at each level, so that the parts
 * add up exactly and swapping the periods flips every sign. A rotated key is one key (see `pairCells`).
 */
export function explainChange(before: ChangePeriod, after: ChangePeriod): ChangeExplanation {
  const cells = pairCells(before.cells, after.cells);
  const delta = after.total - before.total;
  const moved =
    delta - (sumNanos(after.cells.map(({ cost }) => cost)) - sumNanos(before.cells.map(({ cost }) => cost)));
  const leaves = [
    ...[...groupBy(cells, ({ key }) => key?.id ?? '').values()].flatMap(leavesOfKey),
    { cause: 're-allocation' as const, label: '', amount: moved * SCALE },
  ];
  return { before: before.total, after: after.total, delta, parts: toParts(leaves, delta) };
}

function leavesOfKey(cells: readonly Cell[]): readonly Leaf[] {
  const key = cells[0]?.key ?? null;
  const label = key?.label ?? '';
  const sum = (pick: (cell: Cell) => bigint): bigint => sumNanos(cells.map(pick));
  const isIn = (pick: (cell: Cell) => boolean): boolean => cells.some(pick);
  const was = isIn(({ cost0, quantity0 }) => cost0 !== 0n || quantity0 !== 0n);
  const is = isIn(({ cost1, quantity1 }) => cost1 !== 0n || quantity1 !== 0n);
  if (key !== null && !was) return [{ cause: 'new-keys', label, amount: sum(({ cost1 }) => cost1) * SCALE }];
  if (key !== null && !is) return [{ cause: 'lost-keys', label, amount: -sum(({ cost0 }) => cost0) * SCALE }];
  const unmeasured: Leaf = {
    cause: 'other',
    label,
    amount: sum((cell) => cell.unmeasured1 - cell.unmeasured0) * SCALE,
  };
  const measured = cells.filter(({ quantity0, quantity1 }) => quantity0 !== 0n || quantity1 !== 0n);
  return [
    unmeasured,
    ...[...groupBy(measured, ({ unit }) => unit ?? '').values()].flatMap((unit) => leavesOfUnit(label, unit)),
  ];
}

interface Priced extends Cell {
  /** Means and ends of the price, scaled; a period without the cell borrows the other's price. */
  readonly price0: bigint;
  readonly price1: bigint;
}

/** a / b in fixed point; 0 where there is nothing to divide by. */
function scaledRatio(a: bigint, b: bigint): bigint {
  return b === 0n ? 0n : (a * SCALE) / b;
}

function priced(cell: Cell): Priced {
  const { quantity0, quantity1 } = cell;
  const own0 = scaledRatio(cell.cost0 - cell.unmeasured0, quantity0);
  const own1 = scaledRatio(cell.cost1 - cell.unmeasured1, quantity1);
  return { ...cell, price0: quantity0 === 0n ? own1 : own0, price1: quantity1 === 0n ? own0 : own1 };
}

interface ModelFigures {
  readonly model: string;
  readonly quantity0: bigint;
  readonly quantity1: bigint;
  /** What a unit costs at mean prices with the token types of each period, scaled. */
  readonly blend0: bigint;
  readonly blend1: bigint;
}

function modelFigures(model: string, cells: readonly Priced[]): ModelFigures {
  const quantity0 = sumNanos(cells.map((cell) => cell.quantity0));
  const quantity1 = sumNanos(cells.map((cell) => cell.quantity1));
  const worth = (pick: (cell: Priced) => bigint): bigint =>
    sumNanos(cells.map((cell) => (pick(cell) * (cell.price0 + cell.price1)) / 2n));
  const own0 = quantity0 === 0n ? 0n : worth((cell) => cell.quantity0) / quantity0;
  const own1 = quantity1 === 0n ? 0n : worth((cell) => cell.quantity1) / quantity1;
  return {
    model,
    quantity0,
    quantity1,
    blend0: quantity0 === 0n ? own1 : own0,
    blend1: quantity1 === 0n ? own0 : own1,
  };
}

/** The work of one key that is measured in one unit. */
function leavesOfUnit(label: string, cells: readonly Cell[]): readonly Leaf[] {
  const all = cells.map(priced);
  const models = [...groupBy(all, ({ model }) => model)].map(([model, own]) => modelFigures(model, own));
  const total0 = sumNanos(models.map(({ quantity0 }) => quantity0));
  const total1 = sumNanos(models.map(({ quantity1 }) => quantity1));
  const shares = models.map((model) => {
    const own0 = scaledRatio(model.quantity0, total0);
    const own1 = scaledRatio(model.quantity1, total1);
    return { share0: total0 === 0n ? own1 : own0, share1: total1 === 0n ? own0 : own1 };
  });
  const mean = sumNanos(
    models.map(({ blend0, blend1 }, i) => {
      const { share0, share1 } = shares[i] ?? { share0: 0n, share1: 0n };
      return ((share0 + share1) * (blend0 + blend1)) / (4n * SCALE);
    }),
  );
  return [
    ...all.map(({ model, meter, quantity0, quantity1, price0, price1 }): Leaf => {
      return {
        cause: 'rate',
        label: `${model}, ${meter}`,
        amount: ((quantity0 + quantity1) * (price1 - price0)) / 2n,
      };
    }),
    ...models.map(({ model, quantity0, quantity1, blend0, blend1 }): Leaf => {
      return { cause: 'token-mix', label: model, amount: ((quantity0 + quantity1) * (blend1 - blend0)) / 2n };
    }),
    // Against the key's mean price: shares add up to one, so the sum stays and each model tells its own effect.
    ...models.map(({ model, blend0, blend1 }, i): Leaf => {
      const { share0, share1 } = shares[i] ?? { share0: 0n, share1: 0n };
      const aboveMean = (blend0 + blend1) / 2n - mean;
      return {
        cause: 'model-mix',
        label: model,
        amount: ((total0 + total1) * (share1 - share0) * aboveMean) / (2n * SCALE),
      };
    }),
    { cause: 'volume', label, amount: (total1 - total0) * mean },
  ];
}

function toParts(leaves: readonly Leaf[], delta: Nanos): readonly ChangePart[] {
  const byCause = groupBy(leaves, ({ cause }) => cause);
  const exact = CHANGE_CAUSES.map((cause) =>
    sumNanos((byCause.get(cause) ?? []).map(({ amount }) => amount)),
  );
  const amounts = roundToTotal(exact, SCALE, delta);
  return CHANGE_CAUSES.map((cause, i) => {
    const amount = amounts[i] ?? 0n;
    return { cause, amount, details: toDetails(byCause.get(cause) ?? [], amount) };
  });
}

/** Leaves of one label joined, largest first; what comes to nothing is left out. */
function toDetails(leaves: readonly Leaf[], amount: Nanos): readonly ChangeDetail[] {
  const byLabel = [...groupBy(leaves, ({ label }) => label)].toSorted(([a], [b]) => compareText(a, b));
  const exact = byLabel.map(([, own]) => sumNanos(own.map((leaf) => leaf.amount)));
  const amounts = roundToTotal(exact, SCALE, amount);
  return byLabel
    .map(([label], i) => ({ label, amount: amounts[i] ?? 0n }))
    .filter((detail) => detail.amount !== 0n && detail.label !== '')
    .toSorted((a, b) => compareBigint(sizeOf(b), sizeOf(a)));
}

function sizeOf({ amount }: ChangeDetail): Nanos {
  return absolute(amount);
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The parts as whole multiples of `step` (a cent is 10,000,000 nanos), which still add up to the rounded change. */
export function printedParts(
  explanation: ChangeExplanation,
  step: Nanos,
): readonly { readonly cause: ChangeCause; readonly amount: Nanos }[] {
  const { delta, parts } = explanation;
  const half = delta < 0n ? -step / 2n : step / 2n;
  const steps = roundToTotal(
    parts.map(({ amount }) => amount),
    step,
    (delta + half) / step,
  );
  return parts.map(({ cause }, i) => ({ cause, amount: (steps[i] ?? 0n) * step }));
}

/**
 * Divides fixed-point amounts by `scale` into integers that add up to `total`, which the exact sum must be near:
 * cut towards zero, then by largest remainder, ties by position. Negating all of it negates the result.
 */
function roundToTotal(exact: readonly bigint[], scale: bigint, total: bigint): readonly bigint[] {
  const whole = exact.map((amount) => amount / scale);
  const left = total - whole.reduce((sum, amount) => sum + amount, 0n);
  const step = left < 0n ? -1n : 1n;
  const order = exact
    .map((amount, index) => ({ index, remainder: (amount % scale) * step }))
    .toSorted((a, b) => compareBigint(b.remainder, a.remainder) || a.index - b.index);
  const rounded = [...whole];
  for (let given = 0n; given < left * step; given += 1n) {
    const at = order[Number(given % BigInt(Math.max(1, order.length)))];
    if (at === undefined) break;
    rounded[at.index] = (rounded[at.index] ?? 0n) + step;
  }
  return rounded;
}

/** Each cause in the words of a reader who has never heard of price, volume and mix. */
export const CAUSE_WORDS: Readonly<Record<ChangeCause, string>> = {
  'new-keys': 'New keys',
  'lost-keys': 'Keys no longer used',
  volume: 'Amount of work',
  'model-mix': 'Choice of models',
  'token-mix': 'Kinds of tokens',
  rate: 'Prices',
  other: 'Credits and fees',
  're-allocation': 'Moved by rules',
};
