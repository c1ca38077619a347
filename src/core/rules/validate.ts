import { AppError, invalid } from '../base/errors.js';
import type { Condition, Leaf } from './condition.js';
import { orderDimensions, partsOf, ruleName, splitsOf } from './dependencies.js';
import { describeIssues } from './issues.js';
import { compileComparison } from './matchers.js';
import { referenceOf } from './reference.js';
import { type DimensionRules, MOST_RULES, type Pool, type Rule, Ruleset } from './rule.js';
import { type Split, UNALLOCATED } from './target.js';

/** How deep conditions may be nested. */
const MAX_DEPTH = 20;
/** How many conditions (leaves and groups) one rule, and all rules together, may have. */
const MAX_NODES_OF_RULE = 2_000;
const MAX_NODES = 500_000;

/**
 * Reads a ruleset from outside (a parsed YAML or JSON file, `file` names it) and checks it wholly.
 * @throws AppError `invalid` with a sentence that names the dimension, the rule and the path.
 */
export function parseRuleset(input: unknown, file = 'The rules'): Ruleset {
  refuseTooMany(input, file);
  // The schema is recursive: what is too deep for it must be refused before it is read.
  refuseDeepInput(input);
  const parsed = Ruleset.safeParse(input);
  if (!parsed.success) return invalid(`${file} cannot be read: ${describeIssues(parsed.error, input)}`);
  checkRuleset(parsed.data);
  return parsed.data;
}

/** Before anything of it is read: to look at each of a hundred thousand rules takes minutes. */
function refuseTooMany(input: unknown, file: string): void {
  const dimensions: unknown =
    typeof input === 'object' && input !== null && 'dimensions' in input ? input.dimensions : [];
  for (const dimension of Array.isArray(dimensions) ? (dimensions as readonly unknown[]) : []) {
    const rules =
      typeof dimension === 'object' && dimension !== null && 'rules' in dimension ? dimension.rules : [];
    if (Array.isArray(rules) && rules.length > MOST_RULES)
      invalid(
        `${file}: a dimension has ${rules.length} rules; ${MOST_RULES} are the most. One rule with a list (in: [..]) does the work of many.`,
      );
  }
}

/**
 * Checks what the schema cannot: ids are unique, dimensions that rules look at exist and do not look at each
 * other in a circle, patterns can be run, conditions are not too deep or too many, shared costs flow one way.
 * @throws AppError `invalid` with a sentence that names the dimension and the rule.
 */
export function checkRuleset(ruleset: Ruleset): void {
  refuseDuplicates(
    ruleset.dimensions,
    (id) => `There are two dimensions with the id "${id}"; join their rules.`,
  );
  let nodes = 0;
  for (const dimension of ruleset.dimensions) {
    const rules = [...dimension.rules, ...(dimension.shared ?? [])];
    refuseDuplicates(
      rules,
      (id) => `Dimension ${dimension.id} has two rules with the id "${id}"; give one of them another id.`,
    );
    for (const rule of rules) nodes += checkRule(dimension, rule);
    checkPools(dimension);
  }
  if (nodes > MAX_NODES)
    invalid(`The rules have ${nodes} conditions in all; at most ${MAX_NODES} are allowed.`);
  orderDimensions(ruleset);
}

/** Checks one rule by itself and counts its conditions. */
function checkRule(dimension: DimensionRules, rule: Rule | Pool): number {
  const name = ruleName(dimension, rule);
  let nodes = 0;
  const visit = (condition: Condition, depth: number): void => {
    nodes += 1;
    if (depth > MAX_DEPTH) invalid(`${name} nests its conditions deeper than ${MAX_DEPTH}; flatten them.`);
    if (nodes > MAX_NODES_OF_RULE)
      invalid(`${name} has more than ${MAX_NODES_OF_RULE} conditions; use "in" with a list instead.`);
    if ('attribute' in condition || 'dimension' in condition) checkLeaf(name, condition);
    for (const part of partsOf(condition)) visit(part, depth + 1);
  };
  if ('when' in rule) visit(rule.when, 1);
  for (const split of splitsOf(rule))
    if (split.method === 'proportional' && split.where !== undefined) visit(split.where, 1);
  return nodes;
}

function checkLeaf(name: string, leaf: Leaf): void {
  const wanted = [leaf.is, ...(leaf.in ?? [])];
  if (referenceOf(leaf).kind === 'dimension' && wanted.includes(UNALLOCATED))
    invalid(`${name} compares a dimension with "${UNALLOCATED}"; write exists: false instead.`);
  try {
    compileComparison(leaf);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid')
      throw new AppError('invalid', `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function refuseDuplicates(items: readonly { readonly id: string }[], sentence: (id: string) => string): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) invalid(sentence(id));
    seen.add(id);
  }
}

/** Each condition adds two levels (`all` and its list); around the conditions a ruleset has eight more. */
const MAX_INPUT_DEPTH = 2 * MAX_DEPTH + 12;
const MAX_INPUT_VALUES = 5_000_000;

function refuseDeepInput(input: unknown): void {
  let values = 0;
  const visit = (value: unknown, depth: number): void => {
    values += 1;
    if (depth > MAX_INPUT_DEPTH)
      invalid(`The rules are nested too deeply: conditions may be ${MAX_DEPTH} deep.`);
    if (values > MAX_INPUT_VALUES) invalid(`The rules are too large: more than ${MAX_INPUT_VALUES} values.`);
    if (typeof value === 'object' && value !== null)
      for (const item of Object.values(value)) visit(item, depth + 1);
  };
  visit(input, 0);
}

/**
 * Shared costs flow one way: no pool gives to its own owner by a fixed share or as a fallback (in `among` it is
 * just left out), and none names the owner of a pool before it, whose money has been passed on already.
 * @throws AppError `invalid` naming dimension, pool and owner.
 */
function checkPools(dimension: DimensionRules): void {
  const passedOn = new Map<string, Pool>();
  for (const pool of dimension.shared ?? []) {
    const named = namedOwners(pool.split);
    for (const owner of pool.split.method === 'fixed' ? named : [pool.split.fallback])
      if (owner === pool.owner)
        invalid(`${ruleName(dimension, pool)} gives ${owner} its own money back; take ${owner} out of it.`);
    for (const owner of named) {
      const earlier = passedOn.get(owner);
      if (earlier !== undefined && owner !== pool.owner)
        invalid(
          `${ruleName(dimension, pool)} gives to ${owner}, whose money "${earlier.id}" has passed on before; take ${owner} out of it or put this one first.`,
        );
    }
    passedOn.set(pool.owner, pool);
  }
}

/** Every owner that a split names. */
function namedOwners(split: Split): readonly string[] {
  const among = split.method === 'fixed' ? Object.keys(split.shares) : (split.among ?? []);
  return split.fallback === undefined ? among : [...among, split.fallback];
}
