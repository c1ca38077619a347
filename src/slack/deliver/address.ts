import type { WebClient } from '@slack/web-api';
import { AppError, assertNever } from '../../core/base/errors.js';
import { addressOf } from '../../usecases/notices/outbox.js';
import type { SlackSettings } from '../kit/access.js';
import type { SlackContext } from '../kit/context.js';

/** A waiting notice as the use cases hand it out. */
export type Entry = Parameters<typeof addressOf>[1];

/** Where a notice goes: a channel id or `#name`, and the thread, if it belongs into one. */
export interface Address {
  readonly channel: string;
  readonly threadTs: string | null;
  /** Where it goes instead when the channel is no good; null when there is no second place. */
  readonly fallback: string | null;
  /** Why it goes here and not where it was meant to; null: it was meant to. */
  readonly why: string | null;
}

async function directMessage(client: WebClient, slackId: string | null, email: string): Promise<string> {
  const user = slackId ?? (await client.users.lookupByEmail({ email })).user?.id;
  if (user === undefined) throw new AppError('upstream', 'Slack named nobody for that e-mail address.');
  return openDirect(client, user);
}

async function openDirect(client: WebClient, userId: string): Promise<string> {
  const opened = await client.conversations.open({ users: userId });
  if (opened.channel?.id === undefined) throw new AppError('upstream', 'Slack opened no direct message.');
  return opened.channel.id;
}

/** Resolves a notice's audience. A reply goes where its parent really was posted, whatever the settings say today. */
export async function resolveAddress(
  deps: { readonly context: SlackContext; readonly client: WebClient; readonly settings: SlackSettings },
  entry: Entry,
): Promise<Address> {
  const { settings } = deps;
  const { parent, teamChannel, personSlackId } = await addressOf(deps.context, entry);
  const posted = parent === null ? null : { channel: parent.channelId, ts: parent.ts };
  if (posted !== null && posted.channel !== null && posted.ts !== null) {
    return { channel: posted.channel, threadTs: posted.ts, fallback: null, why: null };
  }
  const { audience } = entry.notice;
  switch (audience.kind) {
    case 'team': {
      const channel = teamChannel ?? settings.defaultChannel ?? settings.finopsChannel;
      return { channel, threadTs: null, fallback: settings.finopsChannel, why: null };
    }
    case 'finops':
      return { channel: settings.finopsChannel, threadTs: null, fallback: null, why: null };
    case 'channel':
      return { channel: audience.channelId, threadTs: null, fallback: settings.finopsChannel, why: null };
    case 'user':
      return {
        channel: await openDirect(deps.client, audience.userId),
        threadTs: null,
        fallback: settings.finopsChannel,
        why: null,
      };
    case 'person':
      return {
        channel: await directMessage(deps.client, personSlackId, audience.email),
        threadTs: null,
        fallback: settings.finopsChannel,
        why: null,
      };
    default:
      return assertNever(audience);
  }
}
