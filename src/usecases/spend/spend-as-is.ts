import { allocateMonth } from '../../core/allocation/allocate.js';
import { type Day, monthsIn } from '../../core/base/time.js';
import { directoryAsIs } from '../../core/people/as-is.js';
import { createDirectory } from '../../core/people/directory.js';
import { orderDimensions } from '../../core/rules/dependencies.js';
import type { SpendAnswer, SpendQuery } from '../../core/spend/spend.js';
import { readMonth } from '../allocation/read-month.js';
import type { Context } from '../context.js';

/**
 * Answers a question as if the company had always been as it was on a day: for planning, never for chargeback.
 * Worked out by the rules in force and forgotten at once. Adds up to the same total as the as-was answer. It
 * writes and rolls back, so it belongs where the long writes are made.
 */
export async function spendAsIs(
  context: Context,
  { query, asOf }: { readonly query: SpendQuery; readonly asOf: Day },
): Promise<SpendAnswer> {
  const { store } = context;
  const { ruleset } = await store.currentRuleset();
  const data = directoryAsIs(await store.directory(), asOf);
  const company = { data, directory: createDirectory(data) };
  const dimensions = orderDimensions(ruleset).map(({ id }) => id);
  const asked = new Set(monthsIn(query.range));
  const months = [];
  for (const month of (await store.listMonths()).filter((each) => asked.has(each))) {
    const facts = await readMonth(context, month, { rulesets: [ruleset], company });
    months.push({ month, dimensions, pieces: allocateMonth({ ...facts, ruleset }) });
  }
  return store.querySpendAsIf(query, months);
}
