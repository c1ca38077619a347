import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { AppError } from '../../core/base/errors.js';

/** What a failed Web API call means for the notice that was to be posted. */
export type SlackTrouble =
  /** Slack refused this place for good: another one may do. */
  | { readonly kind: 'channel'; readonly sentence: string }
  /** Slack refused the layout: nothing was posted. */
  | { readonly kind: 'layout'; readonly sentence: string }
  /** The message to edit or to reply to is gone: nothing will ever come of it. */
  | { readonly kind: 'gone'; readonly sentence: string }
  /**
   * Worth another try later; `retryAfterMs` is Slack's own word. An `outage` is of Slack or of the way there and not of
   * the notice: every other notice would meet it too, and however long it lasts none is given up.
   */
  | {
      readonly kind: 'later';
      readonly sentence: string;
      readonly retryAfterMs: number | null;
      readonly outage: boolean;
    };

const CHANNEL: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack knows no such channel, or it is private and the app is not in it',
  not_in_channel: 'the app is not in the channel; invite it with /invite',
  is_archived: 'the channel is archived',
  restricted_action: 'the channel does not allow the app to post',
  users_not_found: 'Slack knows nobody with that e-mail address',
  user_not_found: 'Slack knows no such person',
  user_disabled: 'the Slack account is deactivated',
  cannot_dm_bot: 'that account is a bot',
};
const LAYOUT = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);
const GONE: Readonly<Record<string, string>> = {
  message_not_found: 'the message was deleted in Slack',
  cant_update_message: 'the message may not be edited any more',
  edit_window_closed: 'the message may not be edited any more',
  thread_not_found: 'the thread was deleted in Slack',
};
/** The token does not work: mending it makes every waiting notice deliverable again, so none is given up. */
const TOKEN_RETRY_MS = 10 * 60_000;
const TOKEN = new Set([
  'account_inactive',
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'missing_scope',
]);

/** Slack's own trouble, whatever was asked of it. */
const DOWN = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Slack's own error word, such as `channel_not_found`; null for anything but a refusal by the platform. */
export function slackErrorCode(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}

/** Sorts any failure of a Web API call (reference/slack-methods.json lists the codes). */
export function readTrouble(error: unknown): SlackTrouble {
  if (error instanceof WebAPIRateLimitedError)
    return outage('Slack asked to wait.', error.retryAfter * 1_000);
  if (error instanceof WebAPIHTTPError) return outage(`Slack answered with HTTP ${error.statusCode}.`);
  if (error instanceof AppError)
    return { kind: 'later', sentence: error.message, retryAfterMs: null, outage: false };
  const code = slackErrorCode(error);
  if (code === null) return outage('Slack could not be reached.');
  const channel = CHANNEL[code];
  if (channel !== undefined) return { kind: 'channel', sentence: `Not posted: ${channel}.` };
  const gone = GONE[code];
  if (gone !== undefined) return { kind: 'gone', sentence: `Not posted: ${gone}.` };
  if (LAYOUT.has(code)) return { kind: 'layout', sentence: `Slack refused the layout (${code}).` };
  if (TOKEN.has(code)) {
    const sentence = `Slack refuses the app's token (${code}); reinstall the app or mend its scopes.`;
    return outage(sentence, TOKEN_RETRY_MS);
  }
  const sentence = `Slack answered "${code}".`;
  return DOWN.has(code) ? outage(sentence) : { kind: 'later', sentence, retryAfterMs: null, outage: false };
}

function outage(sentence: string, retryAfterMs: number | null = null): SlackTrouble {
  return { kind: 'later', sentence, retryAfterMs, outage: true };
}
