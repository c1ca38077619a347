import type { KnownBlock } from '@slack/types';
import { assertNever } from '../../core/base/errors.js';
import { operatorLabel } from '../../core/rules/labels.js';
import { actions, bold, button, context, option, plain, rich } from '../kit/blocks.js';
import { input, searchSelect, select, textInput } from '../kit/inputs.js';
import { choiceOption } from '../kit/option-value.js';
import { displayName } from '../kit/text.js';
import {
  FORM_OPERATORS,
  type FormOperator,
  type FormRow,
  MAX_LISTED,
  MAX_PASTES,
  MAX_ROWS,
  PASTE_LENGTH,
  pasteAreas,
  type RuleForm,
  valueKindOf,
} from './form.js';
import { ACTION, BLOCK } from './ids.js';

function operatorText(operator: FormOperator): string {
  return operator === 'missing' ? operatorLabel('exists', true) : operatorLabel(operator);
}

const OPERATOR_OPTIONS = FORM_OPERATORS.map((each) => option(operatorText(each), each));

function choicesBlock(row: FormRow): KnownBlock {
  return input({
    block: BLOCK.value(row.id, row.generation),
    label: 'Values',
    optional: true,
    element: {
      type: 'multi_external_select',
      action_id: ACTION.choices,
      min_query_length: 0,
      max_selected_items: MAX_LISTED,
      placeholder: plain('Choose, or type new ones', 150),
      ...(row.values.length === 0 ? {} : { initial_options: row.values.map(choiceOption) }),
    },
  });
}

/** Text areas for a list out of a spreadsheet; Slack lets 3,000 characters into each. */
function pasteBlocks(row: FormRow): KnownBlock[] {
  const areas = pasteAreas(row);
  return Array.from({ length: areas }, (_, area) =>
    input({
      block: BLOCK.paste(row.id, row.generation, area),
      label: areas > 1 ? `Pasted list, part ${area + 1} of ${areas}` : 'Or paste a list',
      hint: 'One value a line; doubles and empty lines do no harm.',
      optional: true,
      element: {
        type: 'plain_text_input',
        action_id: ACTION.paste,
        multiline: true,
        max_length: PASTE_LENGTH,
        ...((row.pastes[area] ?? '') === '' ? {} : { initial_value: row.pastes[area] ?? '' }),
      },
    }),
  );
}

function valueBlocks(row: FormRow): KnownBlock[] {
  const block = BLOCK.value(row.id, row.generation);
  const first = row.values[0] ?? null;
  const kind = valueKindOf(row.operator);
  switch (kind) {
    case 'none':
      return [];
    case 'choice':
      return [
        input({
          block,
          label: 'Value',
          element: searchSelect(ACTION.choice, 'Choose, or type a new one', first),
        }),
      ];
    case 'choices':
      return [choicesBlock(row), ...pasteBlocks(row)];
    case 'text': {
      const element = textInput(ACTION.text, { max: 500, value: first?.value ?? null });
      return row.operator === 'matches'
        ? [input({ block, label: 'Pattern', hint: 'A regular expression (RE2): ^ci-.*-prod$', element })]
        : [input({ block, label: 'Text', element })];
    }
    default:
      return assertNever(kind);
  }
}

interface Place {
  readonly index: number;
  readonly count: number;
  /** Whether the form has room for another text area. */
  readonly hasRoom: boolean;
}

function rowBlocks(row: FormRow, place: Place): KnownBlock[] {
  const remove = button({
    id: ACTION.removeRow,
    label: 'Remove this condition',
    value: String(row.id),
    spoken: `Remove condition ${place.index + 1}`,
  });
  return [
    input({
      block: BLOCK.attribute(row.id),
      label: place.count > 1 ? `Condition ${place.index + 1}: when` : 'When',
      dispatch: true,
      element: searchSelect(ACTION.attribute, 'API key name, model, a tag …', row.attribute),
    }),
    input({
      block: BLOCK.operator(row.id),
      label: 'Comparison',
      dispatch: true,
      element: select(ACTION.operator, OPERATOR_OPTIONS, option(operatorText(row.operator), row.operator)),
    }),
    ...valueBlocks(row),
    ...(row.operator === 'in' && place.hasRoom
      ? [
          {
            ...actions(
              button({
                id: ACTION.pasteMore,
                label: 'The list goes on',
                value: String(row.id),
                spoken: 'Add another text area',
              }),
            ),
            block_id: BLOCK.pasteMore(row.id),
          },
        ]
      : []),
    ...(place.count > 1 ? [{ ...actions(remove), block_id: BLOCK.remove(row.id) }] : []),
  ];
}

const JOINS = [option('All of them must hold', 'all'), option('Any one of them is enough', 'any')] as const;
const FOLDED = option('Upper and lower case are the same', 'ignore');

function joinBlock(form: RuleForm): KnownBlock {
  return input({
    block: BLOCK.join,
    label: 'Together',
    element: {
      type: 'radio_buttons',
      action_id: ACTION.join,
      options: [...JOINS],
      initial_option: form.join === 'any' ? JOINS[1] : JOINS[0],
    },
  });
}

/** The condition's fields; or its sentence, where it says more than fields can. */
export function conditionBlocks(form: RuleForm, keptSentence: string | null): KnownBlock[] {
  const { rows } = form;
  if (rows === null) {
    return [
      rich([bold('When '), displayName(keptSentence ?? 'its condition is met', 1_500)]),
      context(
        'This condition says more than the form can show; it stays exactly as it is. Change it in the rules file.',
      ),
    ];
  }
  const count = rows.length;
  const hasRoom = rows.reduce((sum, row) => sum + pasteAreas(row), 0) < MAX_PASTES;
  return [
    ...rows.flatMap((row, index) => rowBlocks(row, { index, count, hasRoom })),
    ...(count < MAX_ROWS ? [actions(button({ id: ACTION.addRow, label: 'Add another condition' }))] : []),
    ...(count > 1 ? [joinBlock(form)] : []),
    input({
      block: BLOCK.ignoreCase,
      label: 'Letters',
      optional: true,
      element: {
        type: 'checkboxes',
        action_id: ACTION.ignoreCase,
        options: [FOLDED],
        ...(form.ignoreCase ? { initial_options: [FOLDED] } : {}),
      },
    }),
  ];
}
