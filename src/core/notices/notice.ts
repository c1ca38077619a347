import type { AlertCause, AlertFigures, CaseNote, CaseState } from '../alerts/alert.js';
import type { RuleChangeFigures } from '../allocation/diff.js';
import type { Nanos } from '../base/money.js';
import type { Day, Month } from '../base/time.js';
import type { ClaimFigures } from '../claims/claim.js';
import type { MonthClose } from '../close/checklist.js';
import type { MonthStep } from '../close/month.js';
import type { DigestFigures } from '../digests/digest.js';
import type { SetAside } from '../ledger/source-overlap.js';
import type { ApprovalFigures } from '../rule-review/approval.js';
import type { LintFigures } from '../rule-review/lint-report.js';
import type { SettingsProposal } from '../settings/proposal.js';
import type { DataQualityFigures } from '../sources/data-quality.js';
import type { Backfill } from '../sources/feed.js';

/** Where a notice goes; `deliver` resolves it to a Slack channel when it posts. */
export type Audience =
  | { readonly kind: 'team'; readonly team: string }
  | { readonly kind: 'finops' }
  | { readonly kind: 'person'; readonly email: string }
  | { readonly kind: 'channel'; readonly channelId: string }
  /** A direct message to a Slack user. */
  | { readonly kind: 'user'; readonly userId: string };

/** A case in a roll-up. */
export interface RolledUp {
  readonly caseId: number;
  readonly cause: AlertCause;
  readonly owner: string;
  readonly state: CaseState;
  readonly currency: string;
  readonly excess: Nanos;
}

/** The content: figures only, never blocks or text. Layout is `slack/messages`. */
export type NoticeBody =
  | { readonly kind: 'digest'; readonly figures: DigestFigures }
  /** What is beyond the lines that matter first, in the digest's thread. */
  | { readonly kind: 'digest-detail'; readonly figures: DigestFigures }
  | { readonly kind: 'alert'; readonly figures: AlertFigures }
  | { readonly kind: 'alert-explained'; readonly figures: AlertFigures }
  | {
      readonly kind: 'alert-acknowledged';
      readonly caseId: number;
      readonly by: string;
      readonly atMs: number;
      readonly comment: string | null;
    }
  /** In the thread of a case. */
  | {
      readonly kind: 'alert-note';
      readonly caseId: number;
      /** The case's cause, where the thread is that of several. */
      readonly of: AlertCause | null;
      readonly note: CaseNote;
    }
  /** To one person or FinOps: a case that waits for them. `by` is null when nobody answered for `hours`. */
  | {
      readonly kind: 'alert-handed';
      readonly figures: AlertFigures;
      readonly by: string | null;
      readonly hours: number | null;
      readonly comment: string | null;
    }
  /** Cases beyond the day's parent messages: how many, and in the thread which. */
  | {
      readonly kind: 'alert-rollup';
      readonly day: Day;
      readonly currency: string;
      readonly count: number;
      readonly open: number;
      readonly excess: Nanos;
    }
  | { readonly kind: 'alert-rollup-list'; readonly lines: readonly RolledUp[]; readonly more: number }
  /** In the thread of FinOps's weekly digest: the audit log's newest entry, as evidence that is not in the database. */
  | { readonly kind: 'audit-head'; readonly id: number; readonly hash: string }
  /** How far the close of a month has come; one message a month, edited in place. */
  | { readonly kind: 'month-close'; readonly figures: MonthClose }
  /** What somebody did with it, in the thread of that message. */
  | { readonly kind: 'month-step'; readonly month: Month; readonly by: string; readonly step: MonthStep }
  | { readonly kind: 'rules-changed'; readonly figures: RuleChangeFigures }
  /** To FinOps: a change that needs a second person; edited in place as it is decided. */
  | { readonly kind: 'rules-approval'; readonly figures: ApprovalFigures }
  /** To FinOps: a change of the settings that needs a second person; edited in place as it is decided. */
  | { readonly kind: 'settings-approval'; readonly proposal: SettingsProposal }
  /** To FinOps, weekly: rules that do nothing or whose order alone decides. */
  | { readonly kind: 'rules-lint'; readonly figures: LintFigures }
  /** To one person: is this yours? */
  | { readonly kind: 'claim-ask'; readonly figures: ClaimFigures }
  /** What became of a question; takes its place in the same message. */
  | { readonly kind: 'claim-resolved'; readonly figures: ClaimFigures }
  /** To FinOps: nobody says that it is theirs. */
  | { readonly kind: 'claim-escalated'; readonly figures: ClaimFigures }
  /** To FinOps: money of a source that does not fit its usage; edited in place, never repeated. */
  | { readonly kind: 'data-quality'; readonly figures: DataQualityFigures }
  /** To FinOps: two sources carry the same money; edited as the days grow, and when it is over (`isOver`). */
  | { readonly kind: 'feed-overlap'; readonly aside: SetAside; readonly isOver: boolean }
  /** To FinOps: how far a backfill has come; one message, edited in place. */
  | { readonly kind: 'feed-backfill'; readonly backfill: Backfill }
  | {
      readonly kind: 'feed-trouble';
      readonly source: string;
      readonly sentence: string;
      readonly since: string;
      /** It answers, but brings no new days. */
      readonly isSilent?: true;
      /** The day on which the trouble was over; absent: it goes on. */
      readonly backOn?: Day;
    };

/**
 * A message to deliver once. `key` is unique and never reused (`digest:team:Search:2026-W47`): writing the same notice again
 * changes nothing. A new `body` under the same key edits the posted message. `parentKey` names the notice into
 * whose thread it goes.
 */
export interface Notice {
  readonly key: string;
  readonly audience: Audience;
  readonly parentKey: string | null;
  readonly body: NoticeBody;
}
