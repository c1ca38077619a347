import { hasSameOwners, ownerDifferences } from '../../core/allocation/adjust.js';
import { allocateWithFindings } from '../../core/allocation/allocate.js';
import type { AllocationPiece, ConservationProof } from '../../core/allocation/allocation.js';
import type { Month } from '../../core/base/time.js';
import { orderDimensions } from '../../core/rules/dependencies.js';
import { type PreparedRules, prepareRules } from '../../core/rules/prepared.js';
import type { StaleMonth } from '../../store/contract/ledger.js';
import type { VersionedRuleset } from '../../store/contract/rules.js';
import type { Context } from '../context.js';
import { writeOffExpired } from '../invoices/prepaid-credits.js';
import { type Company, readCompany, readMonth } from './read-month.js';
import { planRevision, type Revision, reviseMonth } from './revise-month.js';

/**
 * Writes off prepaid value that has expired, then drains the stale months: the only writer of allocations. Returns the proofs, one per month and dimension. A
 * month that fails does not hold up the others. A closed month is left as it is: what its owners would get more
 * or less by now is posted in the first open month.
 * @throws the first month's error after all others are done.
 */
export async function reallocate(context: Context): Promise<readonly ConservationProof[]> {
  await writeOffExpired(context);
  const proofs: ConservationProof[] = [];
  const failed = new Map<Month, unknown>();
  for (;;) {
    const stale = (await context.store.listStaleMonths()).filter(({ month }) => !failed.has(month));
    if (stale.length === 0) break;
    // Read after the marks: whatever changes from here on leaves a newer mark, and the month comes round again.
    const round = await startRound(context);
    for (const mark of stale) {
      try {
        proofs.push(...(await reallocateMonth(context, mark, round)));
      } catch (error) {
        context.log.error('month not re-allocated', { month: mark.month, error });
        failed.set(mark.month, error);
      }
      await context.machine.nextTurn(); // let Slack's acks through between months
    }
  }
  for (const error of failed.values()) throw error;
  return proofs;
}

/** What the months of one round have in common. */
interface Round {
  readonly rules: VersionedRuleset;
  readonly company: Company;
  readonly prepared: PreparedRules;
  /** By the edition that months were last worked out by. */
  readonly revisions: Map<number, Revision | null>;
}

async function startRound(context: Context): Promise<Round> {
  const rules = await context.store.currentRuleset();
  const company = await readCompany(context);
  return { rules, company, prepared: prepareRules(rules.ruleset), revisions: new Map() };
}

async function reallocateMonth(
  context: Context,
  stale: StaleMonth,
  round: Round,
): Promise<readonly ConservationProof[]> {
  const revised = await tryRevision(context, stale, round);
  return revised ?? reallocateWholly(context, stale, round);
}

/** Where nothing but a few rules has changed, only what they concern is worked out. */
async function tryRevision(
  context: Context,
  stale: StaleMonth,
  { rules, company, revisions }: Round,
): Promise<readonly ConservationProof[] | null> {
  const { month, reasons, settledVersion } = stale;
  if (settledVersion === null) return null;
  const known = revisions.get(settledVersion);
  const revision = known === undefined ? await planRevision(context, settledVersion, rules) : known;
  revisions.set(settledVersion, revision);
  if (revision === null) return null;
  const proofs = await reviseMonth(context, stale, { revision, company });
  if (proofs !== null) context.log.info('revised', { month, reasons, sets: revision.touched.size });
  return proofs;
}

async function reallocateWholly(
  context: Context,
  { month, mark, reasons }: StaleMonth,
  { rules, company, prepared }: Round,
): Promise<readonly ConservationProof[]> {
  const { store, clock, log } = context;
  const { ruleset, version } = rules;
  const facts = await readMonth(context, month, { rulesets: [ruleset], company });
  const { pieces, negativeWeights } = allocateWithFindings({ ...facts, ruleset }, undefined, prepared);
  for (const finding of negativeWeights) log.warn('negative weight taken for zero', { ...finding });
  const dimensions = orderDimensions(ruleset).map((dimension) => dimension.id);
  const closed = await store.closedThrough();
  if (closed !== null && month <= closed) {
    await adjustMonth(context, { month, mark }, { pieces, dimensions, rulesetVersion: version.number });
    return [];
  }
  log.info('re-allocated', { month, reasons, sets: facts.sets.length, pieces: pieces.length });
  return store.replaceAllocations({
    month,
    mark,
    dimensions,
    pieces,
    rulesetVersion: version.number,
    atMs: clock(),
  });
}

/** Posts the difference between what a closed month's owners hold and what they would hold now. */
async function adjustMonth(
  { store, log }: Context,
  { month, mark }: Pick<StaleMonth, 'month' | 'mark'>,
  now: {
    readonly pieces: readonly AllocationPiece[];
    readonly dimensions: readonly string[];
    readonly rulesetVersion: number;
  },
): Promise<void> {
  const stored = await store.listAllocations(month);
  const { pieces, dimensions, rulesetVersion } = now;
  const differences = hasSameOwners(stored, pieces)
    ? []
    : ownerDifferences({ stored, now: pieces, money: await store.listMonthMoney(month), dimensions });
  log.info('adjusted', { month, differences: differences.length });
  await store.replaceAdjustments({ month, mark, differences, rulesetVersion });
}
