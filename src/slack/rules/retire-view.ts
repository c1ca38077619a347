import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { parseDay } from '../../core/base/time.js';
import type { RuleEdit } from '../../core/rules/edit.js';
import { bold, rich } from '../kit/blocks.js';
import { dateInput, formView, whyInput } from '../kit/inputs.js';
import { packPayload, unpackPayload } from '../kit/payload.js';
import { displayName } from '../kit/text.js';
import { ACTION, BLOCK, VIEW } from './ids.js';

/** Everything a person has put into the retire form so far. */
export const RetireForm = z.object({
  dimension: z.string(),
  ruleId: z.string(),
  sentence: z.string(),
  from: z.string().nullable(),
  note: z.string().nullable(),
});
export type RetireForm = z.infer<typeof RetireForm>;

/** Asks from which day on a rule no longer holds. */
export function retireView(form: RetireForm): ModalView {
  return formView({
    id: VIEW.retire,
    metadata: packPayload({ ...form, sentence: displayName(form.sentence, 400) }),
    title: 'Retire rule',
    submit: 'Preview',
    blocks: [
      rich([bold(form.ruleId), ` of ${form.dimension}: ${displayName(form.sentence, 400)}`]),
      dateInput({
        block: BLOCK.from,
        action: ACTION.from,
        label: 'From',
        hint: 'First day it no longer applies. Empty: as if it had never been.',
        day: form.from,
      }),
      whyInput(BLOCK.note, ACTION.note, form.note),
    ],
  });
}

/** What the retire form holds right now. */
export function readRetireForm(view: Pick<ViewOutput, 'private_metadata' | 'state'>): RetireForm {
  const drawn = unpackPayload(RetireForm, view.private_metadata);
  const note = view.state.values[BLOCK.note]?.[ACTION.note]?.value?.trim() ?? '';
  return {
    ...drawn,
    from: view.state.values[BLOCK.from]?.[ACTION.from]?.selected_date ?? null,
    note: note === '' ? null : note,
  };
}

/** The edit that a retire form asks for. */
export function retireEdit(form: RetireForm): RuleEdit {
  const from = form.from === null ? null : parseDay(form.from);
  return { kind: 'retire', dimension: form.dimension, ruleId: form.ruleId, from };
}
