import { allocateMonth } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece, SetMoney } from '../../../src/core/allocation/allocation.js';
import type { MonthInput } from '../../../src/core/allocation/evaluate-month.js';
import { formatNanos, parseNanos } from '../../../src/core/base/money.js';
import { parseMonth } from '../../../src/core/base/time.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Split } from '../../../src/core/rules/target.js';
import { day, directoryData } from './directory.js';
import { monthSet } from './rules.js';

const OCTOBER = parseMonth('2026-10');

/** One charge: what it says of itself as tags, and its cost. */
export interface Spent {
  readonly tags: Readonly<Record<string, string>>;
  readonly cost: string;
  /** 5 October 2026, unless said. */
  readonly on?: string;
  readonly currency?: string;
  readonly billed?: string;
}

/** A month of charges, each with a set of its own, as the allocation wants them. */
export function monthOfCharges(
  charges: readonly Spent[],
): Pick<MonthInput, 'month' | 'sets' | 'directory'> & { readonly money: readonly SetMoney[] } {
  return {
    month: OCTOBER,
    directory: createDirectory(directoryData({})),
    sets: charges.map(({ tags }, index) => monthSet(index + 1, { attributes: {}, tags })),
    money: charges.map(({ cost, billed = cost, on = '2026-10-05', currency = 'USD' }, index) => ({
      setId: index + 1,
      day: day(on),
      billId: currency === 'USD' ? 1 : 2,
      currency,
      effectiveCost: parseNanos(cost),
      billedCost: parseNanos(billed),
      listCost: parseNanos(cost),
    })),
  };
}

/** Effective cost by `currency owner` of one dimension, as decimals. */
export function shareOut(
  ruleset: Ruleset,
  charges: readonly Spent[],
  more: { readonly dimension?: string; readonly measures?: MonthInput['measures'] } = {},
): Record<string, string> {
  const input = monthOfCharges(charges);
  const measures = more.measures === undefined ? {} : { measures: more.measures };
  const pieces = allocateMonth({ ...input, ruleset, ...measures });
  return totals(pieces, input.money, more.dimension ?? 'team');
}

/** Sums of pieces over a month's money, by owner; `USD ` is left off. */
function totals(
  pieces: readonly AllocationPiece[],
  money: readonly SetMoney[],
  dimension: string,
): Record<string, string> {
  const sums = new Map<string, bigint>();
  const add = (currency: string, owner: string | null, cost: bigint): void => {
    const key = `${currency === 'USD' ? '' : `${currency} `}${owner ?? 'Unallocated'}`;
    sums.set(key, (sums.get(key) ?? 0n) + cost);
  };
  for (const piece of pieces.filter((each) => each.dimension === dimension)) {
    for (const { target, cells } of piece.split ?? [])
      for (const cell of cells) add(cell.currency, target, cell.effectiveCost);
    if (piece.split !== undefined) continue;
    for (const cell of money)
      if (cell.setId === piece.setId && piece.from <= cell.day && cell.day < piece.to)
        add(cell.currency, piece.target, cell.effectiveCost);
  }
  return Object.fromEntries([...sums].map(([owner, sum]) => [owner, formatNanos(sum)]));
}

/** Charges tagged with an owner go to it. */
export const OWNED: Rule = {
  id: 'owned',
  name: 'Owned',
  when: { attribute: 'tag:owner', exists: true },
  allocateTo: { attribute: 'tag:owner' },
};

/** Charges with `tag:shared` of a value are split. */
export function shared(value: string, split: Split): Rule {
  return { id: value, name: value, when: { attribute: 'tag:shared', is: value }, allocateTo: { split } };
}
