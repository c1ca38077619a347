import type { KnownBlock } from '@slack/types';
import { HEADCOUNT } from '../../core/ledger/measure.js';
import { context, option, plain } from '../kit/blocks.js';
import { input, searchSelect, select, textInput } from '../kit/inputs.js';
import { choiceOption } from '../kit/option-value.js';
import { ACTION, BLOCK } from './ids.js';
import { MAX_AMONG, type SplitForm, type SplitMethod } from './split-form.js';

const METHODS: Readonly<Record<SplitMethod, ReturnType<typeof option>>> = {
  even: option('Evenly', 'even'),
  fixed: option('By fixed percentages', 'fixed'),
  proportional: option('In proportion to what they spend directly', 'proportional'),
  measure: option('In proportion to a measure', 'measure'),
};

/** The fields of a split: the method, then what that method needs. */
export function splitBlocks(form: SplitForm, generation: number): KnownBlock[] {
  return [
    input({
      block: BLOCK.splitMethod(generation),
      label: 'How',
      dispatch: true,
      element: select(ACTION.splitMethod, Object.values(METHODS), METHODS[form.method]),
    }),
    ...(form.method === 'fixed' ? [sharesBlock(form, generation)] : []),
    ...(form.method === 'measure' ? [measureBlock(form, generation)] : []),
    ...(form.method === 'fixed' ? [] : [amongBlock(form, generation)]),
    ...(form.method === 'proportional' || form.method === 'measure' ? [fallbackBlock(form, generation)] : []),
    context(
      'Shared costs that are passed on in steps (step-down), and splits with conditions of their own, are written in the rules file.',
    ),
  ];
}

function sharesBlock({ shares }: SplitForm, generation: number): KnownBlock {
  return input({
    block: BLOCK.shares(generation),
    label: 'Shares',
    hint: 'An owner and a percentage a line: Search 60. Together exactly 100.',
    element: {
      type: 'plain_text_input',
      action_id: ACTION.shares,
      multiline: true,
      max_length: 3_000,
      ...(shares === null ? {} : { initial_value: shares }),
    },
  });
}

function measureBlock({ measure }: SplitForm, generation: number): KnownBlock {
  return input({
    block: BLOCK.measure(generation),
    label: 'Measure',
    hint: `The name of an imported measure, or ${HEADCOUNT}: person-days per team.`,
    element: textInput(ACTION.measure, { max: 200, value: measure, placeholder: HEADCOUNT }),
  });
}

function amongBlock({ method, among }: SplitForm, generation: number): KnownBlock {
  return input({
    block: BLOCK.among(generation),
    label: 'Among',
    optional: method !== 'even',
    ...(method === 'even' ? {} : { hint: 'Empty: everyone who has any.' }),
    element: {
      type: 'multi_external_select',
      action_id: ACTION.among,
      min_query_length: 0,
      max_selected_items: MAX_AMONG,
      placeholder: plain('Choose owners, or type new names', 150),
      ...(among.length === 0 ? {} : { initial_options: among.map(choiceOption) }),
    },
  });
}

function fallbackBlock({ fallback }: SplitForm, generation: number): KnownBlock {
  return input({
    block: BLOCK.fallback(generation),
    label: 'If nobody has any',
    hint: 'Who gets it in a month without weights. Empty: it stays unallocated.',
    optional: true,
    element: searchSelect(ACTION.fallback, 'An owner', fallback),
  });
}
