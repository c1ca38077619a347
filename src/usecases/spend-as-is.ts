import { allocateMonth } from '../core/allocation/allocate.js';
import { directoryAsIs } from '../core/directory/as-is.js';
import { createDirectory } from '../core/directory/directory.js';
import { dividesMoney, orderDimensions } from '../core/rules/dependencies.js';
import type { SpendAnswer, SpendQuery } from '../core/spend.js';
import { type Day, monthsIn } from '../core/time.js';
import type { Context } from './context.js';

/**
 * Answers a question as if the company had always been as it was on a day: for planning, never for chargeback.
 * Worked out by the rules in force and forgotten at once. Adds up to the same total as the as-was answer. It
 * writes and rolls back, so it belongs where the long writes are made.
 */
export async function spendAsIs(
  { store }: Context,
  { query, asOf }: { readonly query: SpendQuery; readonly asOf: Day },
): Promise<SpendAnswer> {
  const { ruleset } = await store.currentRuleset();
  const directory = createDirectory(directoryAsIs(await store.directory(), asOf));
  const dimensions = orderDimensions(ruleset).map(({ id }) => id);
  const asked = new Set(monthsIn(query.range));
  const months = [];
  for (const month of (await store.listMonths()).filter((each) => asked.has(each))) {
    const sets = await store.listMonthSets(month);
    const money = dividesMoney(ruleset) ? await store.listMonthMoney(month) : [];
    months.push({ month, dimensions, pieces: allocateMonth({ month, sets, ruleset, directory, money }) });
  }
  return store.querySpendAsIf(query, months);
}
