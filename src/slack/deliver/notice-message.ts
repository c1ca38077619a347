import { assertNever } from '../../core/base/errors.js';
import type { NoticeBody } from '../../core/notices/notice.js';
import { alertAcknowledgedMessage, alertExplainedMessage, alertMessage } from '../alerts/message.js';
import { alertNoteMessage } from '../alerts/note-message.js';
import { alertHandedMessage, alertRollupListMessage, alertRollupMessage } from '../alerts/rollup-message.js';
import { claimAskMessage, claimEscalatedMessage, claimResolvedMessage } from '../claims/message.js';
import { monthCloseMessage, monthStepMessage } from '../close/message.js';
import { auditHeadMessage, digestDetailMessage } from '../digests/detail-message.js';
import { digestMessage } from '../digests/message.js';
import type { Message, Picture } from '../kit/blocks.js';
import { approvalMessage } from '../rules/approval-message.js';
import { rulesLintMessage } from '../rules/lint-message.js';
import { rulesChangedMessage } from '../rules/message.js';
import { settingsApprovalMessage } from '../settings/proposal-message.js';
import { dataQualityMessage } from '../sources/data-quality-message.js';
import { feedBackfillMessage, feedOverlapMessage, feedTroubleMessage } from '../sources/feed-message.js';

/** Lays out the figures of any notice, always within Slack's limits; a digest with its chart once Slack holds it. */
export function noticeMessage(body: NoticeBody, chart: Picture | null = null): Message {
  switch (body.kind) {
    case 'digest':
      return digestMessage(body.figures, chart);
    case 'digest-detail':
      return digestDetailMessage(body.figures);
    case 'alert':
    case 'alert-explained':
    case 'alert-acknowledged':
    case 'alert-note':
    case 'alert-handed':
    case 'alert-rollup':
    case 'alert-rollup-list':
      return alertNoticeMessage(body);
    case 'audit-head':
      return auditHeadMessage(body);
    case 'month-close':
      return monthCloseMessage(body.figures);
    case 'month-step':
      return monthStepMessage(body);
    case 'rules-approval':
      return approvalMessage(body.figures);
    case 'settings-approval':
      return settingsApprovalMessage(body.proposal);
    case 'rules-lint':
      return rulesLintMessage(body.figures);
    case 'rules-changed':
      return rulesChangedMessage(body.figures);
    case 'claim-ask':
      return claimAskMessage(body.figures);
    case 'claim-resolved':
      return claimResolvedMessage(body.figures);
    case 'claim-escalated':
      return claimEscalatedMessage(body.figures);
    case 'feed-backfill':
      return feedBackfillMessage(body.backfill);
    case 'data-quality':
      return dataQualityMessage(body.figures);
    case 'feed-overlap':
      return feedOverlapMessage(body);
    case 'feed-trouble':
      return feedTroubleMessage(body);
    default:
      return assertNever(body);
  }
}

/** What is told of an alert, in its channel or its thread. */
function alertNoticeMessage(body: Extract<NoticeBody, { readonly kind: `alert${string}` }>): Message {
  switch (body.kind) {
    case 'alert':
      return alertMessage(body.figures);
    case 'alert-explained':
      return alertExplainedMessage(body.figures);
    case 'alert-acknowledged':
      return alertAcknowledgedMessage(body);
    case 'alert-note':
      return alertNoteMessage(body);
    case 'alert-handed':
      return alertHandedMessage(body);
    case 'alert-rollup':
      return alertRollupMessage(body);
    case 'alert-rollup-list':
      return alertRollupListMessage(body);
    default:
      return assertNever(body);
  }
}
