import { and, asc, desc, eq, gte, ne } from 'drizzle-orm';
import type { AlertFigures, CaseCare } from '../../../core/alerts/alert.js';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import type { AlertCase, AlertStore, CaseEdit } from '../../contract/alerts.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { claimEvent } from '../base/jobs.js';
import { putNotice } from '../notices/outbox.js';
import { alertCase } from '../schema/alerts.js';
import { notice } from '../schema/notices.js';
import { putSilence, silenceMethods } from './silences.js';

type CaseRow = typeof alertCase.$inferSelect;
type Opening = Parameters<AlertStore['openCase']>[0];
type Change = Parameters<AlertStore['editCase']>[0];

/** Alert cases: at most one per cause is not closed. */
export const alertMethods: Methods<AlertStore> = {
  ...silenceMethods,
  openCase: inTransaction(openCase),
  findCase(db, id) {
    const row = findRow(db, id);
    return row === undefined ? null : toCase(row);
  },
  findCaseOf(db, { channelId, ts }) {
    const at = and(eq(notice.channelId, channelId), eq(notice.ts, ts));
    const key = db.orm.select({ key: notice.key }).from(notice).where(at).get()?.key;
    const id = /^alert:case:(\d+)$/.exec(key ?? '')?.[1];
    const row = id === undefined ? undefined : findRow(db, Number(id));
    return row === undefined ? null : toCase(row);
  },
  listOpenCases(db) {
    const open = db.orm.select().from(alertCase).where(ne(alertCase.state, 'closed'));
    return open.orderBy(asc(alertCase.id)).all().map(toCase);
  },
  listCases(db, since) {
    const recent = db.orm.select().from(alertCase).where(gte(alertCase.lastDay, since));
    return recent.orderBy(desc(alertCase.id)).all().map(toCase);
  },
  editCase: inTransaction(editCase),
};

function openCase(db: Database, opening: Opening): AlertCase {
  const { dimension, owner, firstDay, figures, care, atMs } = opening;
  const standing = db.orm
    .select()
    .from(alertCase)
    .where(and(eq(alertCase.dimension, dimension), eq(alertCase.owner, owner), ne(alertCase.state, 'closed')))
    .get();
  if (standing !== undefined) return toCase(standing);
  const row = db.orm
    .insert(alertCase)
    .values({
      dimension,
      owner,
      state: 'open',
      firstDay,
      lastDay: figures.lastDay,
      figures: encodeJson(figures),
      care: encodeJson(care),
      openedAtMs: atMs,
      updatedAtMs: atMs,
    })
    .returning()
    .get();
  const opened = toCase(row);
  for (const each of opening.notices(opened)) putNotice(db, each, atMs);
  return opened;
}

function editCase(db: Database, change: Change): AlertCase {
  const { id, atMs, once } = change;
  const row = findRow(db, id);
  if (row === undefined) throw new AppError('not-found', `There is no alert case ${id}.`);
  const held = toCase(row);
  const edit = change.edit(held);
  if (edit === null) return held;
  if (once !== null && !claimEvent(db, `case:${once}`, atMs)) return held;
  const { state = held.state, figures = held.figures } = edit;
  if (held.state === 'closed' && state !== 'closed')
    throw new AppError('conflict', `Alert case ${id} is closed; new excess opens a new case.`);
  const after = db.orm
    .update(alertCase)
    .set({
      state,
      figures: encodeJson(figures),
      lastDay: figures.lastDay,
      updatedAtMs: atMs,
      ...(edit.care === undefined ? {} : { care: encodeJson(edit.care) }),
      ...acknowledgement(held, edit, change),
    })
    .where(eq(alertCase.id, id))
    .returning()
    .get();
  if (edit.silence !== undefined) putSilence(db, { ...edit.silence, caseId: id }, atMs);
  tell(db, toCase(after), { held, edit, change });
  return toCase(after);
}

/** Who answered, and when; open again, nobody has. */
function acknowledgement(held: AlertCase, { state }: CaseEdit, { actor, atMs }: Change): Partial<CaseRow> {
  if (state === 'open' && held.state === 'acknowledged')
    return { acknowledgedBy: null, acknowledgedAtMs: null };
  return state === 'acknowledged' && held.state !== 'acknowledged'
    ? { acknowledgedBy: actor.name, acknowledgedAtMs: atMs }
    : {};
}

function tell(
  db: Database,
  after: AlertCase,
  { held, edit, change }: { readonly held: AlertCase; readonly edit: CaseEdit; readonly change: Change },
): void {
  const { id, actor, atMs } = change;
  const subject = `alert case ${id}`;
  if (after.state !== held.state) {
    const detail = { before: held.state, after: after.state, comment: edit.comment ?? null };
    writeAudit(db, { actor, action: `alert.${after.state}`, subject, detail, atMs });
  }
  if (edit.audit !== undefined) writeAudit(db, { actor, subject, ...edit.audit, atMs });
  for (const each of change.notices(after)) putNotice(db, each, atMs);
}

function findRow(db: Database, id: number): CaseRow | undefined {
  return db.orm.select().from(alertCase).where(eq(alertCase.id, id)).get();
}

/** The row's id, state and acknowledgement are the truth; the figures' own copies follow them. */
function toCase(row: CaseRow): AlertCase {
  const { care: kept, updatedAtMs: _updatedAtMs, ...columns } = row;
  const stored = decodeJson<AlertFigures>(row.figures);
  const care = kept === null ? careOfOld(row, stored) : decodeJson<CaseCare>(kept);
  const figures = {
    ...stored,
    caseId: row.id,
    state: row.state,
    acknowledgedBy: row.acknowledgedBy,
    assignee: care.assignee,
  };
  return { ...columns, figures, care };
}

/** A case of a version that remembered nothing. */
function careOfOld({ openedAtMs }: CaseRow, { excess }: AlertFigures): CaseCare {
  return {
    assignee: null,
    raisedExcess: excess,
    raises: 0,
    waitingSinceMs: openedAtMs,
    escalated: 'no',
    rollup: null,
  };
}
