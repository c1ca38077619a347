import { allocateMonth, allocateWithFindings } from '../../../src/core/allocation/allocate.js';
import type { AllocationPiece } from '../../../src/core/allocation/allocation.js';
import { type AllocationDiff, diffAllocations } from '../../../src/core/allocation/diff.js';
import { createLinter } from '../../../src/core/allocation/lint.js';
import type { Month } from '../../../src/core/base/time.js';
import { changeScope } from '../../../src/core/rules/change-scope.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { readCompany, readMonth } from '../../../src/usecases/allocation/read-month.js';
import type { Context } from '../../../src/usecases/context.js';

/** The oracle of previews: every set of every month in every dimension, under both rulesets. */
export async function diffNaively(
  context: Context,
  before: Ruleset,
  after: Ruleset,
): Promise<AllocationDiff> {
  const { store } = context;
  const { edited, changed } = changeScope(before, after);
  const old = {
    ruleset: before,
    linter: createLinter(before),
    pieces: new Map<Month, readonly AllocationPiece[]>(),
  };
  const now = {
    ruleset: after,
    linter: createLinter(after),
    pieces: new Map<Month, readonly AllocationPiece[]>(),
  };
  const company = await readCompany(context);
  for (const month of await store.listMonths()) {
    const facts = await readMonth(context, month, { rulesets: [before, after], company });
    for (const { ruleset, linter, pieces } of [old, now])
      pieces.set(month, allocateWithFindings({ ...facts, ruleset }, linter).pieces);
  }
  const charged = await store.chargedDays();
  const isNews = (dimension: string, ruleId: string) =>
    changed.get(dimension)?.has(ruleId) === true || old.linter.hasWon(dimension, ruleId);
  return diffAllocations({
    before: old.pieces,
    after: now.pieces,
    edited,
    setDays: charged === null ? [] : await store.listSetDays(charged),
    idle: now.linter.idle().filter(({ dimension, ruleId }) => isNews(dimension, ruleId)),
    closedThrough: await store.closedThrough(),
  });
}

/** The oracle of re-allocation: what every month's pieces should be. */
export async function allocateAllNaively(context: Context): Promise<Map<Month, readonly AllocationPiece[]>> {
  const { ruleset } = await context.store.currentRuleset();
  const company = await readCompany(context);
  const pieces = new Map<Month, readonly AllocationPiece[]>();
  for (const month of await context.store.listMonths())
    pieces.set(
      month,
      allocateMonth({ ...(await readMonth(context, month, { rulesets: [ruleset], company })), ruleset }),
    );
  return pieces;
}
