import type { InputBlock, KnownBlock, ModalView, PlainTextOption, StaticSelect } from '@slack/types';
import { AttributeRef } from '../../core/rules/condition.js';
import { attributeLabel } from '../../core/rules/labels.js';
import { plain } from './blocks.js';
import { type Choice, choiceOption, encodeChoice } from './option-value.js';
import { displayName } from './text.js';

type Element = InputBlock['element'];

/** A labelled input of a modal. `dispatch`: a change is sent at once, for it changes which fields there are. */
export function input(spec: {
  readonly block: string;
  readonly label: string;
  readonly element: Element;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly dispatch?: boolean;
}): InputBlock {
  return {
    type: 'input',
    block_id: spec.block,
    label: plain(spec.label, 200),
    element: spec.element,
    optional: spec.optional ?? false,
    ...(spec.hint === undefined ? {} : { hint: plain(spec.hint, 300) }),
    ...(spec.dispatch === true ? { dispatch_action: true } : {}),
  };
}

/** A form with a button that sends it; `metadata` comes back with what was filled in. Titles: 24 characters. */
export function formView(spec: {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  readonly close?: string;
  readonly metadata?: string;
  readonly blocks: readonly KnownBlock[];
}): ModalView {
  const { id, title, submit, close = 'Cancel', metadata, blocks } = spec;
  return {
    type: 'modal',
    callback_id: id,
    ...(metadata === undefined ? {} : { private_metadata: metadata }),
    title: plain(title, 24),
    submit: plain(submit, 24),
    close: plain(close, 24),
    blocks: [...blocks],
  };
}

/** A select among few options, one of which may be chosen already. */
export function select(
  actionId: string,
  options: readonly PlainTextOption[],
  chosen?: PlainTextOption,
): StaticSelect {
  return {
    type: 'static_select',
    action_id: actionId,
    options: [...options],
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
}

/** Why somebody changes a rule; everybody reads it. */
export function whyInput(block: string, action: string, value: string | null): InputBlock {
  const element = textInput(action, { max: 500, value, placeholder: 'For the history and FinOps' });
  return input({ block, label: 'Why', optional: true, element });
}

/** A select whose options are asked of us as the person types. */
export function searchSelect(actionId: string, placeholder: string, chosen: Choice | null): Element {
  return {
    type: 'external_select',
    action_id: actionId,
    min_query_length: 0,
    placeholder: plain(placeholder, 150),
    ...(chosen === null ? {} : { initial_option: choiceOption(chosen) }),
  };
}

/** One line of free text. */
export function textInput(
  actionId: string,
  spec: { readonly max: number; readonly value: string | null; readonly placeholder?: string },
): Element {
  return {
    type: 'plain_text_input',
    action_id: actionId,
    max_length: spec.max,
    ...(spec.placeholder === undefined ? {} : { placeholder: plain(spec.placeholder, 150) }),
    ...(spec.value === null || spec.value === '' ? {} : { initial_value: spec.value }),
  };
}

/** An optional day. */
export function dateInput(spec: {
  readonly block: string;
  readonly action: string;
  readonly label: string;
  readonly hint: string;
  readonly day: string | null;
}): InputBlock {
  return input({
    block: spec.block,
    label: spec.label,
    hint: spec.hint,
    optional: true,
    element: {
      type: 'datepicker',
      action_id: spec.action,
      ...(spec.day === null ? {} : { initial_date: spec.day }),
    },
  });
}

/** An attribute as people call it, with the name it has in a rules file. */
export function attributeChoice(reference: string): Choice {
  const parsed = AttributeRef.safeParse(reference);
  const encoded = encodeChoice(reference);
  if (!parsed.success) return encoded;
  const label = attributeLabel(parsed.data);
  const isNamedAlike = reference.startsWith('tag:') || reference.startsWith('dimension:');
  return { ...encoded, text: displayName(isNamedAlike ? label : `${label} (${reference})`, 75) };
}
