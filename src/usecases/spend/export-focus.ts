import { csvLine } from '../../core/base/csv-write.js';
import { addDays, type DayRange, daysIn } from '../../core/base/time.js';
import { createFocusWriter, type FocusVersion } from '../../core/ledger/focus-export.js';
import type { Context } from '../context.js';

/** Lines of the FOCUS file of a range, header first, each with its line break; a day is held at a time. */
export async function* exportFocus(
  { store }: Pick<Context, 'store'>,
  input: { readonly range: DayRange; readonly version: FocusVersion },
): AsyncGenerator<string, { readonly charges: number }> {
  const writer = createFocusWriter(input.version, await store.listExtraColumns(input.range));
  yield csvLine(writer.header);
  let charges = 0;
  for (const day of daysIn(input.range)) {
    const onDay = await store.listCharges({ from: day, to: addDays(day, 1) });
    charges += onDay.length;
    if (onDay.length > 0) yield onDay.map((charge) => csvLine(writer.cells(charge))).join('');
  }
  return { charges };
}
