import type { AlertFigures, CaseCare, CaseState, Silence } from '../../core/alerts/alert.js';
import type { Actor } from '../../core/base/actor.js';
import type { Day } from '../../core/base/time.js';
import type { UsageQuery, UsageSeries } from '../../core/ledger/usage.js';
import type { Notice } from '../../core/notices/notice.js';

/** An open question about what runs away; one cause is one case, with one parent message at most. */
export interface AlertCase {
  readonly id: number;
  /** The kind of its cause, and what the cause is called. */
  readonly dimension: string;
  readonly owner: string;
  readonly state: CaseState;
  readonly firstDay: Day;
  readonly lastDay: Day;
  readonly figures: AlertFigures;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAtMs: number | null;
  readonly openedAtMs: number;
  readonly care: CaseCare;
}

/** What becomes of a case; what is left out stays. */
export interface CaseEdit {
  readonly state?: CaseState;
  readonly figures?: AlertFigures;
  readonly care?: CaseCare;
  /** Something for the audit log, besides a change of state, which is always noted. */
  readonly audit?: { readonly action: string; readonly detail: unknown };
  readonly comment?: string | null;
  /** A booking or a mute of the case's cause; it takes the place of one that is still in force. */
  readonly silence?: Omit<Silence, 'id' | 'caseId'>;
}

/** Alert cases, and what nobody is alerted about for a while. Each change writes its notices in the same transaction. */
export interface AlertStore {
  /** Opens a case of the cause or returns the one that is there, unless that is closed. */
  openCase(opening: {
    dimension: string;
    owner: string;
    firstDay: Day;
    figures: AlertFigures;
    care: CaseCare;
    atMs: number;
    notices: (opened: AlertCase) => readonly Notice[];
  }): Promise<AlertCase>;
  findCase(id: number): Promise<AlertCase | null>;
  /** The case whose parent message stands there; null: none of ours. */
  findCaseOf(message: { readonly channelId: string; readonly ts: string }): Promise<AlertCase | null>;
  /** Cases that are not closed, the oldest first. */
  listOpenCases(): Promise<readonly AlertCase[]>;
  /** All cases with a day at or after `since`, newest first. */
  listCases(since: Day): Promise<readonly AlertCase[]>;
  /**
   * Changes a case as it stands, so that nobody's change is lost; null leaves it alone. `once`: a request that Slack
   * may send twice, of which the second changes nothing.
   * @throws AppError `not-found`; `conflict` when a closed case would be opened again.
   */
  editCase(change: {
    id: number;
    actor: Actor;
    atMs: number;
    once: string | null;
    edit: (held: AlertCase) => CaseEdit | null;
    notices: (after: AlertCase) => readonly Notice[];
  }): Promise<AlertCase>;
  /** Bookings and mutes in force, the oldest first. */
  listSilences(): Promise<readonly Silence[]>;
  findSilence(id: number): Promise<Silence | null>;
  /** Ends one, with its notices; false: it was over already. */
  endSilence(ending: {
    id: number;
    outcome: NonNullable<Silence['outcome']>;
    actor: Actor;
    atMs: number;
    notices: readonly Notice[];
  }): Promise<boolean>;
}

/** What anomalies are looked for in. */
export interface UsageStore {
  /** One series per dimension set that used something in the range; money in other currencies joins at its month's rate. */
  listUsage(query: UsageQuery): Promise<readonly UsageSeries[]>;
}
