import type { App, ReceiverEvent } from '@slack/bolt';
import { z } from 'zod';
import type { Log } from '../kit/context.js';

/** Who acted, in the shapes in which Slack says it; everything else of a payload is read where it is used. */
const Person = z.looseObject({ id: z.string().min(1) });

const Event = z.looseObject({ event: z.looseObject({ type: z.string() }) });
const Command = z.looseObject({ command: z.string(), user_id: z.string().min(1) });
const View = z.looseObject({ user: Person, view: z.looseObject({}) });
const Actions = z.looseObject({ user: Person, actions: z.array(z.looseObject({})).min(1) });
const Other = z.looseObject({ user: Person });

/** Events in which a person acts: without one there is nobody to answer, and nobody whose rights could be checked. */
const PERSONAL = new Set(['app_mention', 'app_home_opened', 'team_join', 'user_change', 'message']);
const Acting = z.looseObject({ user: z.union([z.string().min(1), Person]) });

/**
 * What is wrong with a payload that Bolt or a listener would stumble over (docs/slack-platform.md#signed-requests), or
 * null. A signature says who sent a payload, not that it is well-formed.
 */
function problemOf(body: unknown): string | null {
  const { data } = z.looseObject({}).safeParse(body);
  if (data === undefined) return 'it is not an object';
  if (!shapeOf(data).safeParse(data).success)
    return 'it does not say who acted, or lacks a part that its type always has';
  const event = z.record(z.string(), z.unknown()).catch({}).parse(data['event']);
  // Posts of apps and changes of posts have no user.
  const isPersonal = PERSONAL.has(String(event['type'])) && !('bot_id' in event) && !('subtype' in event);
  return isPersonal && !Acting.safeParse(event).success ? 'it does not say who acted' : null;
}

/** In the order in which Bolt decides what a payload is. */
function shapeOf(body: Readonly<Record<string, unknown>>): z.ZodType {
  if ('event' in body) return Event;
  if ('command' in body) return Command;
  if ('actions' in body || body['type'] === 'block_actions') return Actions;
  return String(body['type']).startsWith('view_') ? View : Other;
}

/** Lets the app process only what is well-formed; the rest is acknowledged and dropped with a log line. */
export function guardIntake(app: App, log: Log): void {
  const processEvent = app.processEvent.bind(app);
  app.processEvent = async (event: ReceiverEvent): Promise<void> => {
    const problem = problemOf(event.body);
    if (problem === null) return processEvent(event);
    log.warn('A payload of Slack was dropped.', { problem, type: event.body?.['type'] });
    await event.ack();
  };
}
