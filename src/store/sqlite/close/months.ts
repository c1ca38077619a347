import { createHash } from 'node:crypto';
import { and, asc, eq, gt } from 'drizzle-orm';
import { type Actor, isSameActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { canonicalJson, decodeJson, encodeJson } from '../../../core/base/json.js';
import { type Month, monthRange } from '../../../core/base/time.js';
import type { MonthLock, MonthRecord, MonthStage, OwnerTotal } from '../../../core/close/month.js';
import type { MonthStore } from '../../contract/close.js';
import { adjustedMonths, listAdjustments, replaceAdjustments } from '../allocation/adjustments.js';
import { writeAudit } from '../base/audit.js';
import { closedThrough } from '../base/closed-months.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { ratesOf } from '../base/fx.js';
import { fromMonthNumber, toMonthNumber } from '../base/numbers.js';
import { chargedMonths, markMonthsStale } from '../base/stale.js';
import { createWords, wordsOf } from '../ledger/words.js';
import { readDirectory } from '../people/directory.js';
import { currentRuleset } from '../rules/editions.js';
import { conservationProof } from '../schema/allocation.js';
import { staleMonth } from '../schema/base.js';
import { monthState } from '../schema/close.js';
import { querySpend } from '../spend/spend.js';
import { monthFingerprint } from './fingerprint.js';

type Lock = Parameters<MonthStore['lockMonth']>[0];
type Step = { readonly month: Month; readonly actor: Actor; readonly atMs: number };

/** The close of months on SQLite. */
export const monthMethods: Methods<MonthStore> = {
  listMonthRecords: listRecords,
  findMonthRecord: findRecord,
  closedThrough,
  softCloseMonth: inTransaction(softClose),
  signMonth: inTransaction((db, { month, signOff }) => sign(db, month, signOff)),
  lockMonth: inTransaction(lock),
  requestUnlock: inTransaction(requestUnlock),
  confirmUnlock: inTransaction(confirmUnlock),
  replaceAdjustments: inTransaction((db, run) => replaceAdjustments(db, wordsOf(db), run)),
  listAdjustments: (db, originalMonth) => listAdjustments(db, wordsOf(db), originalMonth),
  monthFingerprint,
};

function listRecords(db: Database): readonly MonthRecord[] {
  const rows = db.orm.select().from(monthState).orderBy(asc(monthState.month)).all();
  const known = new Map(rows.map((row) => [fromMonthNumber(row.month), toRecord(row)]));
  const months = [...new Set([...chargedMonths(db), ...known.keys()])].toSorted();
  return months.map((month) => known.get(month) ?? openRecord(month));
}

function findRecord(db: Database, month: Month): MonthRecord {
  const row = db.orm
    .select()
    .from(monthState)
    .where(eq(monthState.month, toMonthNumber(month)))
    .get();
  return row === undefined ? openRecord(month) : toRecord(row);
}

function toRecord(row: typeof monthState.$inferSelect): MonthRecord {
  const rest = decodeJson<Omit<MonthRecord, 'month' | 'stage'>>(row.record);
  return { month: fromMonthNumber(row.month), stage: row.stage, ...rest };
}

function openRecord(month: Month): MonthRecord {
  return { month, stage: 'open', changed: null, signOffs: [], lock: null, unlockRequest: null };
}

/** Writes the record with its audit entry; `detail` says what the entry should contain. */
function put(
  db: Database,
  after: MonthRecord,
  event: { actor: Actor; action: string; atMs: number; detail: unknown },
): MonthRecord {
  const { month, stage, ...rest } = after;
  const values = { stage, record: encodeJson(rest) };
  db.orm
    .insert(monthState)
    .values({ month: toMonthNumber(month), ...values })
    .onConflictDoUpdate({ target: monthState.month, set: values })
    .run();
  writeAudit(db, { ...event, subject: `month: ${month}` });
  return after;
}

function softClose(db: Database, { month, actor, atMs }: Step): MonthRecord {
  const before = requireStage(db, month, 'open');
  const after: MonthRecord = { ...before, stage: 'soft-closed', changed: { by: actor, atMs } };
  return put(db, after, { actor, action: 'month.soft-close', atMs, detail: { before: before.stage } });
}

function sign(db: Database, month: Month, signOff: MonthRecord['signOffs'][number]): MonthRecord {
  const before = requireStage(db, month, 'soft-closed');
  const others = before.signOffs.filter(({ team }) => team !== signOff.team);
  const { by: actor, atMs } = signOff;
  const after = { ...before, signOffs: [...others, signOff] };
  return put(db, after, { actor, action: 'month.sign', atMs, detail: signOff });
}

function lock(db: Database, { month, actor, atMs, override }: Lock): MonthRecord {
  const before = requireStage(db, month, 'soft-closed');
  refuseStale(db, month);
  refuseOpenBefore(db, month);
  const { number: version, hash } = currentRuleset(db).version;
  const locked: MonthLock = {
    by: actor,
    atMs,
    override,
    totals: totalsOf(db, month),
    rules: { version, hash },
    directoryHash: createHash('sha256')
      .update(canonicalJson(readDirectory(db)))
      .digest('hex'),
    fingerprint: monthFingerprint(db, month),
    fx: ratesOf(db, month),
  };
  const after: MonthRecord = { ...before, stage: 'locked', changed: { by: actor, atMs }, lock: locked };
  return put(db, after, { actor, action: 'month.lock', atMs, detail: locked });
}

function refuseStale(db: Database, month: Month): void {
  const stale = db.orm
    .select()
    .from(staleMonth)
    .where(and(eq(staleMonth.month, month), gt(staleMonth.mark, staleMonth.clearedMark)))
    .get();
  if (stale === undefined) return;
  throw new AppError(
    'conflict',
    `${month} is not allocated freshly (${stale.reasons.join('; ')}); run reallocate, look at it and lock it then.`,
  );
}

function refuseOpenBefore(db: Database, month: Month): void {
  const charged = chargedMonths(db);
  if (!charged.includes(month)) throw new AppError('conflict', `${month} has no charges to lock.`);
  const closed = closedThrough(db);
  const [earlier] = charged.filter((each) => each < month && (closed === null || each > closed));
  if (earlier !== undefined)
    throw new AppError('conflict', `${earlier} is not locked yet; months are locked in their order.`);
}

/** Every owner of every dimension; what is added up here no longer moves. */
function totalsOf(db: Database, month: Month): readonly OwnerTotal[] {
  const { dimension } = conservationProof;
  const dimensions = db.orm
    .select({ dimension })
    .from(conservationProof)
    .where(eq(conservationProof.month, month))
    .orderBy(asc(dimension))
    .all();
  const currencies = db.handle
    .prepare<[number], string>('select distinct currency from set_month where month = ? order by currency')
    .pluck()
    .all(toMonthNumber(month));
  const words = createWords(db);
  return dimensions.flatMap(({ dimension: id }) =>
    currencies.flatMap((currency) => {
      const query = { by: [id], range: monthRange(month), where: [], currency };
      const { rows } = querySpend(db, words, query);
      return rows.map(({ values, cost }) => ({ dimension: id, owner: values[0] ?? '', currency, cost }));
    }),
  );
}

function requestUnlock(db: Database, step: Step & { readonly reason: string }): MonthRecord {
  const { month, actor, atMs, reason } = step;
  const before = requireStage(db, month, 'locked');
  const last = closedThrough(db);
  if (last !== month)
    throw new AppError(
      'conflict',
      `${last} is locked after ${month}; months are unlocked from the last one.`,
    );
  if (before.unlockRequest !== null)
    throw new AppError(
      'conflict',
      `Somebody has asked to unlock ${month} already; a second person confirms.`,
    );
  const after = { ...before, unlockRequest: { by: actor, atMs, reason } };
  return put(db, after, { actor, action: 'month.unlock-request', atMs, detail: { reason } });
}

function confirmUnlock(db: Database, { month, actor, atMs }: Step): MonthRecord {
  const before = requireStage(db, month, 'locked');
  const { unlockRequest: request, lock: held } = before;
  if (request === null)
    throw new AppError(
      'conflict',
      `Nobody has asked to unlock ${month}; ask first, a second person confirms.`,
    );
  if (isSameActor(request.by, actor))
    throw new AppError('forbidden', `You asked to unlock ${month} yourself; a second person must confirm.`);
  if (held !== null && isSameActor(held.by, actor))
    throw new AppError(
      'forbidden',
      `You locked ${month} yourself; somebody else must confirm its unlocking.`,
    );
  const last = closedThrough(db);
  if (last !== month)
    throw new AppError(
      'conflict',
      `${last} is locked after ${month}; months are unlocked from the last one.`,
    );
  // What was posted for it goes back into the month itself; what stands in open months now is worked out again.
  const posted = adjustedMonths(db, month);
  markMonthsStale(db, [...new Set([month, ...posted])].toSorted(), `${month} was unlocked`);
  const after: MonthRecord = {
    ...before,
    stage: 'soft-closed',
    changed: { by: actor, atMs },
    signOffs: [],
    lock: null,
    unlockRequest: null,
  };
  return put(db, after, { actor, action: 'month.unlock', atMs, detail: { request, before: held } });
}

function requireStage(db: Database, month: Month, stage: MonthStage): MonthRecord {
  const record = findRecord(db, month);
  if (record.stage === stage) return record;
  throw new AppError('conflict', `${month} is ${record.stage}; this is for a month that is ${stage}.`);
}
