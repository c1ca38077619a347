import { desc, eq, inArray, max } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { canonicalJson, decodeJson, encodeJson } from '../../../core/base/json.js';
import type { SettingsEdition } from '../../../core/settings/settings.js';
import type { SettingsStore } from '../../contract/settings.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { putNotice } from '../notices/outbox.js';
import { settingsEdition } from '../schema/settings.js';

type Row = typeof settingsEdition.$inferSelect;
type Change = Parameters<SettingsStore['changeSettings']>[0];

/** The settings store on SQLite. */
export const settingsMethods: Methods<SettingsStore> = {
  latestSettings(db) {
    const newest = db.orm
      .select({ number: max(settingsEdition.number) })
      .from(settingsEdition)
      .groupBy(settingsEdition.area);
    return db.orm
      .select()
      .from(settingsEdition)
      .where(inArray(settingsEdition.number, newest))
      .orderBy(settingsEdition.area)
      .all()
      .map(toEdition);
  },
  listSettingsEditions(db, limit) {
    const newestFirst = desc(settingsEdition.number);
    return db.orm.select().from(settingsEdition).orderBy(newestFirst).limit(limit).all().map(toEdition);
  },
  changeSettings: inTransaction(append),
};

function append(db: Database, change: Change): SettingsEdition {
  const { area, value, base, actor, approver, notices = [], atMs } = change;
  const held = db.orm
    .select()
    .from(settingsEdition)
    .where(eq(settingsEdition.area, area))
    .orderBy(desc(settingsEdition.number))
    .limit(1)
    .get();
  const before = held === undefined ? null : toEdition(held);
  if ((before?.number ?? null) !== base)
    throw new AppError(
      'conflict',
      'Somebody else has changed these settings meanwhile; open them again and repeat the change.',
    );
  if (before !== null && canonicalJson(before.value) === canonicalJson(value)) return before;
  const author = describeActor(actor);
  const row = db.orm
    .insert(settingsEdition)
    .values({ area, value: encodeJson(value), author, recordedAtMs: atMs })
    .returning()
    .get();
  const second = approver === undefined ? {} : { approver: describeActor(approver) };
  const detail = { before: before?.value ?? null, after: value, ...second };
  writeAudit(db, { actor, action: 'settings.change', subject: `settings: ${area}`, detail, atMs });
  for (const notice of notices) putNotice(db, notice, atMs);
  return toEdition(row);
}

function toEdition({ value, ...row }: Row): SettingsEdition {
  return { ...row, value: decodeJson<unknown>(value) };
}
