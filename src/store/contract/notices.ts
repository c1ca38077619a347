import type { Actor } from '../../core/base/actor.js';
import type { Notice } from '../../core/notices/notice.js';

export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed';

/** A notice on its way. `ts` and `channelId` are Slack's address of the posted message. */
export interface OutboxEntry {
  readonly notice: Notice;
  readonly state: DeliveryState;
  /** Grows with each new body; a sent entry with a newer revision waits for an edit. */
  readonly revision: number;
  readonly sentRevision: number;
  readonly attempts: number;
  readonly nextAttemptMs: number;
  readonly channelId: string | null;
  readonly ts: string | null;
  readonly createdAtMs: number;
}

/** One line of the append-only audit log. */
export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: unknown;
}

/** Notices, job runs and the audit log. */
export interface OutboxStore {
  /** Inserts new keys; a known key with a different body gets a new revision; the same body changes nothing. */
  putNotices(
    notices: readonly Notice[],
    atMs: number,
  ): Promise<{ readonly added: number; readonly revised: number }>;
  findNotice(key: string): Promise<OutboxEntry | null>;
  /**
   * Takes due entries (pending, or sent with a newer revision; children only after their parent is sent) and
   * sets them `sending`. Entries that were `sending` when the process died come back through `listInterrupted`.
   */
  claimNotices(nowMs: number, limit: number): Promise<readonly OutboxEntry[]>;
  /** Puts `sending` entries back unchanged, no attempt counted. */
  releaseNotices(keys: readonly string[]): Promise<void>;
  /** Entries left `sending` by a crash, to be reconciled by message metadata before anything is posted again. */
  listInterrupted(): Promise<readonly OutboxEntry[]>;
  markSent(
    key: string,
    sent: { revision: number; channelId: string; ts: string; atMs: number },
  ): Promise<void>;
  /** Puts the entry back with a next attempt, or gives up (`failed`) when `retryAtMs` is null. */
  markUnsent(key: string, problem: { sentence: string; retryAtMs: number | null }): Promise<void>;

  lastJobRun(job: string): Promise<{ readonly scheduledForMs: number; readonly ok: boolean } | null>;
  /** Notes a run by the instant it was due; the newest 50 of each job are kept. */
  recordJobRun(run: {
    job: string;
    scheduledForMs: number;
    finishedAtMs: number;
    ok: boolean;
    sentence: string | null;
  }): Promise<void>;
  /** True the first time an event id is seen: Slack delivers some more than once. */
  claimEvent(eventId: string, atMs: number): Promise<boolean>;

  appendAudit(entry: {
    actor: Actor;
    action: string;
    subject: string;
    detail: unknown;
    atMs: number;
  }): Promise<void>;
  /** All entries of an action (`rules.commit`), oldest first. */
  listAuditOf(action: string): Promise<readonly AuditEntry[]>;
  listAudit(limit: number): Promise<readonly AuditEntry[]>;
  /** Walks the hash chain: the id of the first entry that was changed, or before which one is gone; null when whole. */
  findAuditBreak(): Promise<number | null>;
  /** The newest entry and its hash, which vouches for all before it; null for an empty log. */
  auditHead(): Promise<{ readonly id: number; readonly hash: string } | null>;
  /** The first entry that was kept a note of outside the database and that the log does not have so; null: none. */
  findCutEntry(): Promise<number | null>;
}
