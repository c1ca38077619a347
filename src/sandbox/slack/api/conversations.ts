import type { Conversation, Message } from '../model.js';
import { IDS } from '../model.js';
import { type Json, messagePayload } from '../payloads.js';
import type { Workspace } from '../workspace.js';
import { type Args, type Method, page, Refusal } from './call.js';

const open: Method = {
  required: [],
  run(args, { workspace }) {
    if (args.has('channel')) return { channel: describe(visible(workspace, args)) };
    const users = args.text('users').split(',').filter(Boolean);
    if (users.length === 0) throw new Refusal('users_list_not_supplied');
    if (users.length > 1)
      throw new Refusal('too_many_users', { note: 'group messages are not in the sandbox' });
    const direct = workspace.directWith(users[0] ?? '');
    if (!direct) throw new Refusal('user_not_found');
    if (workspace.isDeactivated(users[0] ?? '')) throw new Refusal('user_disabled');
    return { channel: args.flag('return_im') ? describe(direct) : { id: direct.id } };
  },
};

const info: Method = {
  required: ['channel'],
  run(args, { workspace }) {
    const conversation = visible(workspace, args);
    return {
      channel: {
        ...describe(conversation),
        ...(args.flag('include_num_members') ? { num_members: memberIds(conversation).length } : {}),
      },
    };
  },
};

const list: Method = {
  required: [],
  run(args, { workspace }) {
    const types = args.has('types') ? args.text('types').split(',') : ['public_channel'];
    if (types.some((type) => !['public_channel', 'private_channel', 'mpim', 'im'].includes(type))) {
      throw new Refusal('invalid_types');
    }
    const found = [...workspace.conversations.values()].filter(
      (one) =>
        types.includes(kindOf(one)) &&
        (one.hasApp || !one.isPrivate) &&
        !(args.flag('exclude_archived') && one.isArchived),
    );
    const { items, response_metadata } = page(found, args);
    return { channels: items.map(describe), response_metadata };
  },
};

const members: Method = {
  required: ['channel'],
  run(args, { workspace }) {
    const { items, response_metadata } = page(memberIds(visible(workspace, args)), args);
    return { members: items, response_metadata };
  },
};

const history: Method = {
  required: ['channel'],
  run(args, { workspace }) {
    const conversation = visible(workspace, args);
    if (!conversation.hasApp) throw new Refusal('not_in_channel');
    const messages = workspace
      .messagesIn(conversation.id)
      .filter((message) => message.threadTs === null || message.isBroadcast)
      .toReversed();
    return readOut(workspace, messages, args);
  },
};

const replies: Method = {
  required: ['channel', 'ts'],
  run(args, { workspace }) {
    const conversation = visible(workspace, args);
    const message = workspace.message(conversation.id, args.text('ts'));
    if (!message || message.onlyFor !== null) throw new Refusal('thread_not_found');
    const root = message.threadTs === null ? message : workspace.message(conversation.id, message.threadTs);
    if (!root) throw new Refusal('thread_not_found');
    return readOut(workspace, [root, ...workspace.replies(conversation.id, root.ts)], args);
  },
};

const join: Method = {
  required: ['channel'],
  run(args, { workspace }) {
    const conversation = visible(workspace, args);
    if (conversation.kind === 'im' || conversation.isPrivate) {
      throw new Refusal('method_not_supported_for_channel_type');
    }
    if (conversation.isArchived) throw new Refusal('is_archived');
    const joined = { ...conversation, hasApp: true };
    workspace.conversations.set(conversation.id, joined);
    workspace.changed();
    return {
      channel: describe(joined),
      ...(conversation.hasApp ? { warning: 'already_in_channel' } : {}),
    };
  },
};

function readOut(workspace: Workspace, messages: readonly Message[], args: Args): Json {
  const within = messages.filter(
    (message) =>
      message.onlyFor === null &&
      isAfter(message.ts, args.text('oldest'), args.flag('inclusive')) &&
      (!args.has('latest') || isAfter(args.text('latest'), message.ts, args.flag('inclusive'))),
  );
  const { items, response_metadata } = page(within, args);
  const withMetadata = args.flag('include_all_metadata');
  return {
    messages: items.map((message) => ({
      ...messagePayload(workspace, message),
      ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
    })),
    has_more: response_metadata['next_cursor'] !== '',
    response_metadata,
  };
}

function isAfter(ts: string, bound: string, inclusive: boolean): boolean {
  return bound === '' || Number(ts) > Number(bound) || (inclusive && ts === bound);
}

function visible(workspace: Workspace, args: Args): Conversation {
  const conversation = workspace.conversations.get(args.text('channel'));
  if (!conversation || (conversation.isPrivate && !conversation.hasApp)) {
    throw new Refusal('channel_not_found');
  }
  return conversation;
}

function kindOf(conversation: Conversation): string {
  if (conversation.kind === 'im') return 'im';
  return conversation.isPrivate ? 'private_channel' : 'public_channel';
}

function memberIds(conversation: Conversation): readonly string[] {
  return conversation.hasApp ? [...conversation.members, IDS.botUser] : conversation.members;
}

function describe(conversation: Conversation): Json {
  const isIm = conversation.kind === 'im';
  return {
    id: conversation.id,
    is_im: isIm,
    is_channel: !isIm,
    is_group: false,
    is_mpim: false,
    is_archived: conversation.isArchived,
    is_private: conversation.isPrivate,
    is_shared: conversation.shared === 'connected',
    is_ext_shared: conversation.shared === 'connected',
    is_org_shared: false,
    is_pending_ext_shared: conversation.shared === 'pending',
    ...(isIm
      ? { user: conversation.members[0] }
      : {
          name: conversation.name,
          name_normalized: conversation.name,
          is_member: conversation.hasApp,
          is_general: false,
          num_members: memberIds(conversation).length,
          topic: { value: '', creator: '', last_set: 0 },
          purpose: { value: conversation.purpose, creator: '', last_set: 0 },
        }),
  };
}

/** `conversations.*`. */
export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.open': open,
  'conversations.info': info,
  'conversations.list': list,
  'conversations.members': members,
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.join': join,
};
