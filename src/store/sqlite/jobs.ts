import { desc, eq, lt } from 'drizzle-orm';
import type { OutboxStore } from '../outbox-store.js';
import type { Database } from './database.js';
import { jobRun, seenEvent } from './schema/outbox.js';

/** Slack delivers an event again for about an hour; a day is ample. */
const EVENT_MEMORY_MS = 86_400_000;

/** Job runs and event ids: what keeps a restart or a second delivery from doing things twice. */
export function createJobStore(
  db: Database,
): Pick<OutboxStore, 'lastJobRun' | 'recordJobRun' | 'claimEvent'> {
  return {
    async lastJobRun(job) {
      const row = db.orm
        .select({ scheduledForMs: jobRun.scheduledForMs, ok: jobRun.ok })
        .from(jobRun)
        .where(eq(jobRun.job, job))
        .orderBy(desc(jobRun.scheduledForMs))
        .limit(1)
        .get();
      return row ?? null;
    },
    async recordJobRun({ job, scheduledForMs, ...outcome }) {
      db.orm
        .insert(jobRun)
        .values({ job, scheduledForMs, ...outcome })
        .onConflictDoUpdate({ target: [jobRun.job, jobRun.scheduledForMs], set: outcome })
        .run();
    },
    async claimEvent(eventId, atMs) {
      return db.orm.transaction(
        () => {
          db.orm
            .delete(seenEvent)
            .where(lt(seenEvent.atMs, atMs - EVENT_MEMORY_MS))
            .run();
          const { changes } = db.orm
            .insert(seenEvent)
            .values({ id: eventId, atMs })
            .onConflictDoNothing()
            .run();
          return changes === 1;
        },
        { behavior: 'immediate' },
      );
    },
  };
}
