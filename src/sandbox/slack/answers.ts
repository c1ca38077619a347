import { invalid } from '../../core/base/errors.js';
import type { Block } from './block-kit/blocks.js';
import type { Element } from './block-kit/elements.js';
import type { Option } from './block-kit/text.js';
import { elementsOf } from './block-kit/walk.js';

/** What an element holds: the typed text, chosen ids or chosen options; empty when nothing is. */
export type Answer = readonly (string | Option)[];

/** An answer as a person or a page gives it: the text or the option's value, several for multi elements. */
export type RawAnswer = string | readonly string[] | null;

/** Answers as `{block_id: {action_id: raw}}`. */
export type RawAnswers = Readonly<Record<string, Readonly<Record<string, RawAnswer>>>>;

interface Shape {
  /** Field of the payload that carries the answer. */
  readonly field: string;
  readonly isOption?: true;
  readonly isMany?: true;
}
const option: Shape = { field: 'selected_option', isOption: true };
const options: Shape = { field: 'selected_options', isOption: true, isMany: true };
const text: Shape = { field: 'value' };

/** How each element's answer travels (docs.slack.dev, `state.values` and `actions[]`). */
const SHAPES: Readonly<Record<Element['type'], Shape>> = {
  button: text,
  workflow_button: text,
  plain_text_input: text,
  number_input: text,
  email_text_input: text,
  url_text_input: text,
  rich_text_input: { field: 'rich_text_value' },
  file_input: { field: 'files', isMany: true },
  static_select: option,
  external_select: option,
  radio_buttons: option,
  overflow: option,
  multi_static_select: options,
  multi_external_select: options,
  checkboxes: options,
  users_select: { field: 'selected_user' },
  multi_users_select: { field: 'selected_users', isMany: true },
  conversations_select: { field: 'selected_conversation' },
  multi_conversations_select: { field: 'selected_conversations', isMany: true },
  channels_select: { field: 'selected_channel' },
  multi_channels_select: { field: 'selected_channels', isMany: true },
  datepicker: { field: 'selected_date' },
  timepicker: { field: 'selected_time' },
  datetimepicker: { field: 'selected_date_time' },
};

/** Key of one element in a map of answers. */
export function answerKey(blockId: string, actionId: string): string {
  return `${blockId}\u0000${actionId}`;
}

/** Whether an element holds a state at all; buttons and overflow menus only fire. */
export function isStateful(element: Element): boolean {
  return !['button', 'overflow', 'workflow_button'].includes(element.type);
}

/** What a fresh element holds before anybody touches it. */
function initialAnswer(element: Element): Answer {
  const fields = Object.entries(element).filter(([name]) => name.startsWith('initial_'));
  const initial: unknown = fields[0]?.[1];
  const items: readonly unknown[] = Array.isArray(initial) ? initial : [initial];
  return items.flatMap((item) => {
    if (typeof item === 'number') return [String(item)];
    return typeof item === 'string' || isOption(item) ? [item] : [];
  });
}

/**
 * The answer a person's raw input stands for. `offered` are options that the app suggested.
 * @throws AppError `invalid` when a chosen option was never offered.
 */
export function answerFrom(element: Element, raw: RawAnswer, offered: readonly Option[]): Answer {
  const items = (typeof raw === 'string' ? [raw] : (raw ?? [])).filter((item) => item !== '');
  if (!SHAPES[element.type].isOption) return items;
  const known = [...optionsOf(element), ...offered];
  return items.map(
    (value) =>
      known.find((one) => one.value === value) ??
      invalid(`"${value}" is not an option of this ${element.type}.`),
  );
}

/** The raw form of an answer, as a page keeps it in its fields. */
export function rawAnswer(element: Element, answer: Answer): RawAnswer {
  const items = answer.map((item) => (typeof item === 'string' ? item : item.value));
  return SHAPES[element.type].isMany ? items : (items[0] ?? null);
}

/** The answer as Slack puts it into `state.values` or an action: `{type, selected_option: ...}`. */
export function payloadValue(element: Element, answer: Answer): Readonly<Record<string, unknown>> {
  const shape = SHAPES[element.type];
  const first = answer[0] ?? null;
  const single = element.type === 'datetimepicker' && first !== null ? Number(first) : first;
  return { type: element.type, [shape.field]: shape.isMany ? answer : single };
}

/** Options written into the element itself, whether flat, grouped or initial. */
function optionsOf(element: Element): readonly Option[] {
  const flat: unknown = 'options' in element ? element.options : [];
  const groups: unknown = 'option_groups' in element ? element.option_groups : [];
  const grouped = listOf(groups).flatMap((group) =>
    typeof group === 'object' && group !== null && 'options' in group ? listOf(group.options) : [],
  );
  return [...listOf(flat), ...grouped, ...initialAnswer(element)].filter(isOption);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Answers of fresh blocks; an element whose block_id and action_id were there before keeps what it held. */
export function answersFor(
  blocks: readonly Block[],
  previous: ReadonlyMap<string, Answer> = new Map(),
): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const block of blocks) {
    for (const element of elementsOf(block).filter(isStateful)) {
      const key = answerKey(block.block_id ?? '', element.action_id ?? '');
      answers.set(key, previous.get(key) ?? initialAnswer(element));
    }
  }
  return answers;
}

/** `state.values` of blocks with these answers. */
export function stateValues(
  blocks: readonly Block[],
  answers: ReadonlyMap<string, Answer>,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(
    blocks.flatMap((block) => {
      const stateful = elementsOf(block).filter(isStateful);
      const id = block.block_id ?? '';
      const entries = stateful.map((element) => {
        const actionId = element.action_id ?? '';
        return [actionId, payloadValue(element, answers.get(answerKey(id, actionId)) ?? [])];
      });
      return entries.length > 0 ? [[id, Object.fromEntries(entries)]] : [];
    }),
  );
}

function isOption(value: unknown): value is Option {
  return typeof value === 'object' && value !== null && 'value' in value && 'text' in value;
}
