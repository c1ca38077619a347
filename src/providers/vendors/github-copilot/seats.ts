import { type Nanos, parseNanos } from '../../../core/base/money.js';
import {
  addDays,
  addMonths,
  covers,
  type Day,
  daysIn,
  firstDay,
  monthOf,
  monthRange,
  parseDay,
  utcDay,
} from '../../../core/base/time.js';
import type { Bill, Charge, ChargeKind, DimensionSet } from '../../../core/ledger/charge.js';
import { applyListing } from '../../../core/seats/history.js';
import { type Seat, type SeatListing, type SeatPrice, seatInterval } from '../../../core/seats/seat.js';
import { CODING } from '../../parts/bill-rows.js';
import { createCache } from '../../parts/charge-parts.js';
import { type BilledSeats, type SeatPart, toSeatCharges, toUnusedPolicy } from '../../parts/seat-charges.js';
import type { CopilotOptions } from './connection.js';
import type { BillRow, CopilotFacts } from './facts.js';
import type { EmailOf } from './identities.js';
import type { VendorSeat } from './schema.js';
import { kindOfSku, normaliseSku, planOfSku } from './sku.js';

const PRODUCT = 'GitHub Copilot';

/** What seats are worked out from. */
export interface SeatFacts {
  readonly source: string;
  readonly facts: Pick<CopilotFacts, 'seats' | 'rows' | 'activity' | 'costCentres'>;
  readonly emailOf: EmailOf;
  readonly options: CopilotOptions;
  readonly today: Day;
}

/** Seats as listed, one a person: whoever has seats of several organisations or teams is billed once. */
export function toListing({ source, facts, emailOf, options, today }: SeatFacts): SeatListing {
  const grants = new Map<string, VendorSeat[]>();
  for (const seat of facts.seats) {
    const id = seat.assignee?.id;
    if (id !== undefined) grants.set(id, [...(grants.get(id) ?? []), seat]);
  }
  const prices = pricesOf(facts.rows);
  const seats = [...grants].flatMap(([id, granted]): Seat[] => {
    const [first] = granted.toSorted((a, b) => (a.created_at < b.created_at ? -1 : 1));
    const login = first?.assignee?.login;
    if (first === undefined || login === undefined) return [];
    const plan = dearestPlan(granted);
    const cancels = granted.map(({ pending_cancellation_date: date }) => dayOf(date));
    const cancelsOn = cancels.includes(null) ? null : latest(cancels);
    const seen = granted.map(({ last_activity_at: at }) => dayOf(at));
    return [
      {
        source,
        product: PRODUCT,
        plan,
        seatId: id,
        holder: { login, email: emailOf(login), userId: id, name: first.assignee?.name ?? null },
        assignedFrom: dayOf(first.created_at),
        assignedTo: null,
        lastActiveDay: latest([...seen, facts.activity.get(login) ?? null]),
        cancelsOn,
        releasesOn: cancelsOn ?? firstDay(addMonths(monthOf(today), 1)),
        price: prices.get(plan ?? '') ?? null,
        seenOn: today,
      },
    ];
  });
  return { seenOn: today, seats, unused: toUnusedPolicy(options.unusedSeats) };
}

function dearestPlan(granted: readonly VendorSeat[]): string | null {
  const plans = new Set(granted.map(({ plan_type: plan }) => plan?.toLowerCase() ?? 'unknown'));
  if (plans.has('enterprise')) return 'enterprise';
  return [...plans].find((plan) => plan !== 'unknown') ?? null;
}

function dayOf(text: string | null | undefined): Day | null {
  if (!text) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return parseDay(text);
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : utcDay(ms);
}

function latest(days: readonly (Day | null)[]): Day | null {
  return days.reduce<Day | null>(
    (last, day) => (day !== null && (last === null || day > last) ? day : last),
    null,
  );
}

/** What the bill last asked for a seat of each plan. */
function pricesOf(rows: readonly BillRow[]): ReadonlyMap<string, SeatPrice> {
  const prices = new Map<string, SeatPrice>();
  for (const { sku, pricePerUnit } of rows.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
    const plan = planOfSku(normaliseSku(sku));
    if (plan !== null && pricePerUnit)
      prices.set(plan, { nanos: parseNanos(pricePerUnit), currency: 'USD', origin: 'bill' });
  }
  return prices;
}

/** What charges of seats have in common with those of usage. */
export interface RowContext {
  /** The money of a row, each day rounded as a whole. */
  readonly moneyOf: (row: BillRow) => { readonly net: Nanos; readonly gross: Nanos };
  readonly billOf: (day: Day, currency: string) => Bill;
  readonly attributesOf: (row: BillRow) => DimensionSet['attributes'];
  readonly tagsOf: (row: BillRow) => DimensionSet['tags'];
}

/**
 * Charges of the bill's seat rows. A row that bills a day of each seat is that day's cost of the seats held then; one
 * that bills half a month or more of each is earned over the rest of its month. Seats billed beyond those that are
 * listed stay without a holder, visibly; a seat that was given up is billed to the end of its month.
 */
export function chargeSeats(
  seatFacts: SeatFacts,
  known: readonly Seat[],
  context: RowContext,
): readonly Charge[] {
  const { source, facts, options, today } = seatFacts;
  const listing = toListing(seatFacts);
  const spans = applyListing(known, listing);
  const kinds = createCache<ChargeKind>();
  const tomorrow = addDays(today, 1);
  const places = {
    organizations: organizationsOf(facts.seats),
    named: new Set(facts.costCentres.flatMap(({ members }) => members)),
  };
  const fees = facts.rows
    .filter(({ sku }) => kindOfSku(normaliseSku(sku)) === 'seat')
    .map((row): BilledSeats => {
      const { net, gross } = context.moneyOf(row);
      const { to } = monthRange(monthOf(row.day));
      return {
        amount: net,
        listAmount: gross,
        billedOn: row.day,
        parts: partsOf(row, holdersOf(row, spans, places)),
        usedBefore: to < tomorrow ? to : tomorrow,
        bill: context.billOf(row.day, 'USD'),
        kind: kinds(row.pricePerUnit ?? '', () => seatKind(row)),
        attributes: context.attributesOf(row),
        tags: context.tagsOf(row),
      };
    });
  return toSeatCharges(fees, { source, unused: listing.unused, idleDays: options.idleDays });
}

/** Who sits on the seats of a row, each on which days. */
function partsOf(row: BillRow, held: readonly Seat[]): readonly SeatPart[] {
  const month = monthRange(monthOf(row.day));
  const isPrepaid = row.quantity >= Math.max(held.length, 1) / 2;
  const days = isPrepaid ? daysIn({ from: row.day, to: month.to }) : [row.day];
  const billed = Math.round(isPrepaid ? row.quantity : row.quantity * daysIn(month).length);
  const empty = held.length === 0 ? 1 : Math.max(0, billed - held.length);
  return [
    ...held.map((seat) => ({ seat, id: seat.seatId, days })),
    ...Array.from({ length: empty }, (_, index) => ({ seat: null, id: `unlisted/${index + 1}`, days })),
  ];
}

/** Where people sit: the organisation that bills them, and who is in any cost centre. */
interface Places {
  readonly organizations: ReadonlyMap<string, string>;
  readonly named: ReadonlySet<string>;
}

/** Seats of the row's plan held on its day; of its organisation and cost centre as far as these are known. */
function holdersOf(row: BillRow, spans: readonly Seat[], { organizations, named }: Places): readonly Seat[] {
  const plan = planOfSku(normaliseSku(row.sku));
  const held = new Map<string, Seat>();
  for (const seat of spans)
    if (isHeld(seat, row.day) && (plan === null || seat.plan === null || seat.plan === plan))
      held.set(seat.seatId, seat);
  const all = [...held.values()];
  const inOrganization = all.filter(({ seatId }) => {
    const granting = organizations.get(seatId);
    return granting === undefined || !row.organizationName || granting === row.organizationName.toLowerCase();
  });
  const ofOrganization = inOrganization.length === 0 ? all : inOrganization;
  const wanted = new Set(row.costCentre?.members);
  const ofCentre = ofOrganization.filter(({ holder }) => {
    const login = holder?.login?.toLowerCase() ?? '';
    return row.costCentre === null ? !named.has(login) : wanted.has(login);
  });
  return ofCentre.length === 0 ? ofOrganization : ofCentre;
}

function isHeld(seat: Seat, day: Day): boolean {
  const { from, to } = seatInterval(seat);
  const end = to === null ? null : monthRange(monthOf(addDays(to, -1))).to;
  return covers({ from, to: end }, day);
}

/** The organisation that bills a person: of several the one that granted first. */
function organizationsOf(seats: readonly VendorSeat[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const { assignee, organization } of seats.toSorted((a, b) => (a.created_at < b.created_at ? -1 : 1)))
    if (assignee && organization && !first.has(assignee.id))
      first.set(assignee.id, organization.login.toLowerCase());
  return first;
}

function seatKind({ sku, pricePerUnit }: BillRow): ChargeKind {
  return {
    chargeClass: null,
    chargeDescription: `Seat, ${normaliseSku(sku)}${pricePerUnit ? ` at ${pricePerUnit} USD a month` : ''}`,
    chargeFrequency: 'Recurring',
    pricingCategory: 'Standard',
    pricingUnit: 'User-Months',
    consumedUnit: null,
    skuPriceId: null,
    serviceSubcategory: CODING.subcategory,
    // The bill gives the sum of all seats; who sits there is known apart from it.
    confidence: 'spread',
    extra: {},
  };
}
