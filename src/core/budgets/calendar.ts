import { median, quantile } from '../base/quantiles.js';
import { addDays, type Day, monthOf } from '../base/time.js';

/** What comes back on one day of every month: seats, a batch at the month's end. */
export interface CalendarCharge {
  /** 1 to 28, or `last`: later days are not in every month. */
  readonly position: number | 'last';
  /** Currency units beyond what the weekday costs. */
  readonly units: number;
}

interface Occurrence {
  readonly index: number;
  readonly excess: number;
}

/** A charge this much larger than the weekday around it may be one of the calendar's. */
const LEAST_SHARE = 0.5;
/** Occurrences by which the amount is judged, and by which factor they may differ. */
const MEMORY = 3;
const LIKENESS = 3;

/**
 * Charges that recur by the calendar, from the second time they are seen: each latest month's day of that position
 * stood out from its weekday by a like amount. A series has every day once, ascending from `first`.
 */
export function calendarCharges(values: readonly number[], first: Day): readonly CalendarCharge[] {
  const excesses = values.map((_value, index) => excessAt(values, index));
  const noise = 3 * quantile(excesses.map(Math.abs), 0.75);
  const byPosition = new Map<CalendarCharge['position'], Occurrence[]>();
  for (const [index, excess] of excesses.entries()) {
    for (const position of positionsOf(addDays(first, index))) {
      const own = byPosition.get(position) ?? [];
      byPosition.set(position, own);
      own.push({ index, excess });
    }
  }
  const level = median(values);
  const isLarge = ({ index, excess }: Occurrence): boolean =>
    excess > noise && excess > LEAST_SHARE * Math.max(level, (values[index] ?? 0) - excess);
  return [...byPosition].flatMap(([position, occurrences]) => {
    const seen = occurrences.slice(-MEMORY);
    const amounts = seen.filter(isLarge).map(({ excess }) => excess);
    const isRegular = amounts.length >= 2 && amounts.length === seen.length;
    return isRegular && Math.max(...amounts) <= LIKENESS * Math.min(...amounts)
      ? [{ position, units: median(amounts.slice(-2)) }]
      : [];
  });
}

/** What a day costs beyond the same weekdays around it. */
function excessAt(values: readonly number[], index: number): number {
  const around = [-21, -14, -7, 7, 14, 21].flatMap((shift) => values[index + shift] ?? []);
  return around.length < 2 ? 0 : (values[index] ?? 0) - median(around);
}

function positionsOf(day: Day): readonly CalendarCharge['position'][] {
  const date = Number(day.slice(8));
  const isLast = monthOf(addDays(day, 1)) !== monthOf(day);
  return [...(date <= 28 && !isLast ? [date] : []), ...(isLast ? (['last'] as const) : [])];
}

/** What the calendar adds to a day, in units. */
export function calendarUnits(charges: readonly CalendarCharge[], day: Day): number {
  const positions = positionsOf(day);
  return charges
    .filter(({ position }) => positions.includes(position))
    .reduce((sum, { units }) => sum + units, 0);
}
