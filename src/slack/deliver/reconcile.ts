import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Address, Entry } from './address.js';

/** The metadata every notice is posted with, by which it is found again; the event type names the app's own. */
export const EVENT_TYPE = 'apportion_notice';
const Ours = z.object({
  event_type: z.literal(EVENT_TYPE),
  event_payload: z.object({ key: z.string(), revision: z.number() }),
});

/** A message of ours that got through although nobody wrote it down. */
export interface FoundMessage {
  readonly channelId: string;
  readonly ts: string;
  readonly revision: number;
}

/** Pages looked through before giving up: 1,000 messages since the notice was written. */
const MAX_PAGES = 5;
/** Our clock and Slack's may differ. */
const CLOCK_SLACK_MS = 10 * 60_000;

async function channelId(client: WebClient, channel: string): Promise<string | null> {
  if (!channel.startsWith('#')) return channel;
  let cursor: string | undefined;
  for (let page = 0; page < 20; page++) {
    const listed = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const found = listed.channels?.find(({ name }) => name === channel.slice(1));
    if (found?.id !== undefined) return found.id;
    cursor = listed.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
  return null;
}

/**
 * Looks for a notice that may have been posted before a crash or a lost answer, by its metadata in the channel
 * or thread it was meant for. Null when it is not there.
 * @throws whatever the Web API throws, `not_in_channel` among it: then nobody knows.
 */
export async function findPosted(
  client: WebClient,
  entry: Entry,
  address: Address,
): Promise<FoundMessage | null> {
  const channel = await channelId(client, address.channel);
  if (channel === null) return null;
  const oldest = ((entry.createdAtMs - CLOCK_SLACK_MS) / 1_000).toFixed(6);
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = {
      channel,
      oldest,
      limit: 200,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const listed =
      address.threadTs === null
        ? await client.conversations.history(query)
        : await client.conversations.replies({ ...query, ts: address.threadTs });
    for (const { ts, metadata } of listed.messages ?? []) {
      const ours = Ours.safeParse(metadata);
      if (ts !== undefined && ours.success && ours.data.event_payload.key === entry.notice.key) {
        return { channelId: channel, ts, revision: ours.data.event_payload.revision };
      }
    }
    cursor = listed.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
  return null;
}
