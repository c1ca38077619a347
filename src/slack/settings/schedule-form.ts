import { searchSelect } from '../kit/inputs.js';
import { encodeChoice } from '../kit/option-value.js';
import { monthDayText } from './channel-forms.js';
import {
  type AreaForm,
  actionOf,
  field,
  HOURS,
  hourName,
  numberOf,
  selectOf,
  WEEKDAYS,
  weekdayName,
} from './form.js';

const ZONE_BLOCK = 'digest-zone';
/** The action id of the search for a time zone. */
export const ZONE_ACTION = actionOf(ZONE_BLOCK);

/** When the digests are written. */
export const scheduleForm: AreaForm = {
  title: 'Digests',
  explanation:
    'When the weekly digests go to teams and FinOps, and the monthly ones to FinOps, finance and leaders.',
  summary: ({ digest }) =>
    `${weekdayName(digest.weekday)}s at ${hourName(digest.hour)}, ${digest.timeZone}; ${monthDayText(digest.monthDay)}`,
  blocks: ({ digest }) => [
    field({ block: 'digest-day', label: 'Day', element: selectOf(WEEKDAYS, String(digest.weekday)) }),
    field({
      block: 'digest-month-day',
      label: 'Monthly: day of the month',
      hint: 'Empty: the first working day after the month.',
      optional: true,
      element: numberOf({ value: digest.monthDay?.toString() ?? null, min: 1, max: 28 }),
    }),
    field({ block: 'digest-hour', label: 'Hour', element: selectOf(HOURS, String(digest.hour)) }),
    field({
      block: ZONE_BLOCK,
      label: 'Time zone',
      element: (id) => searchSelect(id, 'Find a city or zone', encodeChoice(digest.timeZone)),
    }),
  ],
  read: async (typed) => {
    const monthDay = typed.integer('digest-month-day');
    return typed.answer({
      weekday: typed.integer('digest-day'),
      hour: typed.integer('digest-hour'),
      timeZone: typed.option(ZONE_BLOCK),
      ...(monthDay === null ? {} : { monthDay }),
    });
  },
};

/** Time zones whose name holds what was typed. */
export function zonesLike(typed: string): readonly string[] {
  const wanted = typed.toLowerCase().replaceAll(' ', '_');
  return ['UTC', ...Intl.supportedValuesOf('timeZone')].filter((zone) => zone.toLowerCase().includes(wanted));
}
