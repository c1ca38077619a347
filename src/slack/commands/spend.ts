import type { App, BlockAction, ButtonAction, RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { takeAsIs } from '../../core/as-is-words.js';
import type { SpendQuestion } from '../../core/spend.js';
import { readSettings } from '../../usecases/read-settings.js';
import { showSpend } from '../../usecases/show-spend.js';
import type { Message } from '../blocks.js';
import { QUESTION_IDS } from '../messages/help.js';
import {
  AskPayload,
  DRILL_DOWNS,
  drillDownId,
  MAX_SUGGESTIONS,
  notUnderstoodMessage,
  SHARE_ID,
  spendMessage,
  suggestionId,
} from '../messages/spend.js';
import { unpackPayload } from '../payload.js';
import { resolveReferences } from '../people.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../request.js';
import { unescapeMrkdwn } from '../text.js';

/** One `/spend` question as it came from Slack. */
interface Ask {
  readonly client: WebClient;
  readonly user: { readonly id: string; readonly name: string };
  readonly text: string;
  /** Set when the answer goes to the whole channel. */
  readonly sharedBy: string | null;
}

/** Asks the use case and renders its answer: the one way from `/spend` text to a message. */
export async function answerSpend(surface: Surface, ask: Ask): Promise<Message> {
  return (await askSpend(surface, ask)).message;
}

/** An answer, and what decides where it may be said. */
export interface Answered {
  readonly understood: boolean;
  /** Not for a whole channel: it names people, or not everybody may see it. */
  readonly isPrivate: boolean;
  readonly message: Message;
}

/** The same, with whether the question was understood and who may read the answer. */
export async function askSpend(surface: Surface, ask: Ask): Promise<Answered> {
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  const input = { text: ask.text, askedBy: viewer.email, viewer };
  const found =
    surface.spendAsIs !== undefined && takeAsIs(ask.text).asIs
      ? await surface.spendAsIs(input)
      : await showSpend(contextOf(surface, ask.user), input);
  const message =
    found.kind === 'report'
      ? spendMessage(found.report, { text: ask.text, sharedBy: ask.sharedBy })
      : notUnderstoodMessage(found.sentence, found.suggestions);
  const { visibility } = (await readSettings(surface.context)).settings;
  const isOpen = visibility.teams === 'all' && found.kind === 'report' && !namesPeople(found.report.question);
  return { understood: found.kind !== 'not-understood', isPrivate: !isOpen, message };
}

function namesPeople({ scope, by }: SpendQuestion): boolean {
  return by === 'person' || (scope !== null && 'key' in scope && scope.key === 'person');
}

/** Typed text in plain words: user references become e-mails, Slack's escapes are undone. */
export async function typedText(surface: Surface, client: WebClient, text: string): Promise<string> {
  const words = await resolveReferences(text, (userId) => surface.people.emailOf(client, userId));
  return unescapeMrkdwn(words).trim();
}

/** Asks from a button: in place of an ephemeral answer, beside a shared one and beside the help. */
async function askFromButton(
  surface: Surface,
  args: { client: WebClient; respond: RespondFn; body: BlockAction; action: ButtonAction },
): Promise<void> {
  const isAnswer = !QUESTION_IDS.includes(args.action.action_id);
  const replaces = isAnswer && args.body.container['is_ephemeral'] === true;
  await attempt(
    surface.context.log,
    'answering a /spend button',
    async () => {
      const { text } = unpackPayload(AskPayload, args.action.value);
      const user = userOf(args.body.user);
      const message = await answerSpend(surface, { client: args.client, user, text, sharedBy: null });
      await answer(args.respond, message, replaces);
    },
    (message) => answer(args.respond, message),
  );
}

/** Posts the report for everyone; the question is asked anew, so what is shared is what is true now. */
async function share(
  surface: Surface,
  args: { client: WebClient; respond: RespondFn; body: BlockAction; action: ButtonAction },
): Promise<void> {
  await attempt(
    surface.context.log,
    'sharing a spend report',
    async () => {
      const { text } = unpackPayload(AskPayload, args.action.value);
      const user = userOf(args.body.user);
      const message = await answerSpend(surface, { client: args.client, user, text, sharedBy: user.name });
      await args.respond({
        response_type: 'in_channel',
        replace_original: false,
        text: message.text,
        blocks: [...message.blocks],
      });
    },
    (message) => answer(args.respond, message),
  );
}

/** The action ids that this file answers. */
export const SPEND_ACTION_IDS: readonly string[] = [
  ...DRILL_DOWNS.map(drillDownId),
  ...Array.from({ length: MAX_SUGGESTIONS }, (_, index) => suggestionId(index)),
  ...QUESTION_IDS,
  SHARE_ID,
];

/** `/spend` and the buttons of its answers. */
export function listenSpend(app: App, surface: Surface): void {
  app.command('/spend', async ({ ack, command, client, respond }) => {
    await ack();
    await attempt(
      surface.context.log,
      'answering /spend',
      async () => {
        const text = await typedText(surface, client, command.text);
        const user = { id: command.user_id, name: command.user_name };
        await answer(respond, await answerSpend(surface, { client, user, text, sharedBy: null }));
      },
      (message) => answer(respond, message),
    );
  });
  for (const id of SPEND_ACTION_IDS.filter((each) => each !== SHARE_ID)) {
    app.action<BlockAction<ButtonAction>>(id, async ({ ack, ...args }) => {
      await ack();
      await askFromButton(surface, args);
    });
  }
  app.action<BlockAction<ButtonAction>>(SHARE_ID, async ({ ack, ...args }) => {
    await ack();
    await share(surface, args);
  });
}
