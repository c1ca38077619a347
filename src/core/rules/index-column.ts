import type { Leaf } from './condition.js';
import type { Facts } from './facts.js';
import { compileComparison, foldCase, type ValueTest } from './matchers.js';
import type { CompiledRule } from './predicate.js';
import type { Reference } from './reference.js';

type Value = string | undefined;

/** One attribute, tag or dimension in the rule index: which rules are posted under which of its values. */
export class Column {
  readonly #reference: Reference;
  /** How many sets of the sample have a value. */
  readonly #counts = new Map<Value, number>();
  #foldedCounts: ReadonlyMap<string, number> | null = null;
  readonly #exact = new Map<string, CompiledRule[]>();
  readonly #folded = new Map<string, CompiledRule[]>();
  readonly #scans: { readonly test: ValueTest; readonly rule: CompiledRule }[] = [];
  readonly #rules = new Map<Value, readonly CompiledRule[]>();

  constructor(reference: Reference, sample: readonly Facts[]) {
    this.#reference = reference;
    for (const facts of sample)
      for (const value of distinct(facts.values(reference)))
        this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  get isDimension(): boolean {
    return this.#reference.kind === 'dimension';
  }

  get isUsed(): boolean {
    return this.#exact.size + this.#folded.size + this.#scans.length > 0;
  }

  /** How many sets of the sample satisfy a leaf; null when telling would take more tests than the budget. */
  costOf(leaf: Leaf, budget: number): number | null {
    const wanted = wantedBy(leaf);
    if (wanted === null) {
      if (this.#counts.size > budget) return null;
      const test = compileComparison(leaf);
      let cost = 0;
      for (const [value, count] of this.#counts) if (test(value)) cost += count;
      return cost;
    }
    let cost = 0;
    for (const value of wanted)
      cost +=
        (leaf.ignoreCase === true ? this.#countsFolded().get(foldCase(value)) : this.#counts.get(value)) ?? 0;
    return cost;
  }

  /** Has a rule tried wherever the leaf matches. All rules are posted before any are asked for. */
  post(leaf: Leaf, rule: CompiledRule): void {
    const wanted = wantedBy(leaf);
    if (wanted === null) this.#scans.push({ test: compileComparison(leaf), rule });
    else
      for (const value of wanted)
        if (leaf.ignoreCase === true) append(this.#folded, foldCase(value), rule);
        else append(this.#exact, value, rule);
  }

  /** The rules posted under the values that a set has: one list a value. */
  rulesFor(facts: Facts): readonly (readonly CompiledRule[])[] {
    return facts.values(this.#reference).map((value) => this.#rulesOf(value));
  }

  /** In order of precedence. */
  #rulesOf(value: Value): readonly CompiledRule[] {
    const known = this.#rules.get(value);
    if (known !== undefined) return known;
    const found = this.#scans.flatMap(({ test, rule }) => (test(value) ? [rule] : []));
    if (value !== undefined) {
      found.push(...(this.#exact.get(value) ?? []));
      if (this.#folded.size > 0) found.push(...(this.#folded.get(foldCase(value)) ?? []));
    }
    const rules = [...new Set(found)].toSorted((a, b) => a.order - b.order);
    this.#rules.set(value, rules);
    return rules;
  }

  #countsFolded(): ReadonlyMap<string, number> {
    if (this.#foldedCounts !== null) return this.#foldedCounts;
    const folded = new Map<string, number>();
    for (const [value, count] of this.#counts)
      if (value !== undefined) folded.set(foldCase(value), (folded.get(foldCase(value)) ?? 0) + count);
    this.#foldedCounts = folded;
    return folded;
  }
}

/** The texts that a leaf looks up; null where values must be tried one by one. */
function wantedBy(leaf: Leaf): readonly string[] | null {
  return leaf.is === undefined ? (leaf.in ?? null) : [leaf.is];
}

/** Most sets have one value only. */
function distinct(values: readonly Value[]): Iterable<Value> {
  return values.length > 1 ? new Set(values) : values;
}

function append(lists: Map<string, CompiledRule[]>, key: string, rule: CompiledRule): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [rule]);
  else if (list.at(-1) !== rule) list.push(rule);
}
