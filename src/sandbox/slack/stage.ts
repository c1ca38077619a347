import { AppError } from '../../core/base/errors.js';
import type { Block } from './block-kit/blocks.js';
import type { Element } from './block-kit/elements.js';
import { elementsOf } from './block-kit/walk.js';
import type { Delivery, Gateway } from './gateway.js';
import type { Conversation, Message, OpenView } from './model.js';
import { type Json, messagePayload, viewPayload } from './payloads.js';
import type { ResponseTarget, Tickets } from './tickets.js';
import type { ViewShelf } from './view-shelf.js';
import type { Workspace } from './workspace.js';

/** What people act on: the workspace, and the way to the app. */
export interface Stage {
  readonly workspace: Workspace;
  readonly tickets: Tickets;
  readonly views: ViewShelf;
  readonly gateway: Gateway;
}

/** Where an element stands that a person uses. */
export type ElementPlace =
  | { readonly kind: 'message'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'view'; readonly viewId: string };

/** Which element: its action_id, and its block_id when the action_id alone is ambiguous. */
export interface ElementName {
  readonly blockId?: string | undefined;
  readonly actionId: string;
}

/** An element found in its block. */
export interface Located {
  readonly element: Element;
  readonly blockId: string;
  readonly actionId: string;
}

/** What the person sees of an act: nothing when it went well, else Slack's note. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** Slack's word for an app that did not acknowledge within three seconds. */
export const TIMED_OUT = 'operation_timeout';

/** Whether the app acknowledged. */
export function outcomeOf(delivery: Delivery): Outcome {
  return delivery.isAcked ? { ok: true } : { ok: false, error: TIMED_OUT };
}

/** The conversation, if the person is in it. @throws AppError `not-found` */
export function memberConversation(stage: Stage, userId: string, channel: string): Conversation {
  if (!stage.workspace.person(userId)) throw new AppError('not-found', `Nobody here has the id ${userId}.`);
  const conversation = stage.workspace.conversations.get(channel);
  if (!conversation?.members.includes(userId)) {
    throw new AppError('not-found', `${userId} is not in a conversation ${channel}.`);
  }
  return conversation;
}

/** A message the person can see. @throws AppError `not-found` */
export function visibleMessage(stage: Stage, userId: string, at: { channel: string; ts: string }): Message {
  memberConversation(stage, userId, at.channel);
  const message = stage.workspace.message(at.channel, at.ts);
  if (!message || (message.onlyFor !== null && message.onlyFor !== userId)) {
    throw new AppError('not-found', 'This message is gone.');
  }
  return message;
}

/** A view the person has open. @throws AppError `not-found` */
export function ownView(stage: Stage, userId: string, viewId: string): OpenView {
  const open = stage.views.find(viewId);
  if (open?.userId !== userId) throw new AppError('not-found', 'This view is closed.');
  return open;
}

/** Finds an element by name. @throws AppError `not-found` when the blocks have changed meanwhile. */
export function locate(blocks: readonly Block[], { blockId, actionId }: ElementName): Located {
  for (const block of blocks) {
    if (blockId !== undefined && blockId !== block.block_id) continue;
    const element = elementsOf(block).find((one) => one.action_id === actionId);
    if (element) return { element, blockId: block.block_id ?? '', actionId };
  }
  throw new AppError('not-found', `There is no element "${actionId}" here any more.`);
}

/** `channel` of an interactive payload. */
export function channelPayload(stage: Stage, channel: string): Json {
  const conversation = stage.workspace.conversations.get(channel);
  return { id: channel, name: conversation?.kind === 'im' ? 'directmessage' : conversation?.name };
}

/** The fields by which an interactive payload names a view. */
export function viewFields(open: OpenView): Json {
  return { container: { type: 'view', view_id: open.id }, view: viewPayload(open) };
}

/** The fields by which an interactive payload names a message; of an ephemeral one Slack sends no content. */
export function messageFields(stage: Stage, message: Message): Json {
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: message.onlyFor !== null,
      ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
    },
    channel: channelPayload(stage, message.channel),
    ...(message.onlyFor === null ? { message: messagePayload(stage.workspace, message) } : {}),
  };
}

/** Where a response URL handed out with a message leads. */
export function responseTarget(userId: string, message: Message): ResponseTarget {
  return { userId, channel: message.channel, threadTs: message.threadTs, messageTs: message.ts };
}
