import { assertNever } from '../base/errors.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { Condition, Leaf } from './condition.js';
import type { Facts } from './facts.js';
import { Column } from './index-column.js';
import type { CompiledRule } from './predicate.js';
import { type Reference, referenceOf } from './reference.js';

/** Finds, for a dimension set, the few rules that could match it. */
export interface RuleIndex {
  /** In order of precedence. Every rule that matches the set on some day is among them. */
  candidates(facts: Facts): readonly CompiledRule[];
}

/**
 * Each rule has an anchor: leaves one of which must match wherever the rule matches. The rule is posted under the
 * values that satisfy them, so a set only meets the rules posted under its own values. Of several possible
 * anchors the rarest is taken. Rules without an anchor (a bare `not`, a person) are candidates everywhere.
 * @param sample sets like those that candidates will be asked for: they show what is rare. Any others may be asked
 * for as well; what a value means is found out when it is first met, and kept.
 */
export function createRuleIndex(rules: readonly CompiledRule[], sample: readonly Facts[]): RuleIndex {
  const columns = new Columns(sample);
  const everywhere: CompiledRule[] = [];
  for (const rule of rules) {
    const anchor = findAnchor(rule.rule.when, columns, Number.POSITIVE_INFINITY);
    if (anchor === null) everywhere.push(rule);
    else for (const { column, leaf } of anchor.posts) column.post(leaf, rule);
  }
  const used = columns.used();
  const find = (facts: Facts): readonly CompiledRule[] => {
    const found = used.flatMap((column) => column.rulesFor(facts)).filter((list) => list.length > 0);
    const [first = everywhere] = found;
    if (found.length < 2 && (everywhere.length === 0 || first === everywhere)) return first;
    return [...new Set([...everywhere, ...found.flat()])].toSorted((a, b) => a.order - b.order);
  };
  // A set's own values never change, so what they lead to is worked out once for all months.
  if (used.some((column) => column.isDimension)) return { candidates: find };
  const known = new WeakMap<DimensionSet, readonly CompiledRule[]>();
  return {
    candidates(facts) {
      const before = known.get(facts.set);
      if (before !== undefined) return before;
      const found = find(facts);
      known.set(facts.set, found);
      return found;
    },
  };
}

interface Anchor {
  readonly posts: readonly { readonly column: Column; readonly leaf: Leaf }[];
  /** How many sets of the sample would have to be looked at. */
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
    return {
      posts: anchors.flatMap(({ posts }) => posts),
      cost: anchors.reduce((sum, { cost }) => sum + cost, 0),
    };
  }
  if ('not' in condition || 'person' in condition) return null;
  const column = columns.of(referenceOf(condition));
  const cost = column.costOf(condition, budget);
  return cost === null ? null : { posts: [{ column, leaf: condition }], cost };
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

/** The columns that rules look at, made when the first leaf does. */
class Columns {
  readonly #sample: readonly Facts[];
  readonly #columns = new Map<string, Column>();

  constructor(sample: readonly Facts[]) {
    this.#sample = sample;
  }

  of(reference: Reference): Column {
    const key = keyOf(reference);
    let column = this.#columns.get(key);
    if (column === undefined) {
      column = new Column(reference, this.#sample);
      this.#columns.set(key, column);
    }
    return column;
  }

  /** Those that rules are posted in. */
  used(): readonly Column[] {
    return [...this.#columns.values()].filter((column) => column.isUsed);
  }
}

function keyOf(reference: Reference): string {
  switch (reference.kind) {
    case 'attribute':
      return `attribute:${reference.name}`;
    case 'tag':
      return `tag:${reference.key}`;
    case 'dimension':
      return `dimension:${reference.id}`;
    default:
      return assertNever(reference);
  }
}
