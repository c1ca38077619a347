import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { claimEvent } from '../../usecases/outbox.js';
import { type HomeFigures, showHome } from '../../usecases/show-home.js';
import { homeTroubleView, homeView } from '../messages/home.js';
import { attempt, contextOf, type Surface } from '../request.js';

/** The figures of a person's own page. */
export async function figuresFor(
  surface: Surface,
  client: WebClient,
  user: { id: string; name: string },
): Promise<HomeFigures> {
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

/** App Home. */
export function listenHome(app: App, surface: Surface): void {
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (event.tab !== 'home') return;
    if (!(await claimEvent(surface.context, body.event_id))) return;
    await publishHome(surface, client, event.user);
  });
}
