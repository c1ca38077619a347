import type { App } from '@slack/bolt';
import { liftSilence, mirrorReply } from '../../usecases/alerts/act-on-case.js';
import { listAlerts } from '../../usecases/alerts/list-alerts.js';
import { claimEvent } from '../../usecases/notices/outbox.js';
import type { Message } from '../kit/blocks.js';
import { type Asker, onClick } from '../kit/listener.js';
import { contextOf, type Surface } from '../kit/request.js';
import { alertListMessage, LIFT_ID, SilencePayload } from './list-message.js';

/** Of a reply; what is longer is cut in the audit log. */
const MOST_TEXT = 3_000;

/** What is open and what is muted, of what the person may see. */
export async function alertsAnswer(surface: Surface, ask: Asker): Promise<Message> {
  const viewer = await surface.access.viewerOf(ask.client, ask.user.id);
  return alertListMessage(await listAlerts(contextOf(surface, ask.user), { viewer }));
}

/** The list of alerts, and what people write in the threads of alerts. */
export function listenAlertList(app: App, surface: Surface): void {
  const lifting = { id: LIFT_ID, doing: 'ending a booking or a mute', payload: SilencePayload };
  onClick(app, surface, lifting, async ({ client, user, context, payload: { silenceId }, tell }) => {
    const viewer = await surface.access.viewerOf(client, user.id);
    await liftSilence(context, { silenceId, viewer });
    await tell(await alertsAnswer(surface, { client, user }), true);
    await surface.runJob('deliver');
  });

  app.event('message', async ({ event, body, client }) => {
    if (event.channel_type !== 'channel' && event.channel_type !== 'group') return;
    if (event.subtype !== undefined && event.subtype !== 'thread_broadcast') return;
    if (!('thread_ts' in event) || event.thread_ts === undefined) return;
    if (('bot_id' in event && event.bot_id !== undefined) || event.user === undefined) return;
    if (!(await claimEvent(surface.context, body.event_id))) return;
    const name = (await surface.people.emailOf(client, event.user)) ?? event.user;
    const text = (event.text ?? '').slice(0, MOST_TEXT);
    const reply = { channelId: event.channel, threadTs: event.thread_ts, text };
    await mirrorReply(contextOf(surface, { id: event.user, name }), reply);
  });
}
