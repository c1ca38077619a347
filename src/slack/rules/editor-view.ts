import type { KnownBlock, ModalView } from '@slack/types';
import { bold, option, rich } from '../kit/blocks.js';
import { dateInput, formView, input, searchSelect, select, textInput, whyInput } from '../kit/inputs.js';
import { packPayload } from '../kit/payload.js';
import { conditionBlocks } from './condition-blocks.js';
import type { RuleForm } from './form.js';
import { ACTION, BLOCK, VIEW } from './ids.js';
import { metadataOf } from './read-form.js';
import { targetBlocks } from './target-blocks.js';

/** What the editor is drawn with besides its form. */
export interface EditorSurroundings {
  readonly dimensions: readonly string[];
  /** The condition that is kept, in plain words; null when the form shows it. */
  readonly keptSentence: string | null;
  /** The target that is kept, in plain words; null when the form shows it. */
  readonly keptTarget: string | null;
}

function headBlocks(form: RuleForm, dimensions: readonly string[]): KnownBlock[] {
  const name = input({
    block: BLOCK.name,
    label: 'Name of the rule',
    element: textInput(ACTION.name, { max: 120, value: form.name, placeholder: 'What people call it' }),
  });
  if (form.ruleId !== null) return [rich(['Rule ', bold(form.ruleId), ' of ', bold(form.dimension)]), name];
  const offered = dimensions.includes(form.dimension) ? dimensions : [form.dimension, ...dimensions];
  return [
    input({
      block: BLOCK.dimension,
      label: 'Decides the',
      dispatch: true,
      element: select(
        ACTION.dimension,
        offered.slice(0, 100).map((id) => option(id, id)),
        option(form.dimension, form.dimension),
      ),
    }),
    name,
  ];
}

function beforeBlocks(form: RuleForm): KnownBlock[] {
  if (form.ruleId !== null) return [];
  return [
    input({
      block: BLOCK.before(form.targetGeneration),
      label: 'Goes before',
      hint: 'The first rule that matches wins. Empty: after all others.',
      optional: true,
      element: searchSelect(ACTION.before, 'A rule', form.before),
    }),
  ];
}

function whenBlocks(form: RuleForm): KnownBlock[] {
  return [
    dateInput({
      block: BLOCK.from,
      action: ACTION.from,
      label: 'From',
      hint: 'First day it applies. Empty: from the beginning.',
      day: form.from,
    }),
    dateInput({
      block: BLOCK.to,
      action: ACTION.to,
      label: 'Until',
      hint: 'First day it no longer applies. Empty: for good.',
      day: form.to,
    }),
    ...beforeBlocks(form),
    whyInput(BLOCK.note, ACTION.note, form.note),
  ];
}

/** The rule editor. Drawn again whenever a choice changes which fields there are; kept block ids keep what was typed. */
export function editorView(form: RuleForm, around: EditorSurroundings): ModalView {
  return formView({
    id: VIEW.editor,
    metadata: packPayload(metadataOf(form)),
    title: form.ruleId === null ? 'New rule' : 'Edit rule',
    submit: 'Preview',
    blocks: [
      ...headBlocks(form, around.dimensions),
      { type: 'divider' },
      ...conditionBlocks(form, around.keptSentence),
      { type: 'divider' },
      ...targetBlocks(form, around.keptTarget),
      { type: 'divider' },
      ...whenBlocks(form),
    ],
  });
}
