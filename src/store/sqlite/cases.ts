import { and, asc, desc, eq, gte, ne } from 'drizzle-orm';
import type { AlertFigures } from '../../core/alert.js';
import { AppError } from '../../core/errors.js';
import { decodeJson, encodeJson } from '../../core/json.js';
import type { AlertCase, OutboxStore } from '../outbox-store.js';
import { writeAudit } from './audit.js';
import type { Database } from './database.js';
import { alertCase } from './schema/outbox.js';

type CaseRow = typeof alertCase.$inferSelect;
type Opening = Parameters<OutboxStore['openCase']>[0];
type Change = Parameters<OutboxStore['updateCase']>[0];

/** Alert cases: at most one per (dimension, owner) is not closed. */
export function createCaseStore(
  db: Database,
): Pick<OutboxStore, 'openCase' | 'findCase' | 'listOpenCases' | 'listCases' | 'updateCase'> {
  return {
    async openCase(opening) {
      return db.orm.transaction(() => openCase(db, opening), { behavior: 'immediate' });
    },
    async findCase(id) {
      const row = findRow(db, id);
      return row === undefined ? null : toCase(row);
    },
    async listOpenCases() {
      const rows = db.orm
        .select()
        .from(alertCase)
        .where(ne(alertCase.state, 'closed'))
        .orderBy(asc(alertCase.id))
        .all();
      return rows.map(toCase);
    },
    async listCases(since) {
      const rows = db.orm
        .select()
        .from(alertCase)
        .where(gte(alertCase.lastDay, since))
        .orderBy(desc(alertCase.id))
        .all();
      return rows.map(toCase);
    },
    async updateCase(change) {
      return db.orm.transaction(() => updateCase(db, change), { behavior: 'immediate' });
    },
  };
}

function openCase(db: Database, opening: Opening): AlertCase {
  const { dimension, owner, firstDay, figures, atMs } = opening;
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
      openedAtMs: atMs,
      updatedAtMs: atMs,
    })
    .returning()
    .get();
  return toCase(row);
}

function updateCase(db: Database, change: Change): AlertCase {
  const { id, figures, state, actor, comment, atMs } = change;
  const held = findRow(db, id);
  if (held === undefined) throw new AppError('not-found', `There is no alert case ${id}.`);
  if (held.state === 'closed' && state !== 'closed') {
    throw new AppError('conflict', `Alert case ${id} is closed; new excess opens a new case.`);
  }
  const acknowledged = state === 'acknowledged' && held.state !== 'acknowledged';
  const row = db.orm
    .update(alertCase)
    .set({
      state,
      figures: encodeJson(figures),
      lastDay: figures.lastDay,
      updatedAtMs: atMs,
      ...(acknowledged
        ? { acknowledgedBy: figures.acknowledgedBy ?? actor.name, acknowledgedAtMs: atMs }
        : {}),
    })
    .where(eq(alertCase.id, id))
    .returning()
    .get();
  if (state !== held.state) {
    const detail = { before: held.state, after: state, comment };
    writeAudit(db, { actor, action: `alert.${state}`, subject: `alert case ${id}`, detail, atMs });
  }
  return toCase(row);
}

function findRow(db: Database, id: number): CaseRow | undefined {
  return db.orm.select().from(alertCase).where(eq(alertCase.id, id)).get();
}

/** The row's id, state and acknowledgement are the truth; the figures' own copies follow them. */
function toCase(row: CaseRow): AlertCase {
  const { id, dimension, owner, state, firstDay, lastDay, acknowledgedBy, acknowledgedAtMs } = row;
  const stored = decodeJson<AlertFigures>(row.figures);
  const figures = { ...stored, caseId: id, state, acknowledgedBy };
  return { id, dimension, owner, state, firstDay, lastDay, figures, acknowledgedBy, acknowledgedAtMs };
}
