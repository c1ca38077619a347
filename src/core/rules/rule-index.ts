import type { Condition, Leaf } from './condition.js';
import type { Facts } from './facts.js';
import { compileComparison, foldCase } from './matchers.js';
import type { CompiledRule } from './predicate.js';
import { type Reference, referenceOf } from './reference.js';

/** Finds, for a dimension set, the few rules that could match it. */
export interface RuleIndex {
  /** In order of precedence. Every rule that matches the set on some day is among them. */
  candidates(facts: Facts): readonly CompiledRule[];
}

/** One value of a column: how many subjects have it, and which rules are posted under it. */
interface Bucket {
  readonly value: string | undefined;
  subjects: number;
  readonly posted: CompiledRule[];
}

/**
 * Each rule has an anchor: leaves one of which must hold wherever the rule matches. The rule is posted under the
 * values that satisfy them, so a set only meets the rules posted under its own values. Of several possible
 * anchors the rarest is taken. Rules without an anchor (a bare `not`, a person) are candidates everywhere.
 * @param subjects all sets that candidates will be asked for.
 */
export function createRuleIndex(rules: readonly CompiledRule[], subjects: readonly Facts[]): RuleIndex {
  const columns = new Columns(subjects);
  const everywhere: CompiledRule[] = [];
  for (const rule of rules) {
    const anchor = findAnchor(rule.rule.when, columns, Number.POSITIVE_INFINITY);
    if (anchor === null) everywhere.push(rule);
    else for (const bucket of new Set(anchor.buckets)) bucket.posted.push(rule);
  }
  return {
    candidates(facts) {
      const found = new Set(everywhere);
      for (const bucket of columns.bucketsOf(facts)) for (const rule of bucket.posted) found.add(rule);
      return [...found].toSorted((a, b) => a.order - b.order);
    },
  };
}

interface Anchor {
  readonly buckets: readonly Bucket[];
  /** How many sets would have to be looked at. */
  readonly cost: number;
}

/** The cheapest anchor of a condition; null when it has none, or none is worth looking for within the budget. */
function findAnchor(condition: Condition, columns: Columns, budget: number): Anchor | null {
  if ('all' in condition) return cheapest(condition.all, columns, budget);
  if ('any' in condition) {
    const anchors: Anchor[] = [];
    for (const part of condition.any) {
      const anchor = findAnchor(part, columns, budget);
      if (anchor === null) return null;
      anchors.push(anchor);
    }
    return toAnchor(anchors.flatMap((anchor) => anchor.buckets));
  }
  if ('not' in condition || 'person' in condition) return null;
  return columns.anchorOf(condition, budget);
}

function cheapest(parts: readonly Condition[], columns: Columns, budget: number): Anchor | null {
  let best: Anchor | null = null;
  // Leaves that are looked up come first: a scan of values is only worth its cost where these are poor.
  for (const part of [...parts.filter(isLookup), ...parts.filter((part) => !isLookup(part))]) {
    const anchor = findAnchor(part, columns, Math.min(budget, best?.cost ?? budget));
    if (anchor !== null && (best === null || anchor.cost < best.cost)) best = anchor;
  }
  return best;
}

function isLookup(condition: Condition): boolean {
  if (!('attribute' in condition || 'dimension' in condition)) return false;
  return condition.is !== undefined || condition.in !== undefined;
}

function toAnchor(buckets: readonly Bucket[]): Anchor {
  return { buckets, cost: buckets.reduce((sum, bucket) => sum + bucket.subjects, 0) };
}

/** The values that the subjects have, by reference; a column is gathered when the first leaf looks at it. */
class Columns {
  readonly #subjects: readonly Facts[];
  readonly #columns = new Map<string, Column>();

  constructor(subjects: readonly Facts[]) {
    this.#subjects = subjects;
  }

  /** Null when finding out would take more tests than the budget says it could save. */
  anchorOf(leaf: Leaf, budget: number): Anchor | null {
    const reference = referenceOf(leaf);
    const key = JSON.stringify(reference);
    let column = this.#columns.get(key);
    if (column === undefined) {
      column = new Column(reference, this.#subjects);
      this.#columns.set(key, column);
    }
    const wanted = leaf.is === undefined ? leaf.in : [leaf.is];
    if (wanted !== undefined) return toAnchor(column.lookUp(wanted, leaf.ignoreCase === true));
    if (column.size > budget) return null;
    const test = compileComparison(leaf);
    return toAnchor(column.scan(test));
  }

  *bucketsOf(facts: Facts): Iterable<Bucket> {
    for (const column of this.#columns.values()) yield* column.bucketsOf(facts);
  }
}

class Column {
  readonly #reference: Reference;
  readonly #buckets = new Map<string | undefined, Bucket>();
  #folded: Map<string, Bucket[]> | null = null;

  constructor(reference: Reference, subjects: readonly Facts[]) {
    this.#reference = reference;
    for (const facts of subjects) {
      for (const value of new Set(facts.values(reference))) {
        const bucket = this.#buckets.get(value) ?? { value, subjects: 0, posted: [] };
        bucket.subjects += 1;
        this.#buckets.set(value, bucket);
      }
    }
  }

  get size(): number {
    return this.#buckets.size;
  }

  lookUp(wanted: readonly string[], ignoreCase: boolean): readonly Bucket[] {
    if (ignoreCase) return wanted.flatMap((value) => this.#foldedBuckets().get(foldCase(value)) ?? []);
    return wanted.flatMap((value) => this.#buckets.get(value) ?? []);
  }

  scan(test: (value: string | undefined) => boolean): readonly Bucket[] {
    const found: Bucket[] = [];
    for (const bucket of this.#buckets.values()) if (test(bucket.value)) found.push(bucket);
    return found;
  }

  *bucketsOf(facts: Facts): Iterable<Bucket> {
    for (const value of facts.values(this.#reference)) {
      const bucket = this.#buckets.get(value);
      if (bucket !== undefined) yield bucket;
    }
  }

  #foldedBuckets(): ReadonlyMap<string, Bucket[]> {
    if (this.#folded !== null) return this.#folded;
    const folded = new Map<string, Bucket[]>();
    for (const bucket of this.#buckets.values()) {
      if (bucket.value === undefined) continue;
      const key = foldCase(bucket.value);
      folded.set(key, [...(folded.get(key) ?? []), bucket]);
    }
    this.#folded = folded;
    return folded;
  }
}
