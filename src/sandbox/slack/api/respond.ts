import { z } from 'zod';
import type { Message } from '../model.js';
import { IDS } from '../model.js';
import type { Json } from '../payloads.js';
import type { ResponseTarget } from '../tickets.js';
import type { Workspace } from '../workspace.js';
import { Args, type Desk, Refusal } from './call.js';
import { readContent } from './content.js';

const Reply = z.looseObject({
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
});

/** Answers a POST to a response URL: status and body as Slack's hooks give them. */
export function answerHook(url: string, body: Json, desk: Desk): { status: number; text: string } {
  const target = desk.tickets.useResponseUrl(url);
  if (typeof target === 'string') return { status: 404, text: target };
  try {
    reply(desk.workspace, target, body);
    return { status: 200, text: 'ok' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 400, text: JSON.stringify({ ok: false, error: error.error, ...error.extra }) };
  }
}

/** Posts, replaces or deletes what a response URL or the ack of a command asks for. */
export function reply(workspace: Workspace, target: ResponseTarget, body: Json): void {
  const parsed = Reply.safeParse(body);
  if (!parsed.success) throw new Refusal('invalid_payload');
  const wish = parsed.data;
  const original = target.messageTs ? workspace.message(target.channel, target.messageTs) : undefined;
  if (wish.delete_original) {
    if (original) workspace.remove(original);
    return;
  }
  const content = readContent(workspace, new Args(body));
  if (wish.replace_original && original) {
    const { text, blocks } = content;
    workspace.replace({ ...original, text, blocks, isEdited: original.onlyFor === null });
    return;
  }
  workspace.post({
    channel: target.channel,
    author: { kind: 'app' },
    text: content.text,
    blocks: content.blocks,
    threadTs: wish.thread_ts ?? target.threadTs,
    isBroadcast: false,
    onlyFor: wish.response_type === 'in_channel' ? null : target.userId,
    metadata: null,
    fileIds: [],
  });
}

/** A note from Slackbot that only one person sees. */
export function whisper(
  workspace: Workspace,
  target: { userId: string; channel: string },
  text: string,
): Message {
  return workspace.post({
    channel: target.channel,
    author: { kind: 'slackbot' },
    text,
    blocks: [],
    threadTs: null,
    isBroadcast: false,
    onlyFor: target.userId === IDS.botUser ? null : target.userId,
    metadata: null,
    fileIds: [],
  });
}
