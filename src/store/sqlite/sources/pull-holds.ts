import { eq } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import { type DayRange, fromEpochDay, toEpochDay } from '../../../core/base/time.js';
import type { OutOfBounds } from '../../../core/prices/check.js';
import type { DayMoney, HoldReason } from '../../../core/sources/hold.js';
import type { PullHold, PullHoldStore } from '../../contract/sources.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { exactSum } from '../base/numbers.js';
import { FROM_VENDOR, OF_SOURCE } from '../ledger/facts.js';
import { firstSync as holds } from '../schema/sources.js';

/** Pulls that are held back, on SQLite. */
export const pullHoldMethods: Methods<PullHoldStore> = {
  holdPull: inTransaction(hold),
  keepHeld: inTransaction(keep),
  acceptPull: inTransaction(accept),
  findPullHold: find,
  sumOfSource,
};

function hold(db: Database, { source, reasons, atMs }: Parameters<PullHoldStore['holdPull']>[0]): PullHold {
  const before = find(db, source);
  const heldAtMs = before !== null && before.acceptedAtMs === null ? before.heldAtMs : atMs;
  const values = { held: encodeJson(reasons), heldAtMs, acceptedAtMs: null, acceptedBy: null };
  db.orm
    .insert(holds)
    .values({ source, ...values })
    .onConflictDoUpdate({ target: holds.source, set: values })
    .run();
  return { source, reasons, heldAtMs, acceptedAtMs: null, acceptedBy: null };
}

function keep(db: Database, source: string, reasons: readonly HoldReason[]): void {
  const ofSource = eq(holds.source, source);
  if (reasons.length === 0) db.orm.delete(holds).where(ofSource).run();
  else
    db.orm
      .update(holds)
      .set({ held: encodeJson(reasons) })
      .where(ofSource)
      .run();
}

function find(db: Database, source: string): PullHold | null {
  const row = db.orm.select().from(holds).where(eq(holds.source, source)).get();
  if (row === undefined) return null;
  const { held, ...rest } = row;
  // Holds of before 2026-12 are of first pulls only, without a `because`.
  const reasons = decodeJson<readonly (HoldReason | OutOfBounds)[]>(held).map(
    (reason): HoldReason => ('because' in reason ? reason : { because: 'price', ...reason }),
  );
  return { ...rest, reasons };
}

function accept(db: Database, { source, actor, atMs }: Parameters<PullHoldStore['acceptPull']>[0]): PullHold {
  const before = find(db, source);
  if (before === null) throw new AppError('not-found', `No pull of "${source}" is waiting to be accepted.`);
  if (before.acceptedAtMs !== null) return before;
  const acceptance = { acceptedAtMs: atMs, acceptedBy: describeActor(actor) };
  db.orm.update(holds).set(acceptance).where(eq(holds.source, source)).run();
  const detail = { held: before.reasons };
  writeAudit(db, { actor, action: 'source.accept-pull', subject: `source: ${source}`, detail, atMs });
  return { ...before, ...acceptance };
}

interface SumRow {
  readonly day: number;
  readonly currency: string;
  readonly billed: string;
  readonly effective: string;
}

/** What the vendor has said last: facts, what is set aside, and what was posted of locked months. */
function sumOfSource(db: Database, source: string, { from, to }: DayRange): readonly DayMoney[] {
  const scope = `${OF_SOURCE} and day >= ? and day < ?`;
  const params = [source, toEpochDay(from), toEpochDay(to)];
  const money = 'bill_id, day, billed, effective';
  return db.handle
    .prepare<unknown[], SumRow>(
      `select f.day as day, b.currency as currency, ${exactSum('f.billed')} as billed, ${exactSum('f.effective')} as effective
       from (
         select ${money} from fact where ${scope} and ${FROM_VENDOR}
         union all select ${money} from aside_fact where ${scope}
         union all select posted_bill_id as bill_id, day, billed, effective from prior_period_line
           where ${scope} and kind_id in (select id from charge_kind where invoice_key is null)
       ) f join bill b on b.id = f.bill_id group by 1, 2 order by 1, 2`,
    )
    .all(...params, ...params, ...params)
    .map(({ day, currency, billed, effective }) => ({
      day: fromEpochDay(day),
      currency,
      billed: BigInt(billed),
      effective: BigInt(effective),
    }));
}
