import { setImmediate as nextTick } from 'node:timers/promises';
import { allocateMonth } from '../core/allocation/allocate.js';
import type { ConservationProof } from '../core/allocation/allocation.js';
import { createDirectory, type Directory } from '../core/directory/directory.js';
import { orderDimensions } from '../core/rules/dependencies.js';
import type { Month } from '../core/time.js';
import type { StaleMonth } from '../store/ledger-store.js';
import type { VersionedRuleset } from '../store/rule-store.js';
import type { Context } from './context.js';

/**
 * Drains the stale months: the only writer of allocations. Returns the proofs, one per month and dimension. A
 * month that fails does not hold up the others; a closed month is left as it is.
 * @throws the first month's error after all others are done.
 */
export async function reallocate(context: Context): Promise<readonly ConservationProof[]> {
  const proofs: ConservationProof[] = [];
  const failed = new Map<Month, unknown>();
  for (;;) {
    const closed = await context.store.closedThrough();
    const isOpen = (month: Month) => closed === null || month > closed;
    const stale = (await context.store.listStaleMonths()).filter(
      ({ month }) => !failed.has(month) && isOpen(month),
    );
    if (stale.length === 0) break;
    // Read after the marks: whatever changes from here on leaves a newer mark, and the month comes round again.
    const rules = await context.store.currentRuleset();
    const directory = createDirectory(await context.store.directory());
    for (const mark of stale) {
      try {
        proofs.push(...(await reallocateMonth(context, mark, { rules, directory })));
      } catch (error) {
        context.log.error('month not re-allocated', { month: mark.month, error });
        failed.set(mark.month, error);
      }
      await nextTick(); // let Slack's acks through between months
    }
  }
  for (const error of failed.values()) throw error;
  return proofs;
}

async function reallocateMonth(
  { store, clock, log }: Context,
  { month, mark, reasons }: StaleMonth,
  { rules, directory }: { rules: VersionedRuleset; directory: Directory },
): Promise<readonly ConservationProof[]> {
  const { ruleset, version } = rules;
  const sets = await store.listMonthSets(month);
  const pieces = allocateMonth({ month, sets, ruleset, directory });
  const dimensions = orderDimensions(ruleset).map((dimension) => dimension.id);
  log.info('re-allocated', { month, reasons, sets: sets.length, pieces: pieces.length });
  return store.replaceAllocations({
    month,
    mark,
    dimensions,
    pieces,
    rulesetVersion: version.number,
    atMs: clock(),
  });
}
