import { and, desc, eq, lt } from 'drizzle-orm';
import { MS_PER_DAY } from '../../../core/base/time.js';
import type { OutboxStore } from '../../contract/notices.js';
import { jobRun, seenEvent } from '../schema/base.js';
import { type Database, inTransaction, type Methods } from './database.js';

/** Slack delivers an event again for about an hour; a day is ample. */
const EVENT_MEMORY_MS = MS_PER_DAY;
/** Runs kept of each job; some run every five minutes. */
const KEPT_RUNS = 50;

/** Job runs and event ids: what keeps a restart or a second delivery from doing things twice. */
export const jobMethods: Methods<Pick<OutboxStore, 'lastJobRun' | 'recordJobRun' | 'claimEvent'>> = {
  lastJobRun(db, job) {
    const row = db.orm
      .select({ scheduledForMs: jobRun.scheduledForMs, ok: jobRun.ok })
      .from(jobRun)
      .where(eq(jobRun.job, job))
      .orderBy(desc(jobRun.scheduledForMs))
      .limit(1)
      .get();
    return row ?? null;
  },
  recordJobRun: inTransaction(recordRun),
  claimEvent: inTransaction(claimEvent),
};

/** True the first time an id is seen; within the caller's transaction. */
export function claimEvent(db: Database, id: string, atMs: number): boolean {
  db.orm
    .delete(seenEvent)
    .where(lt(seenEvent.atMs, atMs - EVENT_MEMORY_MS))
    .run();
  const { changes } = db.orm.insert(seenEvent).values({ id, atMs }).onConflictDoNothing().run();
  return changes === 1;
}

function recordRun(
  db: Database,
  { job, scheduledForMs, ...outcome }: Parameters<OutboxStore['recordJobRun']>[0],
): void {
  db.orm
    .insert(jobRun)
    .values({ job, scheduledForMs, ...outcome })
    .onConflictDoUpdate({ target: [jobRun.job, jobRun.scheduledForMs], set: outcome })
    .run();
  const oldestKept = db.orm
    .select({ scheduledForMs: jobRun.scheduledForMs })
    .from(jobRun)
    .where(eq(jobRun.job, job))
    .orderBy(desc(jobRun.scheduledForMs))
    .limit(1)
    .offset(KEPT_RUNS - 1)
    .get();
  if (oldestKept === undefined) return;
  const { scheduledForMs: oldest } = oldestKept;
  db.orm
    .delete(jobRun)
    .where(and(eq(jobRun.job, job), lt(jobRun.scheduledForMs, oldest)))
    .run();
}
