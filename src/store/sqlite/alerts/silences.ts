import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Silence } from '../../../core/alerts/alert.js';
import type { AlertStore } from '../../contract/alerts.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { putNotice } from '../notices/outbox.js';
import { alertSilence } from '../schema/alerts.js';

type SilenceRow = typeof alertSilence.$inferSelect;
type Ending = Parameters<AlertStore['endSilence']>[0];

/** Bookings and mutes. */
export const silenceMethods: Methods<Pick<AlertStore, 'listSilences' | 'findSilence' | 'endSilence'>> = {
  listSilences(db) {
    const holding = db.orm.select().from(alertSilence).where(isNull(alertSilence.outcome));
    return holding.orderBy(asc(alertSilence.id)).all().map(toSilence);
  },
  findSilence(db, id) {
    const row = db.orm.select().from(alertSilence).where(eq(alertSilence.id, id)).get();
    return row === undefined ? null : toSilence(row);
  },
  endSilence: inTransaction(endSilence),
};

/** Puts a booking or mute in the place of the one in force for the cause; within the caller's transaction. */
export function putSilence(db: Database, silence: Omit<Silence, 'id'>, atMs: number): void {
  const { kind, cause, caseId, currency, from, until, limit, by, comment } = silence;
  db.orm
    .update(alertSilence)
    .set({ outcome: 'lifted', endedAtMs: atMs })
    .where(
      and(
        eq(alertSilence.causeKind, cause.kind),
        eq(alertSilence.label, cause.label),
        isNull(alertSilence.outcome),
      ),
    )
    .run();
  const scope = { caseId, causeKind: cause.kind, label: cause.label, currency };
  const time = { fromDay: from, untilDay: until, createdAtMs: atMs };
  const money = limit === null ? null : limit.toString();
  db.orm
    .insert(alertSilence)
    .values({ kind, ...scope, ...time, limit: money, author: by, comment })
    .run();
}

function endSilence(db: Database, { id, outcome, actor, atMs, notices }: Ending): boolean {
  const { changes } = db.orm
    .update(alertSilence)
    .set({ outcome, endedAtMs: atMs })
    .where(and(eq(alertSilence.id, id), isNull(alertSilence.outcome)))
    .run();
  if (changes === 0) return false;
  const row = db.orm.select().from(alertSilence).where(eq(alertSilence.id, id)).get();
  const subject = `alert case ${row?.caseId ?? 0}`;
  const detail = { silence: id, kind: row?.kind ?? null, until: row?.untilDay ?? null };
  writeAudit(db, { actor, action: `alert.silence-${outcome}`, subject, detail, atMs });
  for (const each of notices) putNotice(db, each, atMs);
  return true;
}

function toSilence(row: SilenceRow): Silence {
  const { causeKind, label, fromDay, untilDay, limit, author, ...rest } = row;
  const { createdAtMs: _createdAtMs, endedAtMs: _endedAtMs, ...columns } = rest;
  return {
    ...columns,
    cause: { kind: causeKind, label },
    from: fromDay,
    until: untilDay,
    limit: limit === null ? null : BigInt(limit),
    by: author,
  };
}
