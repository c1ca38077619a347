import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { type ApportionWord, readApportion } from '../../core/spend/commands.js';
import { claimEvent } from '../../usecases/notices/outbox.js';
import type { Message } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import type { Asker } from '../kit/listener.js';
import { channelInfo, isShared } from '../kit/own-channel.js';
import { attempt, type Surface } from '../kit/request.js';
import { rulesAnswer } from '../rules/listen.js';
import { otherWordsBlocks } from '../spend/help.js';
import { type Answered, askSpend, typedText } from '../spend/listen.js';
import { apportionAnswer } from './listen.js';

/** Something said to the app in a channel or in its direct messages. */
interface Said {
  readonly client: WebClient;
  readonly userId: string;
  readonly text: string;
  readonly channel: string;
  readonly threadTs: string | undefined;
  /** A direct message is read by its author alone. */
  readonly isDirect: boolean;
}

/** Words of `/apportion` whose answer is the same for everybody. */
const OPEN_WORDS: readonly ApportionWord[] = ['help', 'sources', 'close', 'digest', 'settings'];

/**
 * The same grammar as the commands, with or without their names: a word of `/apportion` first, `rules`, else a
 * question about spend. What is none of them is told as such, with what can be asked.
 */
async function answerSaid(
  surface: Surface,
  ask: Asker,
  said: string,
): Promise<Pick<Answered, 'isPrivate' | 'message'>> {
  const text = said.replace(/^\/?apportion\b/i, '').trim();
  const isSpend = /^\/?spend\b/i.test(text);
  const question = text.replace(/^\/?spend\b/i, '').trim();
  const rules = /^\/?rules\b(.*)/i.exec(text);
  if (rules !== null) return { isPrivate: true, message: await rulesAnswer(surface, ask, rules[1] ?? '') };
  const command = readApportion(text);
  if (!isSpend && command.kind === 'word') {
    const message = await apportionAnswer(surface, ask, command);
    return { isPrivate: !OPEN_WORDS.includes(command.word), message };
  }
  const answered = await askSpend(surface, { ...ask, text: question, sharedBy: null });
  if (answered.understood || isSpend) return answered;
  const near = command.kind === 'unknown' ? command.near : [];
  const blocks = [...answered.message.blocks, ...otherWordsBlocks(near)];
  return { isPrivate: false, message: withinLimits({ ...answered.message, blocks }) };
}

async function reply(surface: Surface, said: Said): Promise<void> {
  const { client, channel, threadTs, userId, isDirect } = said;
  const say = async (message: Message, isPrivate: boolean): Promise<void> => {
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
    const content = { channel, text: message.text, blocks: [...message.blocks], ...thread };
    if (isPrivate && !isDirect) await client.chat.postEphemeral({ ...content, user: userId });
    else await client.chat.postMessage({ ...content, unfurl_links: false });
  };
  await attempt(
    surface.context.log,
    'answering a message',
    async () => {
      const text = await typedText(surface, client, said.text);
      const ask = { client, user: { id: userId, name: userId } };
      const { message, isPrivate } = await answerSaid(surface, ask, text);
      await say(message, isPrivate || (!isDirect && isShared(await channelInfo(client, channel))));
    },
    (message) => say(message, true),
  );
}

/** `@Apportion team search last week` in a channel (answered in a thread), and the same in a direct message. */
export function listenMentions(app: App, surface: Surface): void {
  app.event('app_mention', async ({ event, body, client, context }) => {
    if (event.user === undefined || event.bot_id !== undefined) return;
    if (!(await claimEvent(surface.context, body.event_id))) return;
    const text = event.text.replaceAll(`<@${context.botUserId ?? ''}>`, ' ');
    await reply(surface, {
      client,
      userId: event.user,
      text,
      channel: event.channel,
      threadTs: event.thread_ts ?? event.ts,
      isDirect: false,
    });
  });

  app.event('message', async ({ event, body, client }) => {
    if (event.channel_type !== 'im' || event.subtype !== undefined || event.bot_id !== undefined) return;
    if (!(await claimEvent(surface.context, body.event_id))) return;
    await reply(surface, {
      client,
      userId: event.user,
      text: event.text ?? '',
      channel: event.channel,
      threadTs: event.thread_ts,
      isDirect: true,
    });
  });
}
