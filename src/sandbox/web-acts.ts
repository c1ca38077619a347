import { z } from 'zod';
import { assertNever } from '../core/base/errors.js';
import type { SandboxSlack } from './slack/index.js';
import { DESTINATIONS } from './story.js';

const id = z.string().min(1).max(300);
const text = z.string().max(12_000);
const raw = z.union([text, z.array(text).max(100), z.null()]);
const answers = z.record(z.string().max(300), z.record(z.string().max(300), raw));
const place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('message'), channel: id, ts: id }),
  z.strictObject({ kind: z.literal('view'), viewId: id }),
]);
const name = { blockId: id, actionId: id };
const as = { as: id };

/** One thing a person does on the page, as JSON. */
export const WebAct = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('command'), ...as, channel: id, text }),
  z.strictObject({ do: z.literal('message'), ...as, channel: id, text, threadTs: id.optional() }),
  z.strictObject({
    do: z.literal('click'),
    ...as,
    place,
    ...name,
    value: raw.optional(),
    answers: answers.optional(),
  }),
  z.strictObject({ do: z.literal('submit'), ...as, viewId: id, answers }),
  z.strictObject({ do: z.literal('close'), ...as, viewId: id, all: z.boolean() }),
  z.strictObject({
    do: z.literal('suggest'),
    ...as,
    place,
    ...name,
    query: text,
    answers: answers.optional(),
  }),
  z.strictObject({
    do: z.literal('shortcut'),
    ...as,
    callbackId: id,
    /** The message it is run on; absent: a global shortcut. */
    on: z.strictObject({ channel: id, ts: id }).optional(),
  }),
  /** Text files only, for file inputs. */
  z.strictObject({ do: z.literal('upload'), ...as, name: id, content: z.string().min(1).max(200_000) }),
  z.strictObject({ do: z.literal('home'), ...as, tab: z.enum(['home', 'messages']) }),
  z.strictObject({ do: z.literal('read'), ...as, channel: id }),
  z.strictObject({ do: z.literal('travel'), ...as, to: z.enum(DESTINATIONS) }),
  z.strictObject({ do: z.literal('restart'), ...as }),
]);
/** One thing a person does on the page, as JSON. */
export type WebAct = z.infer<typeof WebAct>;

/** What is done in Slack; time is moved elsewhere. */
export type SlackAct = Exclude<WebAct, { do: 'travel' | 'restart' }>;

/** Does it; the answer is what the page needs to show next. @throws AppError when it cannot be done. */
export async function perform(slack: SandboxSlack, act: SlackAct): Promise<unknown> {
  switch (act.do) {
    case 'command':
      return slack.runCommand(act.as, act.channel, act.text);
    case 'message':
      await slack.sendMessage(act.as, act.channel, act.text, act.threadTs);
      return { ok: true };
    case 'click':
      return slack.clickAction(act.as, act.place, act);
    case 'submit':
      return slack.submitView(act.as, act.viewId, act.answers);
    case 'close':
      await slack.closeView(act.as, act.viewId, act.all);
      return { ok: true };
    case 'suggest':
      return slack.suggest(act.as, act.place, act);
    case 'shortcut':
      return slack.runShortcut(act.as, act.callbackId, act.on);
    case 'upload':
      return { ok: true, fileId: slack.upload({ name: act.name, bytes: Buffer.from(act.content) }) };
    case 'home':
      await slack.openHome(act.as, act.tab);
      return { ok: true };
    case 'read':
      slack.markRead(act.as, act.channel);
      return { ok: true };
    default:
      return assertNever(act);
  }
}
