import { AppError } from '../../core/base/errors.js';
import type { Month } from '../../core/base/time.js';
import type { AuditEntry } from '../../store/contract/notices.js';
import type { Context } from '../context.js';

/** What was found whole: how many entries follow from one another, and which locked months are as they were locked. */
export interface AuditVerdict {
  readonly entries: number;
  readonly lockedMonths: readonly Month[];
}

/**
 * Proves that nothing was changed behind our back: the audit log's hash chain, and the fingerprint of every locked
 * month. @throws AppError `conflict` naming the first entry or month that is not what it was.
 */
export async function verifyAudit({ store }: Context): Promise<AuditVerdict> {
  const broken = await store.findAuditBreak();
  if (broken !== null)
    throw new AppError(
      'conflict',
      `The audit log is broken at entry ${broken}: it was changed, or an entry before it is gone. Restore the database from a backup and compare.`,
    );
  const lockedMonths: Month[] = [];
  for (const { month, lock } of await store.listMonthRecords()) {
    if (lock === null) continue;
    if ((await store.monthFingerprint(month)) !== lock.fingerprint)
      throw new AppError(
        'conflict',
        `${month} is not what it was when it was locked; restore the database from a backup and compare.`,
      );
    lockedMonths.push(month);
  }
  const [last] = await store.listAudit(1);
  return { entries: last?.id ?? 0, lockedMonths };
}

/** Entries of the audit log, newest first. */
export async function listAudit({ store }: Context, limit: number): Promise<readonly AuditEntry[]> {
  return store.listAudit(limit);
}
