import type { ConversationsInfoResponse, WebClient } from '@slack/web-api';
import { AppError } from '../../core/base/errors.js';
import { slackErrorCode } from './slack-error.js';

type ChannelInfo = NonNullable<ConversationsInfoResponse['channel']> | null;

/** What `conversations.info` says of a channel; null where Slack shows the app none (a private one without it). */
export async function channelInfo(client: WebClient, channel: string): Promise<ChannelInfo> {
  try {
    return (await client.conversations.info({ channel })).channel ?? null;
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === 'channel_not_found' || code === 'not_in_channel') return null;
    throw error;
  }
}

/**
 * Whether people of another workspace read a channel (`is_ext_shared`, Slack Connect), or have been invited to it
 * (`is_pending_ext_shared`). Channels shared within an Enterprise Grid (`is_org_shared`) are the company's own.
 */
export function isShared(info: ChannelInfo): boolean {
  return info?.is_ext_shared === true || info?.is_pending_ext_shared === true;
}

/**
 * Company figures stay in the company. What `conversations.info` says of the channel, null as above.
 * @throws AppError `forbidden` for a channel that is shared with another workspace, or about to be.
 */
export async function requireOwnChannel(client: WebClient, channel: string): Promise<ChannelInfo> {
  const info = await channelInfo(client, channel);
  if (isShared(info))
    throw new AppError(
      'forbidden',
      'That channel is shared with another workspace, so company figures are not sent there; choose a channel of this workspace only.',
    );
  return info;
}
