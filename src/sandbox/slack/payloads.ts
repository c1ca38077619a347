import { stateValues } from './answers.js';
import { IDS, type Message, type OpenView } from './model.js';
import type { Workspace } from './workspace.js';

/** A JSON object on its way to or from the app. */
export type Json = Readonly<Record<string, unknown>>;

/** Slack's shapes of the things in the workspace, as apps receive them. */
function teamPayload(): Json {
  return { id: IDS.team, domain: 'sandbox' };
}

function userPayload(workspace: Workspace, userId: string): Json {
  const name = handleOf(workspace.person(userId)?.name ?? userId);
  return { id: userId, username: name, name, team_id: IDS.team };
}

/** Fields that every interactive payload carries. */
export function interactionBase(workspace: Workspace, userId: string): Json {
  return {
    token: 'sandbox-verification',
    team: teamPayload(),
    enterprise: null,
    is_enterprise_install: false,
    api_app_id: IDS.app,
    user: userPayload(workspace, userId),
  };
}

/** An Events API envelope around an event. */
export function eventPayload(workspace: Workspace, event: Json): Json {
  return {
    token: 'sandbox-verification',
    team_id: IDS.team,
    api_app_id: IDS.app,
    type: 'event_callback',
    event_id: workspace.newId('Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    is_ext_shared_channel: false,
    authorizations: [
      {
        enterprise_id: null,
        team_id: IDS.team,
        user_id: IDS.botUser,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    event,
  };
}

/** A message as `message`, `conversations.history` and block actions show it. */
export function messagePayload(workspace: Workspace, message: Message): Json {
  const replies = message.threadTs === null ? workspace.replies(message.channel, message.ts) : [];
  return {
    type: 'message',
    ...authorFields(message),
    team: IDS.team,
    text: message.text,
    ts: message.ts,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    ...(message.isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(replies.length > 0
      ? { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }
      : {}),
    ...(message.isEdited ? { edited: { user: IDS.botUser, ts: message.ts } } : {}),
    ...(message.reactions.length > 0
      ? { reactions: message.reactions.map((one) => ({ ...one, count: one.users.length })) }
      : {}),
    ...(message.fileIds.length > 0 ? { files: message.fileIds.map((id) => ({ id })) } : {}),
  };
}

function authorFields(message: Message): Json {
  if (message.author.kind === 'person') return { user: message.author.id };
  if (message.author.kind === 'slackbot') return { user: IDS.slackbot };
  return { user: IDS.botUser, bot_id: IDS.bot, app_id: IDS.app };
}

/** A view as apps receive it, with everything the person has typed so far. */
export function viewPayload(open: OpenView): Json {
  const { view } = open;
  return {
    id: open.id,
    team_id: IDS.team,
    app_id: IDS.app,
    app_installed_team_id: IDS.team,
    bot_id: IDS.bot,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    ...view,
    ...(view.type === 'modal'
      ? {
          submit: view.submit ?? null,
          close: view.close ?? null,
          clear_on_close: view.clear_on_close ?? false,
          notify_on_close: view.notify_on_close ?? false,
        }
      : {}),
    hash: open.hash,
    root_view_id: open.rootId,
    previous_view_id: open.previousId,
    state: { values: stateValues(view.blocks, open.answers) },
  };
}

/** `Ana Ruiz` -> `ana.ruiz`, as Slack user names look. */
export function handleOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '.');
}
