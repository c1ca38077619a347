import { searchSelect } from '../inputs.js';
import { encodeChoice } from '../option-value.js';
import { type AreaForm, actionOf, field, HOURS, hourName, selectOf, WEEKDAYS, weekdayName } from './form.js';

const ZONE_BLOCK = 'digest-zone';
/** The action id of the search for a time zone. */
export const ZONE_ACTION = actionOf(ZONE_BLOCK);

/** When the digests are written. */
export const scheduleForm: AreaForm = {
  title: 'Digests',
  explanation: 'When the weekly digests go to teams and FinOps.',
  summary: ({ digest }) => `${weekdayName(digest.weekday)}s at ${hourName(digest.hour)}, ${digest.timeZone}`,
  blocks: ({ digest }) => [
    field({ block: 'digest-day', label: 'Day', element: selectOf(WEEKDAYS, String(digest.weekday)) }),
    field({ block: 'digest-hour', label: 'Hour', element: selectOf(HOURS, String(digest.hour)) }),
    field({
      block: ZONE_BLOCK,
      label: 'Time zone',
      element: (id) => searchSelect(id, 'Find a city or zone', encodeChoice(digest.timeZone)),
    }),
  ],
  read: async (typed) =>
    typed.answer({
      weekday: typed.integer('digest-day'),
      hour: typed.integer('digest-hour'),
      timeZone: typed.option(ZONE_BLOCK),
    }),
};

/** Time zones whose name holds what was typed. */
export function zonesLike(typed: string): readonly string[] {
  const wanted = typed.toLowerCase().replaceAll(' ', '_');
  return ['UTC', ...Intl.supportedValuesOf('timeZone')].filter((zone) => zone.toLowerCase().includes(wanted));
}
