import type { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { type HomeFigures, showHome } from '../../usecases/home/show-home.js';
import { claimEvent } from '../../usecases/notices/outbox.js';
import { onClick } from '../kit/listener.js';
import { unpackPayload } from '../kit/payload.js';
import { attempt, contextOf, type HomeInSlack, type Surface } from '../kit/request.js';
import { slackErrorCode } from '../kit/slack-error.js';
import { QUESTIONS } from '../spend/help.js';
import { HOME_PAGE_IDS, HomeMetadata, HomePagePayload, homeTroubleView, homeView } from './message.js';

/** The figures of a person's own page, and whether they may edit rules and settings. */
export async function figuresFor(
  surface: Surface,
  client: WebClient,
  user: { readonly id: string; readonly name: string },
): Promise<{ readonly figures: HomeFigures; readonly manages: boolean }> {
  const viewer = await surface.access.viewerOf(client, user.id);
  const figures = await showHome(contextOf(surface, user), { viewer });
  return { figures, manages: viewer.roles.includes('finops') };
}

function digestOf(metadata: string | undefined): string | null {
  try {
    return unpackPayload(HomeMetadata, metadata).digest;
  } catch {
    return null; // an older version's home, or a home that told of trouble
  }
}

async function publish(
  surface: Surface,
  at: { readonly client: WebClient; readonly userId: string; readonly standing: HomeInSlack | null },
  view: HomeView,
): Promise<void> {
  const { client, userId, standing } = at;
  const shown = digestOf(standing?.private_metadata);
  if (shown !== null && shown === digestOf(view.private_metadata)) return;
  try {
    const hash = standing?.hash;
    await client.views.publish({ user_id: userId, view, ...(hash === undefined ? {} : { hash }) });
  } catch (error) {
    if (slackErrorCode(error) !== 'hash_conflict') throw error;
    surface.context.log.info('App Home was drawn again meanwhile.', { userId });
  }
}

/**
 * Publishes a person's App Home, unless it shows the same already; trouble is shown there too, for nobody would see
 * it elsewhere.
 */
export async function publishHome(
  surface: Surface,
  at: Parameters<Surface['publishHome']>[0],
): Promise<void> {
  const { client, user, page, standing } = at;
  const { log, company } = surface.context;
  await attempt(
    log,
    'showing App Home',
    async () => {
      const { figures, manages } = await figuresFor(surface, client, user);
      const view = homeView(figures, { manages, timeZone: company.timeZone, page });
      await publish(surface, { client, userId: user.id, standing }, view);
    },
    (_message, sentence) => client.views.publish({ user_id: user.id, view: homeTroubleView(sentence) }),
  );
}

/**
 * Where the workspace has agents, the messages tab offers questions; elsewhere Slack refuses, and nothing is lost.
 * False when it refused.
 */
async function suggestQuestions(surface: Surface, client: WebClient, channel: string): Promise<boolean> {
  const prompts = QUESTIONS.map(({ text, what }) => ({
    title: what,
    message: text === '' ? 'this month' : text,
  }));
  try {
    await client.assistant.threads.setSuggestedPrompts({ channel_id: channel, prompts });
    return true;
  } catch (error) {
    const code = slackErrorCode(error);
    surface.context.log.info('Questions could not be suggested.', { code });
    return code === null;
  }
}

/** The page that a button asks for; the first where an older version of the app made the button. */
function pageOf(value: string | undefined): number {
  try {
    return unpackPayload(HomePagePayload, value).page;
  } catch {
    return 0;
  }
}

/** App Home, and its messages tab where the workspace has agents. */
export function listenHome(app: App, surface: Surface): void {
  // Not asked again before the next start: each refusal is an error in Slack's own client's log.
  const withoutAgents = new Set<string>();
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (!(await claimEvent(surface.context, body.event_id))) return;
    if (event.tab === 'messages') {
      if (withoutAgents.has(body.team_id)) return;
      if (!(await suggestQuestions(surface, client, event.channel))) withoutAgents.add(body.team_id);
      return;
    }
    if (event.tab !== 'home') return;
    const user = { id: event.user, name: event.user };
    await publishHome(surface, { client, user, page: 0, standing: event.view ?? null });
  });
  for (const id of Object.values(HOME_PAGE_IDS))
    onClick(
      app,
      surface,
      { id, doing: 'turning a page of App Home' },
      async ({ client, user, value, body }) => {
        await surface.publishHome({ client, user, page: pageOf(value), standing: body.view ?? null });
      },
    );
}
