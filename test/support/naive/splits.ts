import type { MonthInput } from '../../../src/core/allocation/evaluate-month.js';
import type { Day } from '../../../src/core/base/time.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import type { Split } from '../../../src/core/rules/target.js';
import { World } from './allocation.js';

/** A part of a charge on its way through the dimensions. */
interface Slip {
  readonly setId: number;
  readonly day: Day;
  readonly currency: string;
  readonly amount: bigint;
  /** Owners in the dimensions so far. */
  readonly owners: Readonly<Record<string, string | null>>;
  readonly world: World;
  /** Whether a split of the dimension at hand gave it. */
  readonly given: boolean;
}

type Input = Omit<MonthInput, 'directory'> & { readonly data: DirectoryData };

/**
 * The oracle of splits, from the contract alone: every charge is a slip of paper; each dimension reads its rules
 * for each slip by itself and tears slips apart. Slow, and without any of core's code. Dimensions must be listed in
 * dependency order. Effective cost by `dimension currency owner`.
 */
export function splitNaively(input: Input): Map<string, bigint> {
  let slips = (input.money ?? []).map((cell): Slip => {
    const set = input.sets.find(({ setId }) => setId === cell.setId);
    const world = new World(input.data, set?.set ?? { attributes: {}, tags: {} }, cell.day);
    const { setId, day, currency, effectiveCost: amount } = cell;
    return { setId, day, currency, amount, owners: {}, world, given: false };
  });
  const totals = new Map<string, bigint>();
  for (const dimension of input.ruleset.dimensions) {
    slips = workOut(dimension, slips, input);
    for (const { owners, currency, amount } of slips) {
      const key = `${dimension.id} ${currency} ${owners[dimension.id] ?? 'Unallocated'}`;
      totals.set(key, (totals.get(key) ?? 0n) + amount);
    }
  }
  return new Map([...totals].filter(([, amount]) => amount !== 0n));
}

function workOut(
  dimension: Input['ruleset']['dimensions'][number],
  slips: readonly Slip[],
  input: Input,
): Slip[] {
  const { id, rules, shared = [] } = dimension;
  let owned: Slip[] = [];
  const waiting = new Map<string, Slip[]>();
  for (const slip of slips) {
    const world = at(slip);
    const rule = rules.find((each) => world.matches(each));
    if (rule !== undefined && 'split' in rule.allocateTo)
      waiting.set(rule.id, [...(waiting.get(rule.id) ?? []), slip]);
    else owned.push(withOwner(slip, id, rule === undefined ? null : world.target(rule.allocateTo), false));
  }
  for (const { id: ruleId, allocateTo } of rules) {
    if (!('split' in allocateTo)) continue;
    owned = [
      ...owned,
      ...tear({ id, slips: waiting.get(ruleId) ?? [], split: allocateTo.split, owned, closed: [], input }),
    ];
  }
  const closed: string[] = [];
  for (const { owner, split, effective } of shared) {
    closed.push(owner);
    const isIn = (slip: Slip) =>
      slip.owners[id] === owner &&
      (effective?.from === undefined || effective.from <= slip.day) &&
      (effective?.to === undefined || slip.day < effective.to);
    const taken = owned.filter(isIn);
    owned = owned.filter((slip) => !isIn(slip));
    owned = [...owned, ...tear({ id, slips: taken, split, owned, closed, input })];
  }
  return owned;
}

/** The world of a slip knows the owners that this part of the charge has. */
function at({ world, owners }: Slip): World {
  world.earlier.clear();
  for (const [dimension, owner] of Object.entries(owners)) world.earlier.set(dimension, owner);
  return world;
}

function withOwner(slip: Slip, dimension: string, owner: string | null, given: boolean): Slip {
  return { ...slip, owners: { ...slip.owners, [dimension]: owner }, given };
}

/** One split at work: on which slips, and what everybody owns at that moment. */
interface Step {
  readonly id: string;
  readonly slips: readonly Slip[];
  readonly split: Split;
  readonly owned: readonly Slip[];
  readonly closed: readonly string[];
  readonly input: Input;
}

function tear(step: Step): Slip[] {
  const { id, slips, split, closed } = step;
  return slips.flatMap((slip) => {
    const weights = weigh(slip, step).filter(([owner, weight]) => weight > 0n && !closed.includes(owner));
    if (weights.length === 0) return [withOwner(slip, id, split.fallback ?? null, true)];
    return divide(slip.amount, weights).map(([owner, amount]) =>
      withOwner({ ...slip, amount }, id, owner, true),
    );
  });
}

function weigh(slip: Slip, { id, split, owned, input }: Step): [string, bigint][] {
  if (split.method === 'even') return split.among.map((owner) => [owner, 1n]);
  if (split.method === 'fixed')
    return Object.entries(split.shares).map(([owner, share]) => [owner, BigInt(Math.round(share * 10))]);
  if (split.method === 'measure')
    return [...(input.measures?.get(split.measure) ?? [])].filter(
      ([label]) => split.among?.includes(label) ?? true,
    );
  const { where, partitionBy, base, among } = split;
  const partition = (of: Slip) => (partitionBy === undefined ? null : at(of).value(partitionBy));
  const own = partition(slip);
  const sums = new Map<string, bigint>();
  for (const other of owned) {
    const owner = other.owners[id] ?? null;
    if (owner === null || (other.given && base !== 'cumulative') || other.currency !== slip.currency)
      continue;
    if (!(among?.includes(owner) ?? true) || partition(other) !== own) continue;
    if (where !== undefined && !at(other).holds(where)) continue;
    sums.set(owner, (sums.get(owner) ?? 0n) + other.amount);
  }
  return [...sums];
}

/** Largest remainder; ties by name in code-point order (all names here are ASCII). */
function divide(amount: bigint, weights: [string, bigint][]): [string, bigint][] {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0n);
  const size = amount < 0n ? -amount : amount;
  const parts = weights.map(([owner, weight]) => ({
    owner,
    part: (size * weight) / total,
    left: (size * weight) % total,
  }));
  const missing = size - parts.reduce((sum, { part }) => sum + part, 0n);
  const first = parts
    .toSorted((a, b) => (a.left === b.left ? (a.owner < b.owner ? -1 : 1) : a.left > b.left ? -1 : 1))
    .slice(0, Number(missing));
  return parts.map(({ owner, part }) => {
    const whole = first.some((each) => each.owner === owner) ? part + 1n : part;
    return [owner, amount < 0n ? -whole : whole];
  });
}
