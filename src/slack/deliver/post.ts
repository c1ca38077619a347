import type { ChatUpdateArguments, WebClient } from '@slack/web-api';
import { AppError } from '../../core/base/errors.js';
import { context as contextLine, type Message, type MessageBlock } from '../kit/blocks.js';
import type { SlackContext } from '../kit/context.js';
import { withinLimits } from '../kit/limits.js';
import type { Place } from '../kit/picture.js';
import { readTrouble } from '../kit/slack-error.js';
import { displayName } from '../kit/text.js';
import type { Address, Entry } from './address.js';
import { noticeMessage } from './notice-message.js';
import type { Pacer } from './pacer.js';
import { EVENT_TYPE } from './reconcile.js';

/** What posting needs. */
export interface PostDeps {
  readonly context: SlackContext;
  readonly client: WebClient;
  readonly pacer: Pacer;
}

/** Where a message stands and how it came there. */
export interface Settled extends Place {
  /** Posted just now: its thread holds nothing yet. */
  readonly isNew: boolean;
  /** Surely laid out as its notice says: not its text alone, and no line above it about another channel. */
  readonly isAsLaidOut: boolean;
}

/** What every message of a notice carries. */
export function payloadOf(
  entry: Entry,
  message: Message,
): Pick<ChatUpdateArguments, 'metadata'> & { readonly text: string; readonly blocks: MessageBlock[] } {
  return {
    text: message.text,
    blocks: [...message.blocks],
    metadata: {
      event_type: EVENT_TYPE,
      event_payload: { key: entry.notice.key, revision: entry.revision },
    },
  };
}

/** Posts with blocks; where Slack refuses the layout, with the text alone: a plain notice beats a lost one. */
async function withPlainFallback(
  deps: PostDeps,
  message: Message,
  post: (message: Message) => Promise<Place>,
): Promise<Place & { readonly isAsLaidOut: boolean }> {
  try {
    return { ...(await post(message)), isAsLaidOut: true };
  } catch (error) {
    if (readTrouble(error).kind !== 'layout') throw error;
    deps.context.log.error('Slack refused the layout of a message; its text is posted alone.', { error });
    return { ...(await post({ text: message.text, blocks: [] })), isAsLaidOut: false };
  }
}

/** Brings a message that stands to the entry's revision. */
export async function edit(deps: PostDeps, entry: Entry, place: Place): Promise<Omit<Settled, 'isNew'>> {
  return withPlainFallback(deps, noticeMessage(entry.notice.body), async (message) => {
    await deps.client.chat.update({ channel: place.channelId, ts: place.ts, ...payloadOf(entry, message) });
    return place;
  });
}

async function postTo(deps: PostDeps, entry: Entry, to: { address: Address; message: Message }) {
  return withPlainFallback(deps, to.message, async (message) => {
    await deps.pacer.turn(to.address.channel);
    const posted = await deps.client.chat.postMessage({
      channel: to.address.channel,
      unfurl_links: false,
      unfurl_media: false,
      ...(to.address.threadTs === null ? {} : { thread_ts: to.address.threadTs }),
      ...payloadOf(entry, message),
    });
    if (posted.channel === undefined || posted.ts === undefined) {
      throw new AppError('upstream', 'Slack took the message but did not say where it stands.');
    }
    return { channelId: posted.channel, ts: posted.ts };
  });
}

/** Posts; when the place is no good, to the FinOps channel with a line that says why. */
export async function post(deps: PostDeps, entry: Entry, address: Address): Promise<Settled> {
  const message = redirectedFrom(noticeMessage(entry.notice.body), address);
  try {
    return { ...(await postTo(deps, entry, { address, message })), isNew: true };
  } catch (error) {
    const trouble = readTrouble(error);
    const { fallback } = address;
    if (trouble.kind !== 'channel' || fallback === null || fallback === address.channel) throw error;
    deps.context.log.warn('A message goes to FinOps instead.', {
      key: entry.notice.key,
      sentence: trouble.sentence,
    });
    const why = `Meant for ${displayName(address.channel)}. ${trouble.sentence}`;
    const to = { channel: fallback, threadTs: null, fallback: null, why };
    const place = await postTo(deps, entry, { address: to, message: redirectedFrom(message, to) });
    return { ...place, isNew: true, isAsLaidOut: false };
  }
}

/** The message under a line that says why it stands here and not where it was meant to. */
function redirectedFrom(message: Message, { why }: Address): Message {
  return why === null
    ? message
    : withinLimits({ text: message.text, blocks: [contextLine(why), ...message.blocks] });
}
