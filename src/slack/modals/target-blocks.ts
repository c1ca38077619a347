import type { KnownBlock } from '@slack/types';
import { assertNever } from '../../core/errors.js';
import { option } from '../blocks.js';
import { ACTION, BLOCK } from './ids.js';
import { input, searchSelect, textInput } from './inputs.js';
import type { RuleForm } from './rule-form.js';

const KINDS = {
  value: option('One owner by name', 'value'),
  attribute: option('The value of an attribute', 'attribute'),
  owner: option('The owner in the directory', 'owner'),
} as const;
const DIRECTORY = {
  team: option("The person's team on the day of use", 'team'),
  person: option('The person who used it', 'person'),
  costCentre: option("The person's cost centre on the day of use", 'costCentre'),
} as const;

function ownerBlocks({ target, targetGeneration }: RuleForm): KnownBlock[] {
  const block = BLOCK.target(targetGeneration);
  switch (target.kind) {
    case 'value': {
      const element = searchSelect(ACTION.targetOwner, 'Choose, or type a new name', target.owner);
      return [input({ block, label: 'Owner', element })];
    }
    case 'attribute':
      return [
        input({
          block,
          label: 'Attribute',
          element: searchSelect(ACTION.targetAttribute, 'A tag, the API key name …', target.attribute),
        }),
        input({
          block: BLOCK.template(targetGeneration),
          label: 'Written as',
          hint: '{value} stands for the value: Customer {value}',
          optional: true,
          element: textInput(ACTION.targetTemplate, { max: 200, value: target.template }),
        }),
      ];
    case 'owner':
      return [
        input({
          block,
          label: 'Directory',
          element: {
            type: 'static_select',
            action_id: ACTION.targetDirectory,
            options: Object.values(DIRECTORY),
            initial_option: DIRECTORY[target.owner],
          },
        }),
      ];
    default:
      return assertNever(target);
  }
}

/** Where the rule's charges go: the kind of target, then what that kind needs. */
export function targetBlocks(form: RuleForm): KnownBlock[] {
  return [
    input({
      block: BLOCK.targetKind,
      label: 'Goes to',
      dispatch: true,
      element: {
        type: 'static_select',
        action_id: ACTION.targetKind,
        options: Object.values(KINDS),
        initial_option: KINDS[form.target.kind],
      },
    }),
    ...ownerBlocks(form),
  ];
}
