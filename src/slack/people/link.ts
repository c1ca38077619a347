import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { claimEvent } from '../../usecases/notices/outbox.js';
import { linkSlackPeople, type SlackUser } from '../../usecases/people/link-slack-people.js';
import type { SlackContext } from '../kit/context.js';
import { logFailure, type SlackDeps } from '../kit/request.js';

const PAGE = 200;
const MAX_PAGES = 100;

/** What we look at of a member of `users.list`, and of `team_join` and `user_change`. */
const Member = z.object({
  id: z.string(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  profile: z.object({ email: z.string().optional() }).default({}),
});

/** A person's account; null for a bot and for Slackbot, which calls itself none. */
function toUser(member: unknown): SlackUser | null {
  const read = Member.safeParse(member);
  if (!read.success || read.data.is_bot || read.data.id === 'USLACKBOT') return null;
  const { id, deleted, profile } = read.data;
  return { id, email: profile.email?.toLowerCase() ?? null, isActive: !deleted };
}

/** All people with an account in the workspace, deactivated ones too. @throws what Slack throws. */
export async function listSlackUsers(client: WebClient): Promise<readonly SlackUser[]> {
  const users: SlackUser[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && cursor !== ''; page++) {
    const listed = await client.users.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    users.push(...(listed.members ?? []).flatMap((member) => toUser(member) ?? []));
    cursor = listed.response_metadata?.next_cursor ?? '';
  }
  return users;
}

/** Links all people of the directory to their Slack users; for the start, and after an HR import. */
export async function linkEverybody(context: SlackContext, client: WebClient): Promise<void> {
  const users = await listSlackUsers(client);
  const { linked } = await linkSlackPeople(context, users);
  context.log.info('Slack users are linked to people.', { users: users.length, linked });
}

/** Keeps the links as people join, leave and change their address. */
export function listenSlackPeople(app: App, deps: SlackDeps): void {
  const { context } = deps;
  const follow = async (eventId: string, member: unknown): Promise<void> => {
    const user = toUser(member);
    if (user === null || !(await claimEvent(context, eventId))) return;
    try {
      await linkSlackPeople(context, [user]);
    } catch (error) {
      logFailure(context.log, error, 'linking a Slack user');
    }
  };
  app.event('team_join', ({ event, body }) => follow(body.event_id, event.user));
  app.event('user_change', ({ event, body }) => follow(body.event_id, event.user));
}
