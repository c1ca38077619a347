import { assertNever } from '../../core/errors.js';
import type { NoticeBody } from '../../core/notice.js';
import type { Message, Picture } from '../blocks.js';
import { alertAcknowledgedMessage, alertExplainedMessage, alertMessage } from './alert.js';
import { alertNoteMessage } from './alert-note.js';
import { alertHandedMessage, alertRollupListMessage, alertRollupMessage } from './alert-rollup.js';
import { approvalMessage } from './approval.js';
import { claimAskMessage, claimEscalatedMessage, claimResolvedMessage } from './claim.js';
import { monthCloseMessage, monthStepMessage } from './close.js';
import { dataQualityMessage } from './data-quality.js';
import { digestMessage } from './digest.js';
import { digestDetailMessage } from './digest-detail.js';
import { feedBackfillMessage, feedOverlapMessage, feedTroubleMessage } from './feed.js';
import { rulesLintMessage } from './rule-lint.js';
import { rulesChangedMessage } from './rules.js';

/** Lays out the figures of any notice, always within Slack's limits; a digest with its chart once Slack holds it. */
export function noticeMessage(body: NoticeBody, chart: Picture | null = null): Message {
  switch (body.kind) {
    case 'digest':
      return digestMessage(body.figures, chart);
    case 'digest-detail':
      return digestDetailMessage(body.figures);
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
    case 'month-close':
      return monthCloseMessage(body.figures);
    case 'month-step':
      return monthStepMessage(body);
    case 'rules-approval':
      return approvalMessage(body.figures);
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
