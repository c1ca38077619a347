import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { RuleEdit } from '../../core/rules/edit.js';
import { bold, rich } from '../kit/blocks.js';
import { formView, input, searchSelect, whyInput } from '../kit/inputs.js';
import { decodeChoice, readChoice } from '../kit/option-value.js';
import { packPayload, unpackPayload } from '../kit/payload.js';
import { displayName } from '../kit/text.js';
import { ACTION, BLOCK, VIEW } from './ids.js';

/** Everything a person has put into the move form so far. */
export const MoveForm = z.object({
  dimension: z.string(),
  ruleId: z.string(),
  name: z.string(),
  /** The rule before which it goes; null: after all others. */
  before: z.object({ text: z.string(), value: z.string() }).nullable(),
  note: z.string().nullable(),
});
export type MoveForm = z.infer<typeof MoveForm>;

/** Asks where among the rules of its dimension a rule goes. */
export function moveView(form: MoveForm): ModalView {
  return formView({
    id: VIEW.move,
    metadata: packPayload(form),
    title: 'Move rule',
    submit: 'Preview',
    blocks: [
      rich([bold(displayName(form.name, 120)), ` of ${form.dimension}`]),
      input({
        block: BLOCK.before(0),
        label: 'Goes before',
        hint: 'The first rule that matches wins. Empty: after all others.',
        optional: true,
        element: searchSelect(ACTION.before, 'A rule', form.before),
      }),
      whyInput(BLOCK.note, ACTION.note, form.note),
    ],
  });
}

/** What the move form holds right now. */
export function readMoveForm(view: Pick<ViewOutput, 'private_metadata' | 'state'>): MoveForm {
  const drawn = unpackPayload(MoveForm, view.private_metadata);
  const chosen = view.state.values[BLOCK.before(0)]?.[ACTION.before]?.selected_option ?? null;
  const note = view.state.values[BLOCK.note]?.[ACTION.note]?.value?.trim() ?? '';
  return {
    ...drawn,
    before: chosen === null ? null : readChoice(chosen),
    note: note === '' ? null : note,
  };
}

/** The edit that a move form asks for. */
export function moveEdit({ dimension, ruleId, before }: MoveForm): RuleEdit {
  return { kind: 'move', dimension, ruleId, beforeRuleId: before === null ? null : decodeChoice(before) };
}
