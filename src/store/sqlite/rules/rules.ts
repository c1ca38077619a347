import { desc, eq } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError, invalid } from '../../../core/base/errors.js';
import { encodeJson } from '../../../core/base/json.js';
import { ruleText } from '../../../core/rules/canonical.js';
import type { Pool, Rule, Ruleset, RulesetVersion } from '../../../core/rules/rule.js';
import type { RuleStore } from '../../contract/rules.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { chargedMonths, markRulesChanged } from '../base/stale.js';
import { putNotice } from '../notices/outbox.js';
import { rule, rulesetVersion } from '../schema/rules.js';
import { changeDraft, closeDraft, findDraft, listDrafts, saveDraft } from './drafts.js';
import {
  currentRuleset,
  editionAt,
  editionNumber,
  findChangedEdition,
  hashOf,
  type RuleRow,
  rulesInForce,
  wordingOf,
} from './editions.js';
import { rankInOrder } from './ranks.js';

type Commit = Parameters<RuleStore['commitRuleset']>[0];

/** Rules shown in full in an audit row; beyond that only the counts are given. */
const AUDITED_RULES = 50;

/** The rule store on SQLite. */
export const ruleMethods: Methods<RuleStore> = {
  currentRuleset,
  rulesetAt: (db, at) => ('number' in at ? editionNumber(db, at.number) : editionAt(db, at.instantMs)),
  listRulesetVersions(db, limit) {
    const rows = db.orm.select().from(rulesetVersion).orderBy(desc(rulesetVersion.number)).limit(limit).all();
    return rows.map(({ dimensions: _dimensions, shared: _shared, ...version }) => version);
  },
  findChangedEdition,
  commitRuleset: inTransaction(append),
  saveDraft: inTransaction(saveDraft),
  changeDraft: inTransaction(changeDraft),
  findDraft,
  listDrafts,
};

function append(db: Database, commit: Commit): RulesetVersion {
  const before = currentRuleset(db);
  if (before.version.number !== commit.baseVersion) {
    throw new AppError(
      'conflict',
      `The rules have changed since you looked: edition ${before.version.number} is in force, yours was made from ${commit.baseVersion}. Look again and repeat the change.`,
    );
  }
  refuseDuplicates(commit.ruleset);
  const approver = commit.approver ?? null;
  const version: RulesetVersion = {
    number: before.version.number + 1,
    hash: hashOf(commit.ruleset),
    author: describeActor(commit.actor),
    approver: approver === null ? null : describeActor(approver),
    note: commit.note,
    recordedAtMs: commit.atMs,
  };
  const dimensions = commit.ruleset.dimensions.map((dimension) => dimension.id);
  const shared = sharedCosts(commit.ruleset);
  db.orm
    .insert(rulesetVersion)
    .values({ ...version, dimensions, shared })
    .run();
  const changes = writeRules(db, commit.ruleset, version.number);
  if (commit.draftId !== null) closeDraft(db, commit.draftId, version.number);
  markRulesChanged(db, chargedMonths(db), version.number);
  writeAudit(db, {
    actor: approver ?? commit.actor,
    action: 'rules.commit',
    subject: `rules: version ${version.number}`,
    detail: {
      author: version.author,
      approver: version.approver,
      hash: version.hash,
      note: commit.note,
      draftId: commit.draftId,
      dimensions: { before: before.ruleset.dimensions.map(({ id }) => id), after: dimensions },
      shared: { before: sharedCosts(before.ruleset), after: shared },
      changed: changes.length,
      rules: changes.slice(0, AUDITED_RULES),
    },
    atMs: commit.atMs,
  });
  for (const notice of commit.notices) putNotice(db, notice, commit.atMs);
  return version;
}

/** The shared costs of the dimensions that list any. */
function sharedCosts({ dimensions }: Ruleset): Readonly<Record<string, readonly Pool[]>> {
  return Object.fromEntries(
    dimensions.flatMap(({ id, shared }) => (shared === undefined ? [] : [[id, shared]])),
  );
}

function refuseDuplicates(ruleset: Ruleset): void {
  const dimensions = new Set<string>();
  for (const { id, rules } of ruleset.dimensions) {
    if (dimensions.has(id)) invalid(`Dimension "${id}" is in the rules twice; merge the two.`);
    dimensions.add(id);
    const ids = new Set<string>();
    for (const { id: ruleId } of rules) {
      if (ids.has(ruleId)) invalid(`Rule "${ruleId}" is in dimension "${id}" twice; rename one of them.`);
      ids.add(ruleId);
    }
  }
}

/** One rule before and after an edition; `moved` when only its precedence changed. */
interface RuleChange {
  readonly dimension: string;
  readonly rule: string;
  readonly before: Rule | null;
  readonly after: Rule | null;
  readonly moved: boolean;
}

/** Closes the rows that are no longer in force and adds the new ones; untouched rules cost nothing. */
function writeRules(db: Database, ruleset: Ruleset, version: number): readonly RuleChange[] {
  const inForce = new Map<string, Map<string, RuleRow>>();
  for (const row of rulesInForce(db)) {
    const rows = inForce.get(row.dimension) ?? new Map<string, RuleRow>();
    inForce.set(row.dimension, rows.set(row.ruleId, row));
  }
  const changes: RuleChange[] = [];
  for (const { id: dimension, rules } of ruleset.dimensions) {
    const held = inForce.get(dimension) ?? new Map<string, RuleRow>();
    const heldRanks = new Map([...held].map(([id, row]) => [id, row.rank]));
    const ranks = rankInOrder(
      rules.map(({ id }) => id),
      heldRanks,
    );
    for (const after of rules) {
      const row = held.get(after.id);
      held.delete(after.id);
      const rank = ranks.get(after.id) ?? 0;
      const before = row === undefined ? null : wordingOf(db, row);
      const sameBody = before !== null && (before === after || ruleText(before) === ruleText(after));
      if (row?.rank === rank && sameBody) continue;
      if (row !== undefined) closeRow(db, row, version);
      const body = encodeJson(after);
      db.orm.insert(rule).values({ dimension, ruleId: after.id, rank, body, fromVersion: version }).run();
      changes.push({ dimension, rule: after.id, before, after, moved: sameBody });
    }
  }
  for (const row of [...inForce.values()].flatMap((rows) => [...rows.values()])) {
    closeRow(db, row, version);
    const before = wordingOf(db, row);
    changes.push({ dimension: row.dimension, rule: row.ruleId, before, after: null, moved: false });
  }
  return changes;
}

function closeRow(db: Database, row: RuleRow, version: number): void {
  db.orm.update(rule).set({ toVersion: version }).where(eq(rule.id, row.id)).run();
}
