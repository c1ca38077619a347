import { gunzipSync, gzipSync } from 'node:zlib';
import { and, asc, eq, inArray, isNull, lt } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import { MS_PER_DAY } from '../../../core/base/time.js';
import { applyEdit } from '../../../core/rules/edit.js';
import type { Ruleset } from '../../../core/rules/rule.js';
import type { DraftState, RuleDraft, RuleStore } from '../../contract/rules.js';
import { writeAudit } from '../base/audit.js';
import type { Database } from '../base/database.js';
import { ruleDraft } from '../schema/rules.js';
import { editionNumber } from './editions.js';

/** A draft as it was saved or changed last; null when there is none. */
export function findDraft(db: Database, id: string): RuleDraft | null {
  const row = db.orm.select().from(ruleDraft).where(eq(ruleDraft.id, id)).get();
  if (row === undefined) return null;
  const draft = decodeJson<StoredDraft>(gunzipSync(row.content).toString('utf8'));
  return {
    ...draft,
    ruleset: rulesetOf(db, draft),
    state: row.state,
    committedVersion: row.committedVersion,
  };
}

/** Of one edit among thousands of rules only the edit is kept: it makes the ruleset of the base once more. */
type StoredDraft = Omit<RuleDraft, 'ruleset'> & { readonly ruleset: Ruleset | null };

function rulesetOf(db: Database, { ruleset, edit, baseVersion, id }: StoredDraft): Ruleset {
  if (ruleset !== null) return ruleset;
  if (edit === null) throw new AppError('bug', `Draft ${id} has neither rules nor an edit.`);
  return applyEdit(editionNumber(db, baseVersion).ruleset, edit);
}

/** Whole rulesets are no small thing to keep: previews that nobody commits go after a while. */
const DRAFT_MEMORY_MS = 30 * MS_PER_DAY;

/** Adds a draft or puts it in place of itself; drops what nobody committed. Runs inside the caller's transaction. */
export function saveDraft(db: Database, draft: RuleDraft): void {
  const isForgotten = lt(ruleDraft.createdAtMs, draft.createdAtMs - DRAFT_MEMORY_MS);
  db.orm
    .delete(ruleDraft)
    .where(and(isNull(ruleDraft.committedVersion), isForgotten))
    .run();
  const values = draftColumns(draft);
  db.orm
    .insert(ruleDraft)
    .values({ id: draft.id, ...values })
    .onConflictDoUpdate({ target: ruleDraft.id, set: values })
    .run();
}

/** Drafts in a state, oldest first. */
export function listDrafts(db: Database, state: DraftState, limit: number): readonly RuleDraft[] {
  return db.orm
    .select({ id: ruleDraft.id })
    .from(ruleDraft)
    .where(eq(ruleDraft.state, state))
    .orderBy(asc(ruleDraft.createdAtMs), asc(ruleDraft.id))
    .limit(limit)
    .all()
    .flatMap(({ id }) => findDraft(db, id) ?? []);
}

function draftColumns(draft: RuleDraft) {
  const { state, committedVersion, createdAtMs } = draft;
  const stored: StoredDraft = draft.edit === null ? draft : { ...draft, ruleset: null };
  return { content: gzipSync(encodeJson(stored)), state, committedVersion, createdAtMs };
}

/** Puts a draft in place of itself, unless its state is another one by now, and audits it. Runs inside the caller's transaction. */
export function changeDraft(db: Database, change: Parameters<RuleStore['changeDraft']>[0]): void {
  const { draft, from, actor, atMs } = change;
  const { changes } = db.orm
    .update(ruleDraft)
    .set(draftColumns(draft))
    .where(and(eq(ruleDraft.id, draft.id), eq(ruleDraft.state, from)))
    .run();
  if (changes === 0) {
    const state = findDraft(db, draft.id)?.state ?? 'gone';
    throw new AppError('conflict', `Somebody was quicker: this change is ${state} by now.`);
  }
  const { baseVersion, hash, need, refusal, note } = draft;
  writeAudit(db, {
    actor,
    action: `rules.${draft.state}`,
    subject: `rules: draft ${draft.id}`,
    detail: {
      author: describeActor(draft.author),
      baseVersion,
      hash,
      need,
      note,
      reason: refusal?.reason ?? null,
    },
    atMs,
  });
}

/** Notes what edition an open draft has become. Runs inside the caller's transaction. @throws AppError `conflict`. */
export function closeDraft(db: Database, id: string, version: number): void {
  const { changes } = db.orm
    .update(ruleDraft)
    .set({ state: 'committed', committedVersion: version })
    .where(and(eq(ruleDraft.id, id), inArray(ruleDraft.state, ['previewed', 'waiting'])))
    .run();
  if (changes === 0) {
    throw new AppError('conflict', 'This preview is gone or already committed; preview the change again.');
  }
}
