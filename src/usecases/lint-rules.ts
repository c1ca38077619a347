import type { MonthSet } from '../core/allocation/allocation.js';
import { createDirectory } from '../core/directory/directory.js';
import { type IdleRule, lintRuleset } from '../core/rules/lint.js';
import type { Month } from '../core/time.js';
import type { Context } from './context.js';

/** A rule that does nothing, and why, in a sentence. */
export interface LintFinding extends IdleRule {
  readonly name: string;
  readonly sentence: string;
}

/** Tries the ruleset in force on every month of the ledger and names the rules that never win. */
export async function lintRules(context: Context): Promise<readonly LintFinding[]> {
  const { ruleset } = await context.store.currentRuleset();
  const directory = createDirectory(await context.store.directory());
  const months = await readMonthSets(context);
  return lintRuleset({ ruleset, months, directory }).map((idle) => {
    const dimension = ruleset.dimensions.find(({ id }) => id === idle.dimension);
    const name = dimension?.rules.find(({ id }) => id === idle.ruleId)?.name ?? idle.ruleId;
    const why =
      idle.why === 'dead'
        ? 'matches no charge in the ledger'
        : 'never gets a charge: rules above it take everything it matches';
    return { ...idle, name, sentence: `${idle.dimension}: "${name}" ${why}.` };
  });
}

/** The dimension sets of every month that holds charges. */
export async function readMonthSets({ store }: Context): Promise<ReadonlyMap<Month, readonly MonthSet[]>> {
  const months = new Map<Month, readonly MonthSet[]>();
  for (const month of await store.listMonths()) months.set(month, await store.listMonthSets(month));
  return months;
}
