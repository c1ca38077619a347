import { and, asc, eq, gte, isNull, lte } from 'drizzle-orm';
import { describeActor } from '../../../core/base/actor.js';
import type { PlanChange, RecordedPlan } from '../../../core/budgets/plan.js';
import type { PlanStore } from '../../contract/budgets.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { plan } from '../schema/budgets.js';

type Row = typeof plan.$inferSelect;
type Batch = Parameters<PlanStore['putPlans']>[0];

/** Changes shown in full in an audit row; beyond that only the count is given. */
const AUDITED_CHANGES = 100;

/** The plan store on SQLite. */
export const planMethods: Methods<PlanStore> = {
  listPlans: (db, { from, to }) =>
    db.orm
      .select()
      .from(plan)
      .where(and(isNull(plan.supersededAtMs), gte(plan.month, from), lte(plan.month, to)))
      .orderBy(asc(plan.month), asc(plan.dimension), asc(plan.owner))
      .all()
      .flatMap((row) => toPlan(row) ?? []),
  putPlans: inTransaction(putPlans),
};

function putPlans(db: Database, { changes, actor, atMs }: Batch): { readonly changed: number } {
  const author = describeActor(actor);
  const made = changes.flatMap((change) => putPlan(db, change, { author, atMs }) ?? []);
  if (made.length > 0) {
    const detail = { changed: made.length, plans: made.slice(0, AUDITED_CHANGES) };
    const owners = [...new Set(made.map(({ after }) => after.owner))].toSorted();
    const subject = `plans: ${owners.slice(0, 10).join(', ')}`;
    writeAudit(db, { actor, action: 'plans.change', subject, detail, atMs });
  }
  return { changed: made.length };
}

/** What was and what is now; null when that is the same. */
function putPlan(
  db: Database,
  change: PlanChange,
  { author, atMs }: { readonly author: string; readonly atMs: number },
): { readonly before: PlanChange['plan']; readonly after: PlanChange } | null {
  const { dimension, owner, month, plan: next } = change;
  const sameKey = and(
    eq(plan.dimension, dimension),
    eq(plan.owner, owner),
    eq(plan.month, month),
    isNull(plan.supersededAtMs),
  );
  const held = db.orm.select().from(plan).where(sameKey).get();
  const before = held === undefined ? null : toPlan(held);
  if (
    before?.amount === next?.amount &&
    before?.currency === next?.currency &&
    before?.phasing === next?.phasing
  )
    return null;
  db.orm.update(plan).set({ supersededAtMs: atMs }).where(sameKey).run();
  db.orm
    .insert(plan)
    .values({
      dimension,
      owner,
      month,
      currency: next?.currency ?? null,
      amount: next?.amount.toString() ?? null,
      phasing: next?.phasing ?? null,
      author,
      recordedAtMs: atMs,
      supersededAtMs: null,
    })
    .run();
  const { amount, currency, phasing } = before ?? {};
  const was =
    amount === undefined || currency === undefined || phasing === undefined
      ? null
      : { amount, currency, phasing };
  return { before: was, after: change };
}

function toPlan(row: Row): RecordedPlan | null {
  const { dimension, owner, month, currency, amount, phasing, author, recordedAtMs } = row;
  if (currency === null || amount === null || phasing === null) return null;
  return { dimension, owner, month, currency, amount: BigInt(amount), phasing, author, recordedAtMs };
}
