import { allocateWithFindings } from '../../core/allocation/allocate.js';
import type { ConservationProof } from '../../core/allocation/allocation.js';
import { changeScope } from '../../core/rules/change-scope.js';
import { orderDimensions } from '../../core/rules/dependencies.js';
import { narrowRules, type PreparedRules, prepareRules } from '../../core/rules/prepared.js';
import type { Ruleset } from '../../core/rules/rule.js';
import type { StaleMonth } from '../../store/contract/ledger.js';
import type { VersionedRuleset } from '../../store/contract/rules.js';
import type { Context } from '../context.js';
import { type Company, readMonth } from './read-month.js';

/** What came of the rules since an edition by which months were worked out: little enough to be put in alone. */
export interface Revision {
  readonly basedOn: number;
  readonly rulesetVersion: number;
  readonly affected: ReadonlySet<string>;
  /** Ids of the sets that could come out differently. */
  readonly touched: ReadonlySet<number>;
  /** The part of the ruleset that the affected dimensions need. */
  readonly prepared: PreparedRules;
}

/** Null when everything has to be worked out: see `ChangeScope.concerns`; or when there are other dimensions now. */
export async function planRevision(
  { store }: Context,
  basedOn: number,
  { version, ruleset }: VersionedRuleset,
): Promise<Revision | null> {
  const before = (await store.rulesetAt({ number: basedOn })).ruleset;
  const { affected, concerns } = changeScope(before, ruleset);
  if (concerns === null || !haveSameDimensions(before, ruleset)) return null;
  const touched = (await store.listSets()).flatMap(({ set, setId }) => (concerns(set) ? setId : []));
  return {
    basedOn,
    rulesetVersion: version.number,
    affected,
    touched: new Set(touched),
    prepared: prepareRules(narrowRules(ruleset, affected), affected),
  };
}

/** Allocates the month's touched sets again; null when that is not enough. */
export async function reviseMonth(
  context: Context,
  { month, mark }: StaleMonth,
  { revision, company }: { readonly revision: Revision; readonly company: Company },
): Promise<readonly ConservationProof[] | null> {
  const { basedOn, rulesetVersion, affected, touched, prepared } = revision;
  const { ruleset } = prepared;
  const facts = await readMonth(context, month, { rulesets: [ruleset], company, sets: touched });
  const { pieces } = allocateWithFindings({ ...facts, ruleset }, undefined, prepared);
  const setIds = facts.sets.map(({ setId }) => setId);
  const closed = await context.store.closedThrough();
  // What a change moves in a closed month is posted in the first open one: that takes all of it.
  if (closed !== null && month <= closed && setIds.length > 0) return null;
  return context.store.reviseAllocations({
    month,
    mark,
    basedOn,
    dimensions: [...affected],
    setIds,
    pieces: pieces.filter(({ dimension }) => affected.has(dimension)),
    rulesetVersion,
  });
}

function haveSameDimensions(a: Ruleset, b: Ruleset): boolean {
  const [old, now] = [dimensionIds(a), dimensionIds(b)];
  return old.size === now.size && [...old].every((id) => now.has(id));
}

function dimensionIds(ruleset: Ruleset): ReadonlySet<string> {
  return new Set(orderDimensions(ruleset).map(({ id }) => id));
}
