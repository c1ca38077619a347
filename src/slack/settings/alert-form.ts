import { formatNanos } from '../../core/base/money.js';
import { textInput } from '../kit/inputs.js';
import { count, formatAmount } from '../kit/text.js';
import { type AreaForm, field, HOURS, hourName, numberOf, percentText, selectOf } from './form.js';

/** When unusual spend is told, and how loudly. */
export const alertForm: AreaForm = {
  title: 'Alerts',
  explanation: 'Which rises are worth a message, how many a day, and who hears of those nobody answers.',
  summary: ({ alerts }) => {
    const parts = [
      `Rises of ${formatAmount(alerts.floor)} and ${percentText(alerts.basisPoints)} % on`,
      `at most ${count(alerts.dailyCap, 'message')} a day`,
      alerts.escalateAfterHours === null
        ? 'no escalation'
        : `to the manager after ${count(alerts.escalateAfterHours, 'hour')}`,
      ...(alerts.quietHours === null
        ? []
        : [`quiet from ${hourName(alerts.quietHours.from)} to ${hourName(alerts.quietHours.to)}`]),
    ];
    return parts.join('; ');
  },
  blocks: ({ alerts }) => [
    field({
      block: 'alert-floor',
      label: 'Smallest rise, in money',
      element: (id) => textInput(id, { max: 30, value: formatNanos(alerts.floor) }),
    }),
    field({
      block: 'alert-percent',
      label: 'Smallest rise, in per cent of what is usual',
      hint: 'A rise below either of the two is no alert.',
      element: numberOf({ value: percentText(alerts.basisPoints), min: 0, max: 10_000, decimals: true }),
    }),
    field({
      block: 'alert-cap',
      label: 'Alerts a day for each team',
      hint: 'What is beyond goes into one message.',
      element: numberOf({ value: String(alerts.dailyCap), min: 1, max: 1_000 }),
    }),
    field({
      block: 'alert-escalation',
      label: 'Hours until the owner’s manager is asked',
      optional: true,
      hint: 'Empty: never.',
      element: numberOf({
        value: alerts.escalateAfterHours === null ? null : String(alerts.escalateAfterHours),
        min: 1,
        max: 336,
      }),
    }),
    field({
      block: 'alert-quiet-from',
      label: 'Quiet from',
      optional: true,
      hint: 'Alerts wait until the quiet hours are over. Leave both empty for none.',
      element: selectOf(HOURS, alerts.quietHours === null ? null : String(alerts.quietHours.from)),
    }),
    field({
      block: 'alert-quiet-to',
      label: 'Quiet until',
      optional: true,
      element: selectOf(HOURS, alerts.quietHours === null ? null : String(alerts.quietHours.to)),
    }),
  ],
  read: async (typed) => {
    const from = typed.integer('alert-quiet-from');
    const to = typed.integer('alert-quiet-to');
    if (from !== null && to === null) typed.wrong('alert-quiet-to', 'Choose when the quiet hours end, too.');
    if (from === null && to !== null)
      typed.wrong('alert-quiet-from', 'Choose when the quiet hours begin, too.');
    if (from !== null && from === to) typed.wrong('alert-quiet-to', 'Choose another hour than the first.');
    return typed.answer({
      floor: typed.amount('alert-floor') ?? 0n,
      basisPoints: typed.percent('alert-percent') ?? 0,
      dailyCap: typed.integer('alert-cap'),
      escalateAfterHours: typed.integer('alert-escalation'),
      quietHours: from === null || to === null ? null : { from, to },
    });
  },
};
