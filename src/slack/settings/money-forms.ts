import { formatNanos } from '../../core/base/money.js';
import { textInput } from '../kit/inputs.js';
import { formatAmount } from '../kit/text.js';
import { type AreaForm, field, numberOf, percentText } from './form.js';

/** How much may stay unallocated when a month is locked. */
export const materialityForm: AreaForm = {
  title: 'Materiality',
  explanation: 'How much of a month may stay unallocated when it is locked: the larger of the two.',
  summary: ({ materiality }) =>
    `${formatAmount(materiality.amount)}, or ${percentText(materiality.basisPoints)} % of the month if that is more`,
  blocks: ({ materiality }) => [
    field({
      block: 'materiality-amount',
      label: 'Amount',
      hint: 'In the currency of each bill.',
      element: (id) => textInput(id, { max: 30, value: formatNanos(materiality.amount) }),
    }),
    field({
      block: 'materiality-percent',
      label: 'Per cent of the month’s cost',
      element: numberOf({ value: percentText(materiality.basisPoints), min: 0, max: 100, decimals: true }),
    }),
  ],
  read: async (typed) =>
    typed.answer({
      amount: typed.amount('materiality-amount') ?? 0n,
      basisPoints: typed.percent('materiality-percent') ?? 0,
    }),
};

/** How far closed days may fall in a pull. */
export const pullsForm: AreaForm = {
  title: 'Pulls',
  explanation:
    'A pull in which closed days fall by more than both is held back until FinOps accepts it: the vendor may have answered only in part.',
  summary: ({ pulls }) =>
    `Closed days may fall by ${formatAmount(pulls.amount)}, or ${percentText(pulls.basisPoints)} % if that is more`,
  blocks: ({ pulls }) => [
    field({
      block: 'pulls-amount',
      label: 'Amount',
      hint: 'In the currency of each bill.',
      element: (id) => textInput(id, { max: 30, value: formatNanos(pulls.amount) }),
    }),
    field({
      block: 'pulls-percent',
      label: 'Per cent of what the ledger holds',
      element: numberOf({ value: percentText(pulls.basisPoints), min: 0, max: 100, decimals: true }),
    }),
  ],
  read: async (typed) =>
    typed.answer({
      amount: typed.amount('pulls-amount') ?? 0n,
      basisPoints: typed.percent('pulls-percent') ?? 0,
    }),
};

/** When a second person must approve. */
export const approvalForm: AreaForm = {
  title: 'Approval',
  explanation:
    'A change of the rules that moves more than this needs a second person from FinOps. Empty amount: never.',
  summary: ({ approval: { threshold, basisPoints } }) => {
    if (threshold === null) return 'Nobody needs a second person';
    const share =
      basisPoints === null ? '' : `, or ${percentText(basisPoints)} % of last month if that is more`;
    return `Above ${formatAmount(threshold)} moved${share}`;
  },
  blocks: ({ approval: { threshold, basisPoints } }) => [
    field({
      block: 'approval-amount',
      label: 'Moved money',
      optional: true,
      hint: 'In the currency of each bill. Empty: no change needs a second person.',
      element: (id) => textInput(id, { max: 30, value: threshold === null ? null : formatNanos(threshold) }),
    }),
    field({
      block: 'approval-percent',
      label: 'Per cent of last month’s spend',
      optional: true,
      hint: 'The larger of the two is the limit. Empty: the amount alone.',
      element: numberOf({
        value: basisPoints === null ? null : percentText(basisPoints),
        min: 0,
        max: 100,
        decimals: true,
      }),
    }),
  ],
  read: async (typed) => {
    const threshold = typed.amount('approval-amount');
    const basisPoints = typed.percent('approval-percent');
    if (threshold === null && basisPoints !== null)
      typed.wrong('approval-amount', 'Write an amount too, 0 if the per cent alone should count.');
    return typed.answer({ threshold, basisPoints });
  },
};

/** The currency in which questions are answered. */
export const currencyForm: AreaForm = {
  title: 'Currency',
  explanation: 'The currency in which questions are answered and plans are made.',
  summary: ({ currency }) => currency,
  blocks: ({ currency }) => [
    field({
      block: 'currency',
      label: 'Currency',
      hint: 'Three letters of ISO 4217, such as USD or EUR. Bills in others are named beside the answer.',
      element: (id) => textInput(id, { max: 3, value: currency }),
    }),
  ],
  read: async (typed) => {
    const code = typed.text('currency')?.toUpperCase() ?? '';
    if (!Intl.supportedValuesOf('currency').includes(code))
      typed.wrong('currency', `“${code}” is no currency; write three letters such as USD.`);
    return typed.answer(code);
  },
};
