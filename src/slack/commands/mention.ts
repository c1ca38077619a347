import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { claimEvent } from '../../usecases/outbox.js';
import type { Message } from '../blocks.js';
import { helpMessage } from '../messages/help.js';
import { attempt, type Surface } from '../request.js';
import { answerSpend, typedText } from './spend.js';

/** Something said to the app in a channel or in its direct messages. */
interface Said {
  readonly client: WebClient;
  readonly userId: string;
  readonly text: string;
  readonly channel: string;
  readonly threadTs: string | undefined;
}

async function reply(surface: Surface, said: Said): Promise<void> {
  const say = (message: Message) =>
    said.client.chat.postMessage({
      channel: said.channel,
      text: message.text,
      blocks: [...message.blocks],
      unfurl_links: false,
      ...(said.threadTs === undefined ? {} : { thread_ts: said.threadTs }),
    });
  await attempt(
    surface.context.log,
    'answering a message',
    async () => {
      const text = await typedText(surface, said.client, said.text);
      const user = { id: said.userId, name: said.userId };
      const wantsHelp = /^(help|hi|hello)?[.!?]?$/i.test(text);
      await say(
        wantsHelp
          ? helpMessage()
          : await answerSpend(surface, { client: said.client, user, text, sharedBy: null }),
      );
    },
    say,
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
    });
  });
}
