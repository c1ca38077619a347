import { z } from 'zod';
import { AppError } from '../../core/base/errors.js';
import {
  type Answer,
  answerFrom,
  answerKey,
  isStateful,
  payloadValue,
  type RawAnswer,
  type RawAnswers,
  stateValues,
} from './answers.js';
import { type Option, OptionGroup, PlainOption } from './block-kit/text.js';
import type { Message, OpenView } from './model.js';
import { interactionBase, type Json } from './payloads.js';
import {
  type ElementName,
  type ElementPlace,
  type Located,
  locate,
  messageFields,
  type Outcome,
  outcomeOf,
  ownView,
  responseTarget,
  type Stage,
  viewFields,
  visibleMessage,
} from './stage.js';

/** An element and what the person does with it: nothing for a button, else the text or option values. */
export interface Use extends ElementName {
  readonly value?: RawAnswer | undefined;
  /** What else the person has typed in the same view, unsent so far. */
  readonly answers?: RawAnswers | undefined;
}

/** What an external select offers for a query. */
export interface Suggestions {
  readonly options: readonly Option[];
  readonly groups: readonly { readonly label: string; readonly options: readonly Option[] }[];
}

const Suggested = z.union([
  z.object({ options: z.array(PlainOption).max(100) }),
  z.object({ option_groups: z.array(OptionGroup).max(100) }),
]);
const REMEMBERED_OPTIONS = 1000;

/** Presses a button or chooses in a menu. */
export async function clickAction(
  stage: Stage,
  userId: string,
  { place, use }: { place: ElementPlace; use: Use },
): Promise<Outcome> {
  return place.kind === 'view'
    ? clickInView(stage, ownView(stage, userId, place.viewId), use)
    : clickInMessage(stage, userId, { message: visibleMessage(stage, userId, place), use });
}

/** Asks the app what an external select offers. @throws AppError `upstream` when it does not say in time. */
export async function suggest(
  stage: Stage,
  userId: string,
  ask: { place: ElementPlace; name: ElementName; query: string; answers?: RawAnswers | undefined },
): Promise<Suggestions> {
  const { blocks, fields } = lookAt(stage, userId, ask);
  const { blockId, actionId } = locate(blocks, ask.name);
  const { payload } = await stage.gateway.deliver({
    ...interactionBase(stage.workspace, userId),
    type: 'block_suggestion',
    action_id: actionId,
    block_id: blockId,
    value: ask.query,
    ...fields,
  });
  const parsed = Suggested.safeParse(payload);
  if (!parsed.success) throw new AppError('upstream', 'The app did not say what this menu offers.');
  const groups = 'option_groups' in parsed.data ? parsed.data.option_groups : [];
  const options = 'options' in parsed.data ? parsed.data.options : [];
  remember(stage, userId, {
    blockId,
    actionId,
    options: [...options, ...groups.flatMap((one) => one.options)],
  });
  return { options, groups: groups.map((group) => ({ label: group.label.text, options: group.options })) };
}

/** The view with what the person has typed into it. @throws AppError when an element or option is gone. */
export function typeInto(stage: Stage, open: OpenView, raw: RawAnswers): OpenView {
  const answers = new Map(open.answers);
  for (const [blockId, values] of Object.entries(raw)) {
    for (const [actionId, value] of Object.entries(values)) {
      const { element } = locate(open.view.blocks, { blockId, actionId });
      const key = answerKey(blockId, actionId);
      const held = (open.answers.get(key) ?? []).filter((item) => typeof item !== 'string');
      const offered = [...suggested(stage, open.userId, { blockId, actionId }), ...held];
      answers.set(key, answerFrom(element, value, offered));
    }
  }
  return stage.views.answer(open, answers);
}

async function clickInView(stage: Stage, open: OpenView, use: Use): Promise<Outcome> {
  const typed = typeInto(stage, open, use.answers ?? {});
  const found = locate(typed.view.blocks, use);
  const chosen = choose(stage, open.userId, { found, value: use.value });
  const current = isStateful(found.element)
    ? stage.views.answer(typed, new Map([...typed.answers, [answerKey(found.blockId, use.actionId), chosen]]))
    : typed;
  const delivery = await stage.gateway.deliver({
    ...interactionBase(stage.workspace, open.userId),
    type: 'block_actions',
    ...viewFields(current),
    trigger_id: stage.tickets.issueTrigger(open.userId, open.view.type === 'modal' ? open.id : null),
    actions: [actionPayload(stage, found, chosen)],
  });
  return outcomeOf(delivery);
}

async function clickInMessage(
  stage: Stage,
  userId: string,
  { message, use }: { message: Message; use: Use },
): Promise<Outcome> {
  const found = locate(message.blocks, use);
  const chosen = choose(stage, userId, { found, value: use.value });
  const key = `${userId} ${message.channel} ${message.ts}`;
  const answers = new Map(stage.workspace.messageAnswers.get(key));
  if (isStateful(found.element)) answers.set(answerKey(found.blockId, use.actionId), chosen);
  stage.workspace.messageAnswers.set(key, answers);
  const delivery = await stage.gateway.deliver({
    ...interactionBase(stage.workspace, userId),
    type: 'block_actions',
    ...messageFields(stage, message),
    trigger_id: stage.tickets.issueTrigger(userId),
    response_url: stage.tickets.issueResponseUrl(responseTarget(userId, message)),
    state: { values: stateValues(message.blocks, answers) },
    actions: [actionPayload(stage, found, chosen)],
  });
  return outcomeOf(delivery);
}

function lookAt(
  stage: Stage,
  userId: string,
  { place, answers }: { place: ElementPlace; answers?: RawAnswers | undefined },
): { blocks: OpenView['view']['blocks']; fields: Json } {
  if (place.kind === 'view') {
    const open = typeInto(stage, ownView(stage, userId, place.viewId), answers ?? {});
    return { blocks: open.view.blocks, fields: viewFields(open) };
  }
  const message = visibleMessage(stage, userId, place);
  return { blocks: [...message.blocks], fields: messageFields(stage, message) };
}

function actionPayload(stage: Stage, { element, blockId, actionId }: Located, chosen: Answer): Json {
  const isButton = element.type === 'button';
  return {
    ...(isButton ? { text: element.text, ...(element.style ? { style: element.style } : {}) } : {}),
    ...(isButton && element.value === undefined ? {} : payloadValue(element, chosen)),
    type: element.type,
    action_id: actionId,
    block_id: blockId,
    action_ts: stage.workspace.newTs(),
  };
}

function choose(
  stage: Stage,
  userId: string,
  { found, value }: { found: Located; value: RawAnswer | undefined },
): Answer {
  const { element } = found;
  if (element.type === 'button') return element.value === undefined ? [] : [element.value];
  return answerFrom(element, value ?? null, suggested(stage, userId, found));
}

/** Slack's client knows the options it was offered; so must we, to send back whole options. */
function remember(
  stage: Stage,
  userId: string,
  { blockId, actionId, options }: { blockId: string; actionId: string; options: readonly Option[] },
): void {
  const before = suggested(stage, userId, { blockId, actionId });
  const all = [...options, ...before].slice(0, REMEMBERED_OPTIONS);
  stage.workspace.suggestions.set(`${userId} ${answerKey(blockId, actionId)}`, all);
}

function suggested(
  stage: Stage,
  userId: string,
  { blockId, actionId }: { blockId: string; actionId: string },
): readonly Option[] {
  return stage.workspace.suggestions.get(`${userId} ${answerKey(blockId, actionId)}`) ?? [];
}
