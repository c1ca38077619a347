import type { KnownBlock } from '@slack/types';
import { assertNever } from '../../core/base/errors.js';
import { bold, context, option, rich } from '../kit/blocks.js';
import { input, searchSelect, select, textInput } from '../kit/inputs.js';
import { displayName } from '../kit/text.js';
import type { RuleForm } from './form.js';
import { ACTION, BLOCK } from './ids.js';
import { splitBlocks } from './split-blocks.js';

const KINDS = {
  value: option('One owner by name', 'value'),
  attribute: option('The value of an attribute', 'attribute'),
  owner: option('The owner in the directory', 'owner'),
  split: option('Split between owners', 'split'),
} as const;
/** Offered only where it is so already. */
const KEPT = option('As it is: more than this form can show', 'kept');
const DIRECTORY = {
  team: option("The person's team on the day of use", 'team'),
  person: option('The person who used it', 'person'),
  costCentre: option("The person's cost centre on the day of use", 'costCentre'),
} as const;

function ownerBlocks({ target, targetGeneration }: RuleForm, keptTarget: string | null): KnownBlock[] {
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
          element: select(ACTION.targetDirectory, Object.values(DIRECTORY), DIRECTORY[target.owner]),
        }),
      ];
    case 'split':
      return splitBlocks(target, targetGeneration);
    case 'kept':
      return [
        rich([bold('→ '), displayName(keptTarget ?? 'It stays where it is', 1_500)]),
        context('This split stays exactly as it is. Change it in the rules file, or choose another target.'),
      ];
    default:
      return assertNever(target);
  }
}

/** Where the rule's charges go: the kind of target, then what that kind needs. */
export function targetBlocks(form: RuleForm, keptTarget: string | null): KnownBlock[] {
  const { kind } = form.target;
  return [
    input({
      block: BLOCK.targetKind,
      label: 'Goes to',
      dispatch: true,
      element: select(
        ACTION.targetKind,
        [...Object.values(KINDS), ...(kind === 'kept' ? [KEPT] : [])],
        kind === 'kept' ? KEPT : KINDS[kind],
      ),
    }),
    ...ownerBlocks(form, keptTarget),
  ];
}
