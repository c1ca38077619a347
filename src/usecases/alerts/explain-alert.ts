import { type AlertChange, type AlertFigures, causeFilters, causeOf } from '../../core/alerts/alert.js';
import { comparedDays } from '../../core/alerts/figures.js';
import { sumNanos } from '../../core/base/money.js';
import { type DayRange, monthsIn } from '../../core/base/time.js';
import { type ChangePeriod, explainChange } from '../../core/explain/change.js';
import { toCell, type WorkRow } from '../../core/explain/work.js';
import { within } from '../allocation/months-within.js';
import type { Context } from '../context.js';

/** Details of a cause of the change that are told. */
const MOST_DETAILS = 3;

/**
 * Why the days of a case cost what they did, by price, volume and mix, against as many days on the same weekdays
 * before. Of usage only, as the case itself.
 */
export async function explainAlert(context: Context, figures: AlertFigures): Promise<AlertChange> {
  const { before, after } = comparedDays(figures);
  const explanation = explainChange(
    await readUsage(context, figures, before),
    await readUsage(context, figures, after),
  );
  const parts = explanation.parts.map((part) => ({ ...part, details: part.details.slice(0, MOST_DETAILS) }));
  return { before, after, explanation: { ...explanation, parts } };
}

async function readUsage({ store }: Context, figures: AlertFigures, range: DayRange): Promise<ChangePeriod> {
  const where = causeFilters(causeOf(figures));
  const rows: WorkRow[] = [];
  for (const month of monthsIn(range)) {
    const figure = { dimension: 'team', where, range: within(range, month), currency: figures.currency };
    rows.push(...(await store.listWork(figure)).rows);
  }
  const usage = rows.filter(
    ({ set, kind }) =>
      (set.attributes.chargeCategory ?? 'Usage') === 'Usage' && kind.chargeFrequency !== 'Recurring',
  );
  return { cells: usage.map(toCell), total: sumNanos(usage.map(({ cost }) => cost)) };
}
