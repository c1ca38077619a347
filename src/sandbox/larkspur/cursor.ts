import { addDays, type Day, daysBetween, firstDay, monthOf, weekday } from '../../core/base/time.js';
import type { CursorDataset, CursorEvent } from '../vendors/cursor-dataset.js';
import { byKnownDay, type Calendar } from './calendar.js';
import { type Staff, teamOn } from './people.js';
import { createDice, hash, stableId } from './random.js';

/** Dollars of a seat and month; the vendor's API does not tell it, so the source's options do. */
export const CURSOR_SEAT_PRICE = '40';

/** Who has a seat, as a share of each team's people. */
const SHARES: Readonly<Record<string, number>> = {
  Search: 0.4,
  Mobile: 0.9,
  Payments: 0.5,
  Growth: 0.3,
  'Support Automation': 0.7,
  Security: 0.3,
  FinOps: 0.6,
  Leadership: 0.4,
};
const MODELS = ['claude-sonnet-5', 'gpt-6-sol', 'claude-opus-5-5'] as const;
/** Dollars of the tokens of one unit of size, about. */
const USD_OF_TOKENS = 0.12;
/** The vendor tells of seats that were given and taken for so many days. */
const AUDITED_DAYS = 30;

/** Someone with a seat, and how they use it. */
interface Holder {
  readonly staff: Staff;
  /** Their share of working days with Cursor. */
  readonly habit: number;
  /** Since that day they do not use it any more; null: they do. */
  readonly idleSince: Day | null;
  /** Dollars on a day when they go beyond what the seat includes; 0: never. */
  readonly onDemand: number;
}

function holdersOf(calendar: Calendar, people: readonly Staff[]): readonly Holder[] {
  return people.flatMap((staff): Holder[] => {
    const dice = createDice(hash(calendar.seed, 'cursor', staff.email));
    const [wants, habit, idle, beyond] = [dice(), dice(), dice(), dice()];
    const last = staff.stays.at(-1);
    const from = staff.stays[0]?.from ?? calendar.start;
    // Anyone who came in the course of the story had no seat before, and the vendor does not tell since when they have.
    const isOld = from <= calendar.start || daysBetween(from, calendar.today) < AUDITED_DAYS;
    if (!isOld || staff.kind === 'service' || wants >= (SHARES[last?.team ?? ''] ?? 0)) return [];
    const idleSince = idle < 0.1 ? addDays(calendar.today, -(38 + Math.floor(60 * beyond))) : null;
    const onDemand = idleSince === null && beyond > 0.8 ? 3 + 9 * habit : 0;
    return [{ staff, habit: 0.2 + 0.35 * habit, idleSince, onDemand }];
  });
}

/** Tokens that cost about so many dollars at list price: what is charged must be worth its usage. */
function eventOf(holder: Holder, day: Day, { usd, dice }: { usd: number; dice: () => number }): CursorEvent {
  const model = MODELS[Math.floor(dice() * MODELS.length)] ?? MODELS[0];
  const size = usd / USD_OF_TOKENS;
  return {
    kind: 'Included in Business',
    chargedCents: cents(usd),
    timestamp: Date.parse(`${day}T09:00:00Z`) + Math.floor(dice() * 8 * 3_600_000),
    userEmail: holder.staff.email,
    model,
    isChargeable: false,
    tokens: {
      input: Math.round(size * 9_000),
      output: Math.round(size * 3_500),
      cacheWrite: Math.round(size * 12_000),
      cacheRead: Math.round(size * 150_000),
    },
  };
}

/** Decimal cents of about so many dollars. */
function cents(usd: number): string {
  return (Math.round(usd * 10_000) / 100).toFixed(2);
}

function eventsOn(calendar: Calendar, holders: readonly Holder[], day: Day): readonly CursorEvent[] {
  if (weekday(day) >= 6) return [];
  return holders.flatMap((holder): CursorEvent[] => {
    const { staff, habit, idleSince, onDemand } = holder;
    if (teamOn(staff, day) === null || (idleSince !== null && day >= idleSince)) return [];
    const dice = createDice(hash(calendar.seed, 'cursor', staff.email, day));
    if (dice() > habit) return [];
    const included = eventOf(holder, day, { usd: 0.2 + dice(), dice });
    if (onDemand === 0 || dice() > 0.5) return [included];
    const beyond = eventOf(holder, day, { usd: onDemand * (0.6 + dice()), dice });
    return [included, { ...beyond, kind: 'Usage-based', isChargeable: true }];
  });
}

function endOf({ stays }: Staff): Day | null {
  return stays.at(-1)?.to ?? null;
}

/** The company's Cursor team: some fifty seats, a few of them idle, and people who go beyond what a seat includes. */
export function createCursor(calendar: Calendar, people: readonly Staff[]): CursorDataset {
  const holders = holdersOf(calendar, people);
  return {
    apiKey: 'crsr_larkspur-sandbox',
    get cycleStartMs() {
      return Date.parse(`${firstDay(monthOf(calendar.present()))}T00:00:00Z`);
    },
    members: holders.map(({ staff }) => ({
      id: stableId('user_', `cursor ${staff.email}`, 14),
      number: 10_000_000 + (hash('cursor', staff.email) % 80_000_000),
      email: staff.email,
      name: staff.name,
      isRemoved: endOf(staff) !== null,
    })),
    groups: null,
    seatChanges: holders.flatMap(({ staff }) => {
      const [from, to] = [staff.stays[0]?.from ?? calendar.start, endOf(staff)];
      const change = (type: 'add_user' | 'remove_user', day: Day) => ({
        at: `${day}T08:30:00.000Z`,
        type,
        email: staff.email,
      });
      return [
        ...(from > calendar.start ? [change('add_user', from)] : []),
        ...(to === null ? [] : [change('remove_user', to)]),
      ];
    }),
    events: byKnownDay(calendar, (day) => eventsOn(calendar, holders, day)),
  };
}
