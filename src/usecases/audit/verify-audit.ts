import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';
import { encodeJson } from '../../core/base/json.js';
import type { Month } from '../../core/base/time.js';
import type { AuditEntry } from '../../store/contract/notices.js';
import type { Store } from '../../store/store.js';
import type { Context } from '../context.js';

/** What was found whole: how many entries follow from one another, and which locked months are as they were locked. */
export interface AuditVerdict {
  readonly entries: number;
  readonly lockedMonths: readonly Month[];
}

const RESTORE = 'Restore the database from a backup and compare.';

/**
 * Proves that nothing was changed behind our back: the audit log's hash chain, and that it reaches as far as the
 * heads that were kept beside the database; every edition of the rules, its author
 * and its approver against what the log says was committed; every locked month against its fingerprint and the log.
 * @throws AppError `conflict` naming the first entry, edition or month that is not what it was.
 */
export async function verifyAudit({ store }: Context): Promise<AuditVerdict> {
  const broken = await store.findAuditBreak();
  if (broken !== null)
    return refuse(
      `The audit log is broken at entry ${broken}: it was changed, or an entry before it is gone.`,
    );
  await verifyRules(store);
  const lockedMonths = await verifyMonths(store);
  const cut = await store.findCutEntry();
  if (cut !== null)
    return refuse(
      `The file of audit heads beside the database names entry ${cut}, and the log does not have it so: entries were cut off or replaced, or an older copy of the database was put in place.`,
    );
  const [last] = await store.listAudit(1);
  return { entries: last?.id ?? 0, lockedMonths };
}

/** What the log says of a commit; entries of older versions of the app have no hash. */
const Commit = z.object({
  author: z.string(),
  approver: z.string().nullable(),
  hash: z.string().optional(),
});

async function verifyRules(store: Store): Promise<void> {
  const commits = new Map(
    (await store.listAuditOf('rules.commit')).map((entry) => [entry.subject, entry.detail]),
  );
  for (const { number, author, approver, hash } of await store.listRulesetVersions(Number.MAX_SAFE_INTEGER)) {
    const detail = commits.get(`rules: version ${number}`);
    if (detail === undefined)
      return refuse(`Version ${number} of the rules is not in the audit log: entries were cut off.`);
    const logged = Commit.parse(detail);
    if (logged.author !== author || logged.approver !== approver)
      return refuse(`Version ${number} of the rules names another author or approver than the audit log.`);
    if ((logged.hash ?? hash) !== hash)
      return refuse(`Version ${number} of the rules is not the one that the audit log says was committed.`);
  }
  const changed = await store.findChangedEdition();
  if (changed !== null)
    return refuse(`The rules of version ${changed} were changed after they were committed.`);
}

async function verifyMonths(store: Store): Promise<readonly Month[]> {
  const locks = new Map(
    (await store.listAuditOf('month.lock')).map((entry) => [entry.subject, entry.detail]),
  );
  const lockedMonths: Month[] = [];
  for (const { month, lock } of await store.listMonthRecords()) {
    if (lock === null) continue;
    const detail = locks.get(`month: ${month}`);
    if (detail === undefined)
      return refuse(`The lock of ${month} is not in the audit log: entries were cut off.`);
    if (encodeJson(detail) !== encodeJson(lock))
      return refuse(`The record of ${month} is not what the audit log says was locked.`);
    if ((await store.monthFingerprint(month)) !== lock.fingerprint)
      return refuse(`${month} is not what it was when it was locked.`);
    lockedMonths.push(month);
  }
  return lockedMonths;
}

function refuse(what: string): never {
  throw new AppError('conflict', `${what} ${RESTORE}`);
}

/** Entries of the audit log, newest first. */
export async function listAudit({ store }: Context, limit: number): Promise<readonly AuditEntry[]> {
  return store.listAudit(limit);
}
