import type { Day, DayRange } from '../base/time.js';
import type { Condition, PersonTest } from './condition.js';
import { partsOf } from './dependencies.js';
import type { Facts } from './facts.js';
import { compileComparison } from './matchers.js';
import { referenceOf } from './reference.js';
import type { Rule } from './rule.js';

type Predicate = (facts: Facts, day: Day) => boolean;

/** A rule ready to be run. `order` is its precedence: 0 goes first. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly order: number;
  readonly matches: Predicate;
  /** Whether the condition's answer may differ from day to day. */
  readonly dated: boolean;
}

/** @throws AppError `invalid` for a pattern that cannot be run: check the ruleset first. */
export function compileRules(rules: readonly Rule[]): readonly CompiledRule[] {
  return rules.map((rule, order) => ({
    rule,
    order,
    matches: compileCondition(rule.when),
    dated: isDated(rule.when),
  }));
}

/** The parts of a range, ascending, in which the rule is in force and its condition matches. */
export function matchingRanges(compiled: CompiledRule, facts: Facts, range: DayRange): readonly DayRange[] {
  const { from, to } = compiled.rule.effective ?? {};
  const inForce: DayRange = {
    from: from !== undefined && from > range.from ? from : range.from,
    to: to !== undefined && to < range.to ? to : range.to,
  };
  if (inForce.from >= inForce.to) return [];
  if (!compiled.dated) return compiled.matches(facts, inForce.from) ? [inForce] : [];
  return facts.segments(inForce).filter((segment) => compiled.matches(facts, segment.from));
}

/** Makes the test of one condition. @throws AppError `invalid` for a pattern that cannot be run. */
export function compileCondition(condition: Condition): Predicate {
  if ('all' in condition) {
    const parts = condition.all.map(compileCondition);
    return (facts, day) => parts.every((matches) => matches(facts, day));
  }
  if ('any' in condition) {
    const parts = condition.any.map(compileCondition);
    return (facts, day) => parts.some((matches) => matches(facts, day));
  }
  if ('not' in condition) {
    const matches = compileCondition(condition.not);
    return (facts, day) => !matches(facts, day);
  }
  if ('person' in condition) return compilePersonTest(condition.person);
  const reference = referenceOf(condition);
  const test = compileComparison(condition);
  return (facts, day) => test(facts.value(reference, day));
}

/** False of a charge that belongs to no person; a key that belongs to a team is nobody's in particular. */
function compilePersonTest({ team, costCentre, reportsTo }: PersonTest): Predicate {
  return ({ set, directory }, day) => {
    const owner = directory.ownerOf(set, day);
    if (owner.kind !== 'person') return false;
    if (reportsTo !== undefined) return directory.reportsTo(owner.person.email, reportsTo, day);
    const { email } = owner.person;
    if (team === undefined) return directory.costCentreOn(email, day) === costCentre;
    return directory.membershipOn(email, day)?.team === team;
  };
}

function isDated(condition: Condition): boolean {
  if ('person' in condition) return true;
  if ('attribute' in condition || 'dimension' in condition)
    return referenceOf(condition).kind === 'dimension';
  return partsOf(condition).some(isDated);
}
