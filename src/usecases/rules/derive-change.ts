import { allocateWithFindings } from '../../core/allocation/allocate.js';
import type { AllocationPiece, MonthSet } from '../../core/allocation/allocation.js';
import {
  type AllocationDiff,
  changedPieces,
  diffAllocations,
  type Rest,
  setsToPrice,
  type UnallocatedSum,
} from '../../core/allocation/diff.js';
import type { MonthInput } from '../../core/allocation/evaluate-month.js';
import { createLinter, type IdleRule, type Linter } from '../../core/allocation/lint.js';
import { canonicalJson } from '../../core/base/json.js';
import type { Month } from '../../core/base/time.js';
import { rulesetText } from '../../core/rules/canonical.js';
import { type ChangeScope, changeScope } from '../../core/rules/change-scope.js';
import { describeChange } from '../../core/rules/describe-change.js';
import { couldHold } from '../../core/rules/possible.js';
import { narrowRules, type PreparedRules, prepareRules } from '../../core/rules/prepared.js';
import type { Rule, Ruleset } from '../../core/rules/rule.js';
import type { VersionedRuleset } from '../../store/contract/rules.js';
import { type Company, readCompany, readMonth } from '../allocation/read-month.js';
import type { Context } from '../context.js';

/** A change of rules as it would count now; `hash` stands for base, rules and figures together. */
export interface DerivedChange {
  readonly lines: readonly string[];
  readonly diff: AllocationDiff;
  readonly hash: string;
}

/**
 * Works out what a change of rules would move: allocates under the rules in force and under the draft, in memory,
 * and compares. Only sets that the change can concern are looked at, in the dimensions that it can concern; of the
 * others the proofs of the last allocation tell what there is to know. Where a month has none that holds, or where
 * money is divided by what others spend, everything is worked out. Both ways end in the same figures.
 */
export async function deriveChange(
  context: Context,
  current: VersionedRuleset,
  ruleset: Ruleset,
): Promise<DerivedChange> {
  const scope = changeScope(current.ruleset, ruleset);
  const before = createSide(current.ruleset, scope);
  const after = createSide(ruleset, scope);
  const ledger = await readLedger(context, scope, current);
  await workOut(ledger, { before, after, edited: scope.edited });
  await findLosers(ledger, before, after);
  const pair = { before: before.pieces, after: after.pieces, edited: scope.edited, rest: ledger.rest };
  const setIds = setsToPrice(pair);
  const charged = await context.store.chargedDays();
  const setDays =
    charged === null || setIds.length === 0 ? [] : await context.store.listSetDays(charged, setIds);
  const idle = idleNow(scope, before.linter, after.linter);
  const closedThrough = await context.store.closedThrough();
  const diff = diffAllocations({ ...pair, setDays, idle, closedThrough });
  const base = current.version.number;
  return {
    lines: describeChange(current.ruleset, ruleset),
    diff,
    hash: context.machine.sha256(canonicalJson({ base, ruleset: rulesetText(ruleset), diff })),
  };
}

/** One of two rulesets, as far as the change concerns it, and what came of it. */
interface Side {
  readonly ruleset: Ruleset;
  readonly affected: ReadonlySet<string>;
  readonly prepared: PreparedRules;
  readonly linter: Linter;
  readonly pieces: Map<Month, readonly AllocationPiece[]>;
}

function createSide(whole: Ruleset, { affected }: ChangeScope): Side {
  const ruleset = narrowRules(whole, affected);
  return {
    ruleset,
    affected,
    prepared: prepareRules(ruleset, affected),
    linter: createLinter(ruleset),
    pieces: new Map(),
  };
}

/** The months of the ledger and what has to be looked at in them. */
interface Ledger {
  readonly context: Context;
  readonly company: Company;
  readonly months: readonly Month[];
  /** Ids of the sets that the change can concern; null for all. */
  readonly touched: ReadonlySet<number> | null;
  /** Months of which only the touched sets are looked at. */
  readonly rest: Rest;
}

async function readLedger(context: Context, scope: ChangeScope, current: VersionedRuleset): Promise<Ledger> {
  const { store } = context;
  const { concerns } = scope;
  const touched =
    concerns === null
      ? null
      : (await store.listSets()).flatMap(({ set, setId }) => (concerns(set) ? setId : []));
  return {
    context,
    company: await readCompany(context),
    months: await store.listMonths(),
    touched: touched === null ? null : new Set(touched),
    rest: touched === null ? new Map() : await readRest(context, scope, current),
  };
}

/** The months whose stored allocation follows from the rules in force, with what is Unallocated in them. */
async function readRest(
  { store }: Context,
  { edited }: ChangeScope,
  { version }: VersionedRuleset,
): Promise<Rest> {
  const stale = new Set((await store.listStaleMonths()).map(({ month }) => month));
  const rest = new Map<Month, readonly UnallocatedSum[]>();
  for (const month of await store.listMonths()) {
    const proofs = (await store.listProofs(month)).filter(
      ({ dimension, rulesetVersion }) => edited.includes(dimension) && rulesetVersion === version.number,
    );
    if (stale.has(month) || proofs.length < edited.length) continue;
    const sums = proofs.flatMap(({ dimension, totals }) =>
      totals.map(({ currency, unallocated }) => ({ dimension, currency, unallocated })),
    );
    rest.set(month, sums);
  }
  return rest;
}

async function workOut(
  { context, company, months, touched, rest }: Ledger,
  { before, after, edited }: { before: Side; after: Side; edited: readonly string[] },
): Promise<void> {
  const rulesets = [before.ruleset, after.ruleset];
  for (const month of months) {
    const sets = rest.has(month) ? touched : null;
    if (sets?.size === 0) continue;
    const facts = await readMonth(context, month, { rulesets, company, ...(sets === null ? {} : { sets }) });
    const old = allocateOn(before, facts);
    await context.machine.nextTurn(); // let whatever else this thread has to do through between months
    const changed = changedPieces({ before: old, after: allocateOn(after, facts) }, edited);
    before.pieces.set(month, changed.before);
    after.pieces.set(month, changed.after);
    await context.machine.nextTurn();
  }
}

function allocateOn(side: Side, facts: Omit<MonthInput, 'ruleset'>): readonly AllocationPiece[] {
  const { ruleset, affected, linter, prepared } = side;
  const { pieces } = allocateWithFindings({ ...facts, ruleset }, linter, prepared);
  // Dimensions that are only looked at may be worked out on one side alone.
  return pieces.filter(({ dimension }) => affected.has(dimension));
}

/**
 * A rule that reads as before and has lost all that it won among the sets looked at may still win others: tries
 * those on the draft until each such rule has won something.
 */
async function findLosers(ledger: Ledger, before: Side, after: Side): Promise<void> {
  const { context, company, touched, rest } = ledger;
  const losers = losersOf(before, after);
  if (touched === null || losers().length === 0) return;
  const tests = losers().map(({ when }) => couldHold(when));
  const isWorthTrying = ({ set, setId }: Pick<MonthSet, 'set' | 'setId'>) =>
    !touched.has(setId) && tests.some((could) => could(set));
  const sets = new Set((await context.store.listSets()).filter(isWorthTrying).map(({ setId }) => setId));
  for (const month of rest.keys()) {
    if (sets.size === 0 || losers().length === 0) return;
    allocateOn(after, await readMonth(context, month, { rulesets: [after.ruleset], company, sets }));
    await context.machine.nextTurn();
  }
}

function losersOf(before: Side, after: Side): () => readonly Rule[] {
  const rules = after.ruleset.dimensions.flatMap((dimension) =>
    dimension.rules
      .filter(({ id }) => before.linter.hasWon(dimension.id, id))
      .map((rule) => ({ dimension, rule })),
  );
  return () =>
    rules.flatMap(({ dimension, rule }) => (after.linter.hasWon(dimension.id, rule.id) ? [] : [rule]));
}

/** The rules that do nothing because of the change: they are part of it, or they have lost what they had. */
function idleNow({ changed }: ChangeScope, before: Linter, after: Linter): readonly IdleRule[] {
  return after
    .idle()
    .filter(
      ({ dimension, ruleId }) =>
        changed.get(dimension)?.has(ruleId) === true || before.hasWon(dimension, ruleId),
    );
}
