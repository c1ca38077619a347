import { invalid } from '../../core/base/errors.js';
import { addDays, type Day, type DayRange, utcDay } from '../../core/base/time.js';
import type { Charge } from '../../core/ledger/charge.js';
import type { VendorIdentity } from '../../core/people/data.js';
import type { Seat } from '../../core/seats/seat.js';
import type { VendorAccess } from '../http/account.js';
import type { Provider, Pull } from '../provider.js';

/** How far a vendor answers. */
interface Reach {
  readonly vendor: string;
  /** Days back from now. */
  readonly days: number;
  /** First day the vendor knows at all; null when unbounded. */
  readonly earliest: Day | null;
}

/**
 * The part of the half-open window that the vendor answers for: not before its reach, not after today (UTC). A
 * remark says when the beginning was cut off.
 * @throws AppError `invalid` when nothing of the window is left.
 */
function withinReach(
  window: DayRange,
  reach: Reach,
  nowMs: number,
): { readonly range: DayRange; readonly remarks: readonly string[] } {
  const today = utcDay(nowMs);
  // The instant `days` ago lies within a day, so the first whole day is the one after.
  const back = addDays(today, 1 - reach.days);
  const first = reach.earliest !== null && reach.earliest > back ? reach.earliest : back;
  const end = addDays(today, 1);
  const range = {
    from: window.from < first ? first : window.from,
    to: window.to > end ? end : window.to,
  };
  if (range.from >= range.to) {
    return invalid(
      `${reach.vendor} answers for ${first} to ${today}; nothing of ${window.from} to ${window.to} is left.`,
    );
  }
  const cut = range.from > window.from;
  const remark = `${reach.vendor} answers only from ${first} on: the days ${window.from} to ${first} were not pulled.`;
  return { range, remarks: cut ? [remark] : [] };
}

/** The half-open range in consecutive parts of at most `days` days. */
function splitRange(range: DayRange, days: number): readonly DayRange[] {
  const parts: DayRange[] = [];
  for (let from = range.from; from < range.to; ) {
    const end = addDays(from, days);
    const to = end < range.to ? end : range.to;
    parts.push({ from, to });
    from = to;
  }
  return parts;
}

/** The rows of every part of the range in turn, for a vendor that answers for at most `days` days at once. */
export async function inWindows<Row>(
  range: DayRange,
  days: number,
  read: (part: DayRange) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: (readonly Row[])[] = [];
  for (const part of splitRange(range, days)) rows.push(await read(part));
  return rows.flat();
}

/** Whether the half-open range holds the day. */
export function holdsDay({ from, to }: DayRange, day: Day): boolean {
  return from <= day && day < to;
}

/** The last day of the half-open range that is before the vendor's open day; null when there is none. */
function lastClosedDay(range: DayRange, openDay: Day): Day | null {
  const closed = addDays(range.to < openDay ? range.to : openDay, -1);
  return closed < range.from ? null : closed;
}

/** What a connector is asked for. */
export interface Asked {
  /** The days that the vendor answers for, half-open. */
  readonly range: DayRange;
  /** The vendor's present day. */
  readonly today: Day;
  readonly nowMs: number;
  /** The last day of the range that is over; null when there is none. */
  readonly closed: Day | null;
  readonly known: readonly VendorIdentity[];
  readonly seats: readonly Seat[];
}

/** What a connector makes of it. */
export interface Made extends Partial<Omit<Pull, 'scope' | 'raw'>> {
  /** Its raw answers and remarks. */
  readonly account: Pick<VendorAccess, 'raw' | 'remarks' | 'missing'>;
  /** The days that are really told, where they are not those asked for. */
  readonly told?: DayRange;
}

/** How a vendor tells its days. */
export interface DaysTold {
  readonly reach: Reach;
  readonly clock: () => number;
  /** How long after its end a day is still being filled. */
  readonly lagMs?: number;
  /** When the vendor's day begins, after midnight UTC. */
  readonly dayStartMs?: number;
  /** Whether answers hold more days than were asked for: those are left out without a remark. */
  readonly isWider?: boolean;
}

/** The pull of a vendor that is asked by days: what every such pull does before and after `make`. */
export function pullByDays(told: DaysTold, make: (asked: Asked) => Promise<Made>): Provider['pull'] {
  const { reach, clock, lagMs = 0, dayStartMs = 0, isWider = false } = told;
  return async (window, known, seats = []) => {
    const nowMs = clock();
    const { range, remarks } = withinReach(window, reach, nowMs - dayStartMs);
    const closed = lastClosedDay(range, utcDay(nowMs - dayStartMs - lagMs));
    const today = utcDay(nowMs);
    const made = await make({ range, today, nowMs, closed, known, seats });
    const { account, told: days = range, charges: all = [], ...rest } = made;
    const { charges, remarks: outside } = keepWithin(all, days);
    return {
      identities: [],
      completeThrough: closed,
      ...rest,
      scope: { kind: 'charge-days', ...days },
      charges,
      raw: account.raw,
      missing: [...account.missing, ...(rest.missing ?? [])],
      remarks: [...remarks, ...account.remarks, ...(rest.remarks ?? []), ...(isWider ? [] : outside)],
    };
  };
}

/** The charges of the range; a remark counts those outside: what was not asked for is not stored. */
function keepWithin(
  charges: readonly Charge[],
  range: DayRange,
): { readonly charges: readonly Charge[]; readonly remarks: readonly string[] } {
  const kept = charges.filter(({ chargeDay }) => holdsDay(range, chargeDay));
  const dropped = charges.length - kept.length;
  const remark = `${dropped} rows outside ${range.from} to ${range.to} (end excluded) were left out.`;
  return { charges: kept, remarks: dropped === 0 ? [] : [remark] };
}
