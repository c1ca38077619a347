import type { DimensionSet } from '../ledger/charge.js';
import type { Condition } from './condition.js';
import { compileComparison } from './matchers.js';
import { referenceOf, valueInSet } from './reference.js';

/** What the answer of a condition may be on some day, as far as the set alone decides. */
interface Outlook {
  readonly canHold: boolean;
  readonly canFail: boolean;
}

const UNKNOWN: Outlook = { canHold: true, canFail: true };
const HOLDS: Outlook = { canHold: true, canFail: false };
const FAILS: Outlook = { canHold: false, canFail: true };

/**
 * Whether a condition could match a set on any day, whatever the directory and other dimensions say. True too
 * often, where these have a say, but never false where it does match.
 */
export function couldHold(condition: Condition): (set: DimensionSet) => boolean {
  const outlook = compile(condition);
  return (set) => outlook(set).canHold;
}

function compile(condition: Condition): (set: DimensionSet) => Outlook {
  if ('all' in condition) {
    const parts = condition.all.map(compile);
    return (set) => combine(parts, set, { canHold: 'every', canFail: 'some' });
  }
  if ('any' in condition) {
    const parts = condition.any.map(compile);
    return (set) => combine(parts, set, { canHold: 'some', canFail: 'every' });
  }
  if ('not' in condition) {
    const part = compile(condition.not);
    return (set) => {
      const { canHold, canFail } = part(set);
      return { canHold: canFail, canFail: canHold };
    };
  }
  if ('person' in condition) return () => UNKNOWN;
  const reference = referenceOf(condition);
  if (reference.kind === 'dimension') return () => UNKNOWN;
  const test = remembered(compileComparison(condition));
  return (set) => (test(valueInSet(set, reference)) ? HOLDS : FAILS);
}

function combine(
  parts: readonly ((set: DimensionSet) => Outlook)[],
  set: DimensionSet,
  how: Readonly<Record<keyof Outlook, 'every' | 'some'>>,
): Outlook {
  const outlooks = parts.map((part) => part(set));
  return {
    canHold: outlooks[how.canHold](({ canHold }) => canHold),
    canFail: outlooks[how.canFail](({ canFail }) => canFail),
  };
}

/** Thousands of sets share a value, and a pattern takes long to run. */
function remembered(test: (value: string | undefined) => boolean): (value: string | undefined) => boolean {
  const known = new Map<string | undefined, boolean>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const answer = test(value);
    known.set(value, answer);
    return answer;
  };
}
