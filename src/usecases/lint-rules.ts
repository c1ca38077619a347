import { allocateWithFindings } from '../core/allocation/allocate.js';
import type { NegativeWeight } from '../core/allocation/allocation.js';
import { formatNanos } from '../core/money.js';
import { createLinter, type IdleRule } from '../core/rules/lint.js';
import type { Ruleset } from '../core/rules/rule.js';
import type { Month } from '../core/time.js';
import type { Context } from './context.js';
import { readCompany, readMonth } from './read-month.js';

/** Something about a rule to look at, in a sentence. */
export interface LintFinding {
  readonly dimension: string;
  readonly ruleId: string;
  /** It does nothing (see `IdleRule`), or it met a weight below zero and took it for zero. */
  readonly why: IdleRule['why'] | 'negative-weight';
  readonly name: string;
  /** What happened in which month; null for what holds of all of them. */
  readonly month: Month | null;
  readonly sentence: string;
}

/** Tries the ruleset in force on every month of the ledger: rules that never win, weights that make no sense. */
export async function lintRules(context: Context): Promise<readonly LintFinding[]> {
  const { ruleset } = await context.store.currentRuleset();
  const company = await readCompany(context);
  const linter = createLinter(ruleset);
  const negative: NegativeWeight[] = [];
  for (const month of await context.store.listMonths()) {
    const facts = await readMonth(context, month, { rulesets: [ruleset], company });
    negative.push(...allocateWithFindings({ ...facts, ruleset }, linter).negativeWeights);
  }
  return [
    ...linter.idle().map((idle) => idleFinding(idle, ruleset)),
    ...negative.map((weight) => negativeFinding(weight, ruleset)),
  ];
}

function idleFinding(idle: IdleRule, ruleset: Ruleset): LintFinding {
  const { name, isPool } = headline(idle, ruleset);
  const dead = isPool ? 'has nothing to pass on' : 'matches no charge in the ledger';
  const why = idle.why === 'dead' ? dead : 'never gets a charge: rules above it take everything it matches';
  return { ...idle, name, month: null, sentence: `${idle.dimension}: "${name}" ${why}.` };
}

function negativeFinding(finding: NegativeWeight, ruleset: Ruleset): LintFinding {
  const { dimension, ruleId, month, target, currency, weight } = finding;
  const { name } = headline(finding, ruleset);
  const what = `${formatNanos(weight)}${currency === null ? '' : ` ${currency}`}`;
  const sentence = `${dimension}: "${name}" weighs ${target} with ${what} in ${month}; it counts as zero.`;
  return { dimension, ruleId, why: 'negative-weight', name, month, sentence };
}

function headline(
  { dimension, ruleId }: { readonly dimension: string; readonly ruleId: string },
  { dimensions }: Ruleset,
): { readonly name: string; readonly isPool: boolean } {
  const found = dimensions.find(({ id }) => id === dimension);
  const pool = found?.shared?.find(({ id }) => id === ruleId);
  const rule = found?.rules.find(({ id }) => id === ruleId);
  return { name: (pool ?? rule)?.name ?? ruleId, isPool: pool !== undefined };
}
