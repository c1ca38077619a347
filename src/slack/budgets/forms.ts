import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { parseNanos } from '../../core/base/money.js';
import { addMonths, type Month, parseMonth } from '../../core/base/time.js';
import { PHASINGS, type Phasing, type PlanRow } from '../../core/budgets/plan.js';
import { plain, section } from '../kit/blocks.js';
import { formView, input, searchSelect, select, textInput } from '../kit/inputs.js';
import { type Choice, choiceOption, readChoice } from '../kit/option-value.js';
import { packPayload } from '../kit/payload.js';
import { formatMoney, formatMonth } from '../kit/text.js';

/** Ids of the forms that set budgets. */
export const BUDGET_VIEW = { one: 'budgets.one', list: 'budgets.list' } as const;
/** The search for a team. */
export const BUDGET_TEAM_ACTION = 'budgets.team';

const FIELD = {
  team: { block: 'budget-team', action: BUDGET_TEAM_ACTION },
  from: { block: 'budget-from', action: 'budgets.from' },
  months: { block: 'budget-months', action: 'budgets.months' },
  amount: { block: 'budget-amount', action: 'budgets.amount' },
  phasing: { block: 'budget-phasing', action: 'budgets.phasing' },
  text: { block: 'budget-text', action: 'budgets.text' },
} as const;
type FieldName = keyof typeof FIELD;

/** The block of a field, for errors under it. */
export function budgetBlock(name: FieldName): string {
  return FIELD[name].block;
}

const PHASING_WORDS: Readonly<Record<Phasing, string>> = {
  'calendar-days': 'Evenly over all days',
  'working-days': 'Monday to Friday alone',
};
/** Months before the one shown that may be chosen, and after it. */
const MONTHS_BEFORE = 2;
const MONTHS_AFTER = 15;

function monthOptions(month: Month) {
  return Array.from({ length: MONTHS_BEFORE + 1 + MONTHS_AFTER }, (_, index) => {
    const each = addMonths(month, index - MONTHS_BEFORE);
    return choiceOption({ text: formatMonth(each), value: each });
  });
}

function whenFields(month: Month): readonly InputBlock[] {
  const months = monthOptions(month);
  const chosen = months.find(({ value }) => value === month);
  return [
    input({
      block: FIELD.from.block,
      label: 'First month',
      element: select(FIELD.from.action, months, chosen),
    }),
    input({
      block: FIELD.months.block,
      label: 'For how many months',
      element: {
        type: 'number_input',
        action_id: FIELD.months.action,
        is_decimal_allowed: false,
        min_value: '1',
        max_value: '24',
        initial_value: '1',
      },
    }),
  ];
}

function phasingField(): InputBlock {
  const options = PHASINGS.map((value) => choiceOption({ text: PHASING_WORDS[value], value }));
  return input({
    block: FIELD.phasing.block,
    label: 'How it falls on the days',
    element: select(FIELD.phasing.action, options, options[0]),
  });
}

/** Sets one team's budget, for one month or several alike. */
export function budgetView(month: Month, currency: string): ModalView {
  return formView({
    id: BUDGET_VIEW.one,
    metadata: packPayload({ month }),
    title: 'Set a budget',
    submit: 'Save',
    blocks: [
      input({
        block: FIELD.team.block,
        label: 'Team',
        element: searchSelect(FIELD.team.action, 'Find a team', null),
      }),
      ...whenFields(month),
      input({
        block: FIELD.amount.block,
        label: `Budget a month, in ${currency}`,
        hint: 'Empty: takes the budget of these months back.',
        optional: true,
        element: textInput(FIELD.amount.action, { max: 30, value: null, placeholder: '1200' }),
      }),
      phasingField(),
    ],
  });
}

/** Sets many budgets from a pasted CSV. */
export function budgetListView(month: Month): ModalView {
  return formView({
    id: BUDGET_VIEW.list,
    metadata: packPayload({ month }),
    title: 'Paste budgets',
    submit: 'Save',
    blocks: [
      section(
        'One budget a line below the header owner,month,amount; currency, dimension and phasing may follow. For a long list: apportion budgets import FILE.',
      ),
      input({
        block: FIELD.text.block,
        label: 'List',
        element: {
          type: 'plain_text_input',
          action_id: FIELD.text.action,
          multiline: true,
          max_length: 3_000,
          placeholder: plain(`owner,month,amount\nSearch,${month},1200`, 150),
        },
      }),
    ],
  });
}

/** What the form of one budget holds; `wrong` names a field and what to write there. */
export interface TypedBudget {
  readonly team: Choice | null;
  readonly months: readonly Month[];
  /** Null: take it back. */
  readonly amount: PlanRow['amount'] | null;
  readonly phasing: Phasing;
  readonly wrong: { readonly field: FieldName; readonly sentence: string } | null;
}

type State = Pick<ViewOutput, 'state'>;

function valueOf({ state }: State, name: FieldName) {
  return state.values[FIELD[name].block]?.[FIELD[name].action];
}

/** Reads the form of one budget. */
export function readBudget(view: State): TypedBudget {
  const team = valueOf(view, 'team')?.selected_option;
  const first = parseMonth(valueOf(view, 'from')?.selected_option?.value ?? '');
  const length = Number(valueOf(view, 'months')?.value ?? '1');
  const text = valueOf(view, 'amount')?.value?.trim() ?? '';
  const isAmount = text === '' || /^\d{1,15}(\.\d{1,9})?$/.test(text);
  const phasing = valueOf(view, 'phasing')?.selected_option?.value;
  return {
    team: team === undefined || team === null ? null : readChoice(team),
    months: Array.from({ length }, (_, index) => addMonths(first, index)),
    amount: text === '' || !isAmount ? null : parseNanos(text),
    phasing: PHASINGS.find((each) => each === phasing) ?? 'calendar-days',
    wrong: isAmount
      ? null
      : { field: 'amount', sentence: 'Write an amount such as 1200 or 1200.50, without a currency.' },
  };
}

/** The pasted list. */
export function readBudgetList(view: State): string {
  return valueOf(view, 'text')?.value ?? '';
}

/** What was saved, in a sentence. */
export function budgetSaved(saved: {
  readonly team: string;
  readonly budget: TypedBudget;
  currency: string;
}): string {
  const { team, budget, currency } = saved;
  const [first] = budget.months;
  const last = budget.months.at(-1);
  if (first === undefined || last === undefined) return 'Nothing was changed.';
  const when = first === last ? formatMonth(first) : `${formatMonth(first)} to ${formatMonth(last)}`;
  return budget.amount === null
    ? `${team} has no budget in ${when} any more.`
    : `${team} has a budget of ${formatMoney(budget.amount, currency)} a month, ${when}.`;
}
