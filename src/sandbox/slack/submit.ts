import { z } from 'zod';
import { type Answer, answerKey, type RawAnswers, stateValues } from './answers.js';
import { Refusal } from './api/call.js';
import { describeFile } from './api/files.js';
import { checkedView } from './api/views.js';
import type { BlockOf } from './block-kit/blocks.js';
import type { OpenView } from './model.js';
import { interactionBase, type Json, viewPayload } from './payloads.js';
import { ownView, type Stage, TIMED_OUT } from './stage.js';
import { typeInto } from './use.js';

/** What a person sees after pressing submit. */
export type Submission =
  | { readonly outcome: 'closed' | 'cleared' | 'updated' | 'pushed' }
  /** By block_id; from Slack's own checks (nothing was sent) or from the app. */
  | { readonly outcome: 'errors'; readonly errors: Readonly<Record<string, string>> }
  /** The app was late or answered what Slack does not understand. */
  | { readonly outcome: 'failed'; readonly error: string };

const AckResponse = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('clear') }),
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
]);

/** Presses a modal's submit button with what was typed on top of its initial values. */
export async function submitView(
  stage: Stage,
  userId: string,
  { viewId, answers }: { viewId: string; answers: RawAnswers },
): Promise<Submission> {
  const open = typeInto(stage, ownView(stage, userId, viewId), answers);
  const missing = clientErrors(open);
  if (Object.keys(missing).length > 0) return { outcome: 'errors', errors: missing };
  const delivery = await stage.gateway.deliver({
    ...interactionBase(stage.workspace, userId),
    type: 'view_submission',
    trigger_id: stage.tickets.issueTrigger(userId, open.id),
    view: withFiles(stage, open),
    response_urls: responseUrls(stage, open),
  });
  if (!delivery.isAcked) return { outcome: 'failed', error: TIMED_OUT };
  return applyAck(stage, open, delivery.payload);
}

/** Closes a modal by its close button (`all`: the whole stack by its X). */
export async function closeView(
  stage: Stage,
  userId: string,
  { viewId, all }: { viewId: string; all: boolean },
): Promise<void> {
  const open = ownView(stage, userId, viewId);
  const isAll = all || (open.view.type === 'modal' && open.view.clear_on_close === true);
  const closed = isAll ? stage.views.stack(userId) : [open];
  if (isAll) stage.views.clear(userId);
  else stage.views.close(open);
  for (const one of closed.toReversed()) {
    if (one.view.type !== 'modal' || !one.view.notify_on_close) continue;
    const base = interactionBase(stage.workspace, userId);
    await stage.gateway.deliver({ ...base, type: 'view_closed', view: viewPayload(one), is_cleared: isAll });
  }
}

function applyAck(stage: Stage, open: OpenView, payload: unknown): Submission {
  // The app may have closed or updated the view while it was deciding.
  const current = stage.views.find(open.id);
  if (payload === undefined || payload === '' || isEmptyObject(payload)) {
    if (current) stage.views.close(current);
    return { outcome: 'closed' };
  }
  const parsed = AckResponse.safeParse(payload);
  if (!parsed.success) return { outcome: 'failed', error: 'invalid response_action' };
  const ack = parsed.data;
  if (ack.response_action === 'clear') {
    stage.views.clear(open.userId);
    return { outcome: 'cleared' };
  }
  if (ack.response_action === 'errors') return appErrors(open, ack.errors);
  return show(stage, current, ack);
}

function show(
  stage: Stage,
  open: OpenView | undefined,
  ack: { response_action: 'update' | 'push'; view?: unknown },
): Submission {
  try {
    const view = checkedView(ack.view, stage.workspace);
    if (view.type !== 'modal' || !open) return { outcome: 'failed', error: 'not_found' };
    if (ack.response_action === 'update') {
      stage.views.update(open, view);
      return { outcome: 'updated' };
    }
    if (!stage.views.push(open.userId, view)) return { outcome: 'failed', error: 'push_limit_reached' };
    return { outcome: 'pushed' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { outcome: 'failed', error: [error.error, JSON.stringify(error.extra)].join(' ') };
  }
}

/** Slack shows an app's errors under input blocks only; an error elsewhere is the app's mistake. */
function appErrors(open: OpenView, errors: Readonly<Record<string, string>>): Submission {
  const inputs = new Set(inputsOf(open).map((block) => block.block_id));
  const stray = Object.keys(errors).filter((blockId) => !inputs.has(blockId));
  if (stray.length > 0)
    return { outcome: 'failed', error: `errors for unknown input blocks: ${stray.join(', ')}` };
  return { outcome: 'errors', errors };
}

/** What Slack's own client refuses before it sends anything. */
function clientErrors(open: OpenView): Readonly<Record<string, string>> {
  return Object.fromEntries(
    inputsOf(open).flatMap((block) => {
      const key = answerKey(block.block_id ?? '', block.element.action_id ?? '');
      const error = inputError(block, open.answers.get(key) ?? []);
      return error === null ? [] : [[block.block_id ?? '', error]];
    }),
  );
}

function inputError({ element, optional }: BlockOf<'input'>, answer: Answer): string | null {
  const [first] = answer;
  if (first === undefined) return optional ? null : 'Please complete this required field.';
  const text = typeof first === 'string' ? first : first.value;
  if (element.type === 'number_input') return numberError(element, text);
  if (element.type === 'email_text_input') {
    return z.email().safeParse(text).success ? null : 'Please enter a valid email address.';
  }
  if (element.type === 'url_text_input')
    return z.url().safeParse(text).success ? null : 'Please enter a valid URL.';
  if (element.type !== 'plain_text_input') return tooMany(element, answer);
  const { min_length: least = 0, max_length: most = 3000 } = element;
  if (text.length < least) return `Must be at least ${least} characters.`;
  return text.length > most ? `Must be at most ${most} characters.` : null;
}

function numberError(
  limits: { is_decimal_allowed: boolean; min_value?: string | undefined; max_value?: string | undefined },
  text: string,
): string | null {
  const pattern = limits.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(text))
    return limits.is_decimal_allowed ? 'Please enter a number.' : 'Please enter a whole number.';
  if (limits.min_value !== undefined && Number(text) < Number(limits.min_value)) {
    return `Must be ${limits.min_value} or more.`;
  }
  if (limits.max_value !== undefined && Number(text) > Number(limits.max_value)) {
    return `Must be ${limits.max_value} or less.`;
  }
  return null;
}

function tooMany(element: BlockOf<'input'>['element'], answer: Answer): string | null {
  if (element.type === 'file_input')
    return answer.length > (element.max_files ?? 10) ? `Choose at most ${element.max_files ?? 10}.` : null;
  const most = 'max_selected_items' in element ? Number(element.max_selected_items ?? Infinity) : Infinity;
  return answer.length > most ? `Choose at most ${most}.` : null;
}

/** The view with the files of its file inputs as Slack describes them, instead of their ids. */
function withFiles({ workspace }: Stage, open: OpenView): Json {
  const values: Record<string, unknown> = { ...stateValues(open.view.blocks, open.answers) };
  for (const { block_id: blockId = '', element } of inputsOf(open)) {
    if (element.type !== 'file_input') continue;
    const actionId = element.action_id ?? '';
    const files = (open.answers.get(answerKey(blockId, actionId)) ?? []).flatMap((id) => {
      const file = typeof id === 'string' ? workspace.files.get(id) : undefined;
      return file === undefined ? [] : [describeFile(workspace, file)];
    });
    values[blockId] = { [actionId]: { type: element.type, files } };
  }
  return { ...viewPayload(open), state: { values } };
}

/** One response URL for each conversation chosen in an input with `response_url_enabled`. */
function responseUrls(stage: Stage, open: OpenView): readonly Json[] {
  return inputsOf(open).flatMap(({ block_id: blockId = '', element }) => {
    const isEnabled = 'response_url_enabled' in element && element.response_url_enabled === true;
    const [channel] = open.answers.get(answerKey(blockId, element.action_id ?? '')) ?? [];
    if (!isEnabled || typeof channel !== 'string') return [];
    const target = { userId: open.userId, channel, threadTs: null, messageTs: null };
    const url = stage.tickets.issueResponseUrl(target);
    return [{ response_url: url, block_id: blockId, action_id: element.action_id, channel_id: channel }];
  });
}

function inputsOf(open: OpenView): readonly BlockOf<'input'>[] {
  return open.view.blocks.filter((block) => block.type === 'input');
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
