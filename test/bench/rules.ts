import { addDays } from '../../src/core/base/time.js';
import type { Condition } from '../../src/core/rules/condition.js';
import type { Rule, Ruleset } from '../../src/core/rules/rule.js';
import { BENCH_RANGE, type BenchCompany, VOCABULARY } from './company.js';
import { createRandom, type Random } from './random.js';

/**
 * Ordered rules of dimension team over the company's words: equals, in, prefix, contains, regex, exists and
 * nested conditions, some of them dated; the last one takes what a tag says.
 */
export function makeRules(company: BenchCompany, count: number): Ruleset {
  const random = createRandom(5_000 + count);
  const rules = Array.from({ length: count - 1 }, (_, i) => makeRule(random, company.keyNames, i));
  const tagged: Rule = {
    id: 'tagged',
    name: 'By its team tag',
    when: { attribute: 'tag:team', exists: true },
    allocateTo: { attribute: 'tag:team' },
  };
  return { version: 1, dimensions: [{ id: 'team', rules: [...rules, tagged] }] };
}

/** The nth edit of a ruleset: a rule in the middle matches something else and gives it to someone else. */
export function makeEdit(
  company: BenchCompany,
  ruleset: Ruleset,
  nth: number,
): { readonly rule: Rule; readonly edited: Ruleset } {
  const random = createRandom(9_000 + nth);
  const rules = ruleset.dimensions[0]?.rules ?? [];
  const at = random.below(rules.length - 1);
  const rule: Rule = {
    ...rules[at]!,
    when: makeCondition(random, company.keyNames),
    allocateTo: { value: `Team ${random.below(40)}` },
  };
  return { rule, edited: { version: 1, dimensions: [{ id: 'team', rules: rules.with(at, rule) }] } };
}

function makeRule(random: Random, keyNames: readonly string[], i: number): Rule {
  const from = addDays(BENCH_RANGE.from, random.below(390));
  return {
    id: `rule-${i}`,
    name: `Rule ${i}`,
    when: makeCondition(random, keyNames),
    allocateTo: { value: `Team ${random.below(40)}` },
    ...(random.next() < 0.05 ? { effective: { from } } : {}),
  };
}

function makeCondition(random: Random, keyNames: readonly string[]): Condition {
  const { areas, purposes, models, projects, envs } = VOCABULARY;
  const key = (): string => keyNames[random.below(keyNames.length)]!;
  const keyLeaf = (): Condition => ({ attribute: 'apiKeyName', is: key() });
  const project = (): Condition => ({ attribute: 'tag:project', is: random.pick(projects) });
  const area = random.pick(areas);
  const kind = random.next();
  if (kind < 0.45) return keyLeaf();
  if (kind < 0.6) return { attribute: 'apiKeyName', in: Array.from({ length: 2 + random.below(12) }, key) };
  if (kind < 0.72) return { attribute: 'apiKeyName', startsWith: key().slice(0, -1) };
  if (kind < 0.76) return { attribute: 'apiKeyName', contains: `-${key().slice(-5)}` };
  if (kind < 0.8) return { attribute: 'apiKeyName', matches: `^svc-${area}-.*0${random.below(100)}$` };
  if (kind < 0.82)
    return {
      all: [{ attribute: 'email', exists: true }, { attribute: 'model', is: random.pick(models) }, project()],
    };
  if (kind < 0.92)
    return {
      all: [
        { any: [keyLeaf(), { all: [project(), { attribute: 'tag:env', is: random.pick(envs) }] }] },
        { not: { attribute: 'model', is: random.pick(models) } },
        { attribute: 'apiKeyName', contains: random.pick(purposes) },
      ],
    };
  return {
    all: [
      { attribute: 'subAccountId', is: `workspace-${random.below(80)}` },
      { attribute: 'model', in: [random.pick(models), random.pick(models)] },
      { attribute: 'email', endsWith: `${random.below(90)}@LARKSPUR.test`, ignoreCase: true },
    ],
  };
}
