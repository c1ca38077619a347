import { type Conversation, IDS, type Message } from '../model.js';
import { messagePayload } from '../payloads.js';
import type { Workspace } from '../workspace.js';
import { type Args, type Desk, type Method, Refusal } from './call.js';
import { readContent, readMetadata, warned } from './content.js';

const MAX_UPDATE_TEXT = 4000;

/** A conversation in which the app may write. @throws Refusal as Slack refuses. */
export function writable(workspace: Workspace, channel: string): Conversation {
  const found = workspace.conversations.get(channel) ?? workspace.directWith(channel);
  if (!found || (found.isPrivate && !found.hasApp)) throw new Refusal('channel_not_found');
  if (found.isArchived) throw new Refusal('is_archived');
  // The error's name is not published for an account that was deactivated since: the direct message is gone.
  if (found.kind === 'im' && workspace.isDeactivated(found.members[0] ?? ''))
    throw new Refusal('channel_not_found');
  return found;
}

/** chat.postMessage alone takes `#name` beside an id; every other method wants the id. */
function idOf({ conversations }: Workspace, channel: string): string {
  if (!channel.startsWith('#')) return channel;
  return [...conversations.values()].find(({ name }) => name === channel.slice(1))?.id ?? channel;
}

const postMessage: Method = {
  required: ['channel'],
  run(args, { workspace }) {
    const conversation = writable(workspace, idOf(workspace, args.text('channel')));
    const content = readContent(workspace, args);
    const threadTs = threadOf(workspace, conversation.id, args);
    const message = workspace.post({
      channel: conversation.id,
      author: { kind: 'app' },
      text: content.text,
      blocks: content.blocks,
      threadTs,
      isBroadcast: threadTs !== null && args.flag('reply_broadcast'),
      onlyFor: null,
      metadata: readMetadata(args),
      fileIds: [],
    });
    return {
      channel: conversation.id,
      ts: message.ts,
      message: messagePayload(workspace, message),
      ...warned(content.warnings),
    };
  },
};

const postEphemeral: Method = {
  required: ['channel', 'user'],
  run(args, { workspace }) {
    const conversation = writable(workspace, args.text('channel'));
    if (!conversation.members.includes(args.text('user'))) throw new Refusal('user_not_in_channel');
    if (!conversation.hasApp) throw new Refusal('not_in_channel');
    const content = readContent(workspace, args);
    const message = workspace.post({
      channel: conversation.id,
      author: { kind: 'app' },
      text: content.text,
      blocks: content.blocks,
      threadTs: threadOf(workspace, conversation.id, args),
      isBroadcast: false,
      onlyFor: args.text('user'),
      metadata: null,
      fileIds: [],
    });
    return { message_ts: message.ts };
  },
};

const update: Method = {
  required: ['channel', 'ts'],
  run(args, { workspace }) {
    const message = ownMessage(workspace, args, 'cant_update_message');
    if (args.text('text').length > MAX_UPDATE_TEXT) throw new Refusal('msg_too_long');
    const content = readContent(workspace, args);
    const metadata = args.has('metadata') ? readMetadata(args) : message.metadata;
    const updated = { ...message, text: content.text, blocks: content.blocks, metadata, isEdited: true };
    workspace.replace(updated);
    return {
      channel: message.channel,
      ts: message.ts,
      text: content.text,
      message: messagePayload(workspace, updated),
    };
  },
};

const remove: Method = {
  required: ['channel', 'ts'],
  run(args, { workspace }) {
    const message = ownMessage(workspace, args, 'cant_delete_message');
    workspace.remove(message);
    return { channel: message.channel, ts: message.ts };
  },
};

const getPermalink: Method = {
  required: ['channel', 'message_ts'],
  run(args, { workspace }) {
    const channel = args.text('channel');
    if (!workspace.conversations.has(channel)) throw new Refusal('channel_not_found');
    const message = workspace.message(channel, args.text('message_ts'));
    if (!message) throw new Refusal('message_not_found');
    const link = `https://sandbox.slack.com/archives/${channel}/p${message.ts.replace('.', '')}`;
    const inThread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel}` : '';
    return { channel, permalink: link + inThread };
  },
};

const addReaction: Method = {
  required: ['channel', 'name', 'timestamp'],
  run(args, { workspace }) {
    const channel = args.text('channel');
    if (!workspace.conversations.has(channel)) throw new Refusal('channel_not_found');
    const message = workspace.message(channel, args.text('timestamp'));
    if (!message || message.onlyFor !== null) throw new Refusal('message_not_found');
    const name = args.text('name');
    const before = message.reactions.find((one) => one.name === name)?.users ?? [];
    if (before.includes(IDS.botUser)) throw new Refusal('already_reacted');
    const others = message.reactions.filter((one) => one.name !== name);
    workspace.replace({ ...message, reactions: [...others, { name, users: [...before, IDS.botUser] }] });
    return {};
  },
};

/** The parent a reply goes to; a reply to a reply goes to its parent. */
function threadOf(workspace: Workspace, channel: string, args: Args): string | null {
  if (!args.has('thread_ts')) return null;
  const parent = workspace.message(channel, args.text('thread_ts'));
  if (!parent || parent.onlyFor !== null) throw new Refusal('thread_not_found');
  if (parent.threadTs !== null) throw new Refusal('cannot_reply_to_message');
  return parent.ts;
}

/** A message the app wrote and may change; ephemeral ones cannot be found by their ts. */
function ownMessage(workspace: Workspace, args: Args, error: string): Message {
  const conversation = workspace.conversations.get(args.text('channel'));
  if (!conversation || (conversation.isPrivate && !conversation.hasApp))
    throw new Refusal('channel_not_found');
  const message = workspace.message(args.text('channel'), args.text('ts'));
  if (!message || message.onlyFor !== null) throw new Refusal('message_not_found');
  if (message.author.kind !== 'app') throw new Refusal(error);
  return message;
}

/** `chat.*` and `reactions.add`. */
export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
  'reactions.add': addReaction,
};

/** Whether the last message the app posted in a channel is less than a second old (special rate limit). */
export function isPostingTooFast(args: Args, { workspace }: Desk): boolean {
  const last = workspace
    .messagesIn(args.text('channel'))
    .findLast((message) => message.author.kind === 'app' && message.onlyFor === null);
  return last !== undefined && workspace.now() - Number(last.ts) * 1000 < 1000;
}
