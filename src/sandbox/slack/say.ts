import { z } from 'zod';
import { invalid } from '../../core/base/errors.js';
import { Refusal } from './api/call.js';
import { reply, whisper } from './api/respond.js';
import { IDS, type Message } from './model.js';
import {
  eventPayload,
  handleOf,
  interactionBase,
  type Json,
  messagePayload,
  viewPayload,
} from './payloads.js';
import {
  channelPayload,
  memberConversation,
  type Outcome,
  outcomeOf,
  responseTarget,
  type Stage,
  TIMED_OUT,
  visibleMessage,
} from './stage.js';
import type { ResponseTarget } from './tickets.js';
import { encodeCommandText, encodeTyped } from './typed-text.js';

/** Runs `/command words`; resolves when the app has acknowledged it or has not in three seconds. */
export async function runCommand(
  stage: Stage,
  userId: string,
  { channel, text }: { channel: string; text: string },
): Promise<Outcome> {
  const { workspace, tickets } = stage;
  const conversation = memberConversation(stage, userId, channel);
  const [command = '', ...words] = text.trim().split(/\s+/);
  const target = { userId, channel, threadTs: null, messageTs: null };
  if (workspace.options.commands?.some((one) => one.command === command) === false) {
    whisper(workspace, target, `${command} is not a valid command.`);
    return { ok: false, error: 'unknown_command' };
  }
  const delivery = await stage.gateway.deliver({
    token: 'sandbox-verification',
    team_id: IDS.team,
    team_domain: 'sandbox',
    channel_id: channel,
    channel_name: conversation.kind === 'im' ? 'directmessage' : conversation.name,
    user_id: userId,
    user_name: handleOf(workspace.person(userId)?.name ?? userId),
    command,
    text: encodeCommandText(workspace, words.join(' ')),
    api_app_id: IDS.app,
    is_enterprise_install: 'false',
    response_url: tickets.issueResponseUrl(target),
    trigger_id: tickets.issueTrigger(userId),
  });
  if (delivery.isAcked) return replyInAck(stage, target, { command, payload: delivery.payload });
  whisper(workspace, target, `${command} failed with the error "${TIMED_OUT}"`);
  return { ok: false, error: TIMED_OUT };
}

/** Writes a message; the app hears of it in its direct messages, in channels that it is in, and when it is mentioned. */
export async function sendMessage(
  stage: Stage,
  userId: string,
  typed: { channel: string; text: string; threadTs?: string | undefined },
): Promise<Message> {
  const { workspace } = stage;
  const { channel } = typed;
  const conversation = memberConversation(stage, userId, channel);
  const text = encodeTyped(workspace, typed.text);
  if (text === '') invalid('Write something before sending.');
  const message = workspace.post({
    channel,
    author: { kind: 'person', id: userId },
    text,
    blocks: [],
    threadTs: typed.threadTs ?? null,
    isBroadcast: false,
    onlyFor: null,
    metadata: null,
    fileIds: [],
  });
  const event = { ...messagePayload(workspace, message), channel, event_ts: message.ts };
  const isMention = conversation.hasApp && text.includes(`<@${IDS.botUser}>`);
  if (conversation.kind === 'im') await deliverEvent(stage, { ...event, channel_type: 'im' });
  else if (conversation.hasApp)
    await deliverEvent(stage, { ...event, channel_type: conversation.isPrivate ? 'group' : 'channel' });
  if (isMention) await deliverEvent(stage, { ...event, type: 'app_mention' });
  return message;
}

/** Opens the app's Home or Messages tab. */
export async function openHome(stage: Stage, userId: string, tab: 'home' | 'messages'): Promise<void> {
  const home = stage.views.home(userId);
  await deliverEvent(stage, {
    type: 'app_home_opened',
    user: userId,
    channel: stage.workspace.directWith(userId)?.id,
    tab,
    ...(tab === 'home' && home ? { view: viewPayload(home) } : {}),
    event_ts: stage.workspace.newTs(),
  });
}

/** Runs a global shortcut, or on a message a message shortcut. */
export async function runShortcut(
  stage: Stage,
  userId: string,
  shortcut: { callbackId: string; on?: { channel: string; ts: string } | undefined },
): Promise<Outcome> {
  const base = {
    ...interactionBase(stage.workspace, userId),
    callback_id: shortcut.callbackId,
    trigger_id: stage.tickets.issueTrigger(userId),
    action_ts: stage.workspace.newTs(),
  };
  if (!shortcut.on) return outcomeOf(await stage.gateway.deliver({ ...base, type: 'shortcut' }));
  const message = visibleMessage(stage, userId, shortcut.on);
  const delivery = await stage.gateway.deliver({
    ...base,
    type: 'message_action',
    message_ts: message.ts,
    channel: channelPayload(stage, message.channel),
    message: messagePayload(stage.workspace, message),
    response_url: stage.tickets.issueResponseUrl(responseTarget(userId, message)),
  });
  return outcomeOf(delivery);
}

async function deliverEvent(stage: Stage, event: Json): Promise<void> {
  await stage.gateway.deliver(eventPayload(stage.workspace, event));
}

/** An ack may carry the command's answer, as text or as a message. */
function replyInAck(
  stage: Stage,
  target: ResponseTarget,
  ack: { command: string; payload: unknown },
): Outcome {
  if (ack.payload === undefined || ack.payload === '') return { ok: true };
  const asMessage = typeof ack.payload === 'string' ? { text: ack.payload } : ack.payload;
  try {
    reply(stage.workspace, target, z.record(z.string(), z.unknown()).parse(asMessage));
    return { ok: true };
  } catch (error) {
    const code = error instanceof Refusal ? error.error : 'invalid_command_response';
    whisper(stage.workspace, target, `${ack.command} failed with the error "${code}"`);
    return { ok: false, error: code };
  }
}
