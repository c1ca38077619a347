import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { claimEvent } from '../../usecases/outbox.js';
import { showHome } from '../../usecases/show-home.js';
import { type Message } from '../blocks.js';
import { withinLimits } from '../limits.js';
import { HELP_IDS, helpMessage } from '../messages/help.js';
import { feedBlocks, homeBlocks, homeTroubleView, homeView } from '../messages/home.js';
import { answer, attempt, contextOf, type Surface, userOf } from '../request.js';
import { escapeMrkdwn, formatMoney, formatMonth } from '../text.js';
import { closeMessage } from './close.js';

async function figuresFor(surface: Surface, client: WebClient, user: { id: string; name: string }) {
  const email = await surface.people.emailOf(client, user.id);
  const isFinOps = await surface.access.mayEditRules(client, user.id);
  return showHome(contextOf(surface, user), { email, isFinOps });
}

/** Publishes a person's App Home; trouble is shown there too, for nobody would see it elsewhere. */
export async function publishHome(surface: Surface, client: WebClient, userId: string): Promise<void> {
  const { log, company } = surface.context;
  await attempt(
    log,
    'showing App Home',
    async () => {
      const figures = await figuresFor(surface, client, { id: userId, name: userId });
      const manages = await surface.access.mayEditRules(client, userId);
      const view = homeView(figures, { manages, timeZone: company.timeZone });
      await client.views.publish({ user_id: userId, view });
    },
    (_message, sentence) => client.views.publish({ user_id: userId, view: homeTroubleView(sentence) }),
  );
}

/** What `/apportion WORD` shows. */
async function apportionMessage(
  surface: Surface,
  ask: { client: WebClient; user: { id: string; name: string }; word: string },
): Promise<Message> {
  if (ask.word === '' || ask.word === 'help') return helpMessage();
  if (ask.word !== 'home' && ask.word !== 'sources' && ask.word !== 'status') return helpMessage(ask.word);
  const figures = await figuresFor(surface, ask.client, ask.user);
  const { timeZone } = surface.context.company;
  const total = `${formatMonth(figures.month)}: ${formatMoney(figures.total, figures.currency)} so far.`;
  return withinLimits({
    text: escapeMrkdwn(total),
    blocks:
      ask.word === 'sources'
        ? feedBlocks(figures, timeZone)
        : homeBlocks(figures, { manages: false, timeZone }),
  });
}

/** The action ids that this file answers. */
export const HELP_ACTION_IDS: readonly string[] = Object.values(HELP_IDS);

/** App Home, `/apportion` and the buttons of its help. */
export function listenHome(app: App, surface: Surface): void {
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (event.tab !== 'home') return;
    if (!(await claimEvent(surface.context, body.event_id))) return;
    await publishHome(surface, client, event.user);
  });

  app.command('/apportion', async ({ ack, command, client, respond }) => {
    await ack();
    await attempt(
      surface.context.log,
      'answering /apportion',
      async () => {
        const [word = '', object = null] = command.text.trim().toLowerCase().split(/\s+/);
        const user = { id: command.user_id, name: command.user_name };
        if (word === 'close') return answer(respond, await closeMessage(surface, { user, month: object }));
        await answer(respond, await apportionMessage(surface, { client, user, word }));
      },
      (message) => answer(respond, message),
    );
  });

  for (const word of ['home', 'sources'] as const) {
    app.action<BlockAction<ButtonAction>>(HELP_IDS[word], async ({ ack, body, client, respond }) => {
      await ack();
      await attempt(
        surface.context.log,
        'answering a button of the help',
        async () =>
          answer(respond, await apportionMessage(surface, { client, user: userOf(body.user), word })),
        (message) => answer(respond, message),
      );
    });
  }
}
