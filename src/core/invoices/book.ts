import { canonicalJson } from '../base/json.js';
import { type Nanos, splitNanos, sumNanos } from '../base/money.js';
import { addDays, type Day, daysIn, monthRange } from '../base/time.js';
import type { Bill, Charge, ChargeCategory, ChargeKind, DimensionSet } from '../ledger/charge.js';
import { type InvoiceLine, invoiceKeyText, linePeriod, OWNER_TAG, type StoredInvoice } from './invoice.js';
import {
  type CostType,
  type CostTypeFigures,
  cellsOf,
  costTypeOfLine,
  type FeedCell,
  type InvoiceGroup,
  settleGroup,
} from './settle.js';

/** The column under which a charge that we made from an invoice names it (FOCUS custom column). */
export const INVOICE_COLUMN = 'x_BookedFromInvoice';

/** FOCUS ChargeCategory of what a cost type books. */
const CATEGORIES: Readonly<Record<CostType, ChargeCategory>> = {
  usage: 'Usage',
  seat: 'Usage',
  purchase: 'Purchase',
  credit: 'Credit',
  tax: 'Tax',
  adjustment: 'Adjustment',
};

/** A place that booked money goes to: a dimension set on a day, with its weight. */
interface Place {
  /** The set's text and the day: ties are broken by it, the same on every machine and in any order of arrival. */
  readonly id: string;
  readonly set: DimensionSet;
  readonly day: Day;
  readonly weight: Nanos;
}

/** Money to be booked, before it is laid out. */
interface Booking {
  readonly category: ChargeCategory;
  readonly frequency: ChargeKind['chargeFrequency'];
  readonly description: string;
  readonly billed: Nanos;
  readonly effective: Nanos;
  readonly owner: string | undefined;
}

/**
 * The charges that a group of invoices adds to what the feed has, so that the billed cost of each invoice is its
 * payable amount (but for residuals that nobody answers for yet). What follows usage is split by largest remainder
 * over the cost of each dimension set and day; the charges are the same whatever came first, feed or invoice.
 * @param bill what the feed's own charges of the period are billed on; null when there are none.
 */
export function bookInvoices(group: InvoiceGroup, bill: Bill | null): readonly Charge[] {
  const settled = settleGroup(group).map((each) => {
    const book = { invoice: each.invoice, bill: billOf(each.invoice, bill) };
    return { ...each, book, direct: bookLines(book, each.costTypes, ['usage', 'seat']) };
  });
  const everywhere = placesOf(group.cells.filter(isUsage));
  const booked = placesOfCharges(settled.flatMap(({ direct }) => direct));
  return settled.flatMap(({ book, costTypes, direct }) => {
    const cells = cellsOf(group, book.invoice);
    const own = [placesOf(cells.filter(isUsage)), placesOfCharges(direct)];
    const base = firstFilled([...own, everywhere, booked]);
    return [
      ...direct,
      ...bookLines(book, costTypes, ['purchase', 'credit', 'tax', 'adjustment'], base),
      ...costTypes.flatMap((figures) => bookDifference(book, figures, { cells, base })),
      ...bookAccepted(book, base),
    ];
  });
}

/** Brings what the feed has of a cost type to what the invoice says of it. */
function bookDifference(
  book: Book,
  { costType, how, booked, trueUp }: CostTypeFigures,
  { cells, base }: { readonly cells: readonly FeedCell[]; readonly base: readonly Place[] },
): readonly Charge[] {
  const { invoiceId } = book.invoice;
  if (how === 'lines' || (booked === 0n && trueUp === 0n)) return [];
  if (how !== 'true-up') {
    const description = how === 'within' ? `Billed on invoice ${invoiceId}` : 'Billed on another invoice';
    return whole(book, booking(costType, description, { billed: booked, effective: 0n }));
  }
  const money = { billed: booked, effective: trueUp };
  const own = cells.filter((cell) => cell.costType === costType);
  const places = firstFilled([placesOf(own.filter(({ isEstimate }) => isEstimate)), placesOf(own), base]);
  return spread(book, booking(costType, `True-up to invoice ${invoiceId}`, money), places);
}

function bookAccepted(book: Book, base: readonly Place[]): readonly Charge[] {
  const { accepted } = book.invoice;
  if (accepted === null) return [];
  const money = { billed: accepted.amount, effective: accepted.amount };
  return spread(book, booking('adjustment', `Residual accepted: ${accepted.reason}`, money), base);
}

function booking(
  costType: CostType,
  description: string,
  money: Pick<Booking, 'billed' | 'effective'>,
): Booking {
  const frequency = costType === 'seat' ? 'Recurring' : costType === 'usage' ? 'Usage-Based' : 'One-Time';
  return { category: CATEGORIES[costType], frequency, description, ...money, owner: undefined };
}

/** An invoice being booked, and what its charges are billed on. */
interface Book {
  readonly invoice: StoredInvoice;
  readonly bill: Bill;
}

type Money = Pick<Booking, 'billed' | 'effective'>;

function chargeOf({ bill }: Book, kind: ChargeKind, at: Pick<Place, 'set' | 'day'>, money: Money): Charge {
  return {
    set: at.set,
    kind,
    bill,
    chargeDay: at.day,
    consumedQuantity: null,
    pricingQuantity: null,
    billedCost: money.billed,
    effectiveCost: money.effective,
    listCost: money.billed,
    contractedCost: money.billed,
  };
}

/** One charge that names no more than the source, and the owner if there is one; on the last day of the period. */
function whole(book: Book, what: Booking, on?: Day): readonly Charge[] {
  if (what.billed === 0n && what.effective === 0n) return [];
  const { invoice } = book;
  const set = bareSet(invoice, { chargeCategory: what.category }, what.owner);
  const day = on ?? addDays(monthRange(invoice.billingPeriod).to, -1);
  return [chargeOf(book, kindOf(invoice, what, 'billed'), { set, day }, what)];
}

/** Over the places by their weights; what has an owner, or no place to go to, stays whole. */
function spread(book: Book, what: Booking, places: readonly Place[]): readonly Charge[] {
  const [billed, effective] = [splitNanos(what.billed, places), splitNanos(what.effective, places)];
  if (what.owner !== undefined || billed === null || effective === null) return whole(book, what);
  const kind = kindOf(book.invoice, what, 'spread');
  const setOf = createSets(what.category);
  return places.flatMap(({ id, set, day }) => {
    const money = { billed: billed.get(id) ?? 0n, effective: effective.get(id) ?? 0n };
    return money.billed === 0n && money.effective === 0n
      ? []
      : [chargeOf(book, kind, { set: setOf(set), day }, money)];
  });
}

/** The lines of some cost types that the feed knows nothing of. */
function bookLines(
  book: Book,
  costTypes: readonly CostTypeFigures[],
  of: readonly CostType[],
  base: readonly Place[] = [],
): readonly Charge[] {
  const unknown = costTypes.filter(({ costType, how }) => how === 'lines' && of.includes(costType));
  return book.invoice.lines
    .filter((line) => unknown.some(({ costType }) => costType === costTypeOfLine(line)))
    .flatMap((line) => bookLine(book, line, base));
}

function bookLine(book: Book, line: InvoiceLine, base: readonly Place[]): readonly Charge[] {
  const costType = costTypeOfLine(line);
  // What is prepaid is an expense when usage draws it down; what the tax office gives back never is one.
  const isNobodys = line.creditKind === 'prepaid' || line.recoverable === true;
  const money = { billed: line.amount, effective: isNobodys ? 0n : line.amount };
  const what: Booking = { ...booking(costType, line.description, money), owner: line.owner };
  if (costType === 'seat') return evenly(book, line, what);
  if (costType === 'usage') return evenly(book, line, { ...what, frequency: 'One-Time' });
  if (costType === 'purchase') return whole(book, what, linePeriod(book.invoice, line).from);
  return isNobodys ? whole(book, what) : spread(book, what, base);
}

/** A seat or usage that only the invoice knows goes evenly over its days, for that is all we know. */
function evenly(book: Book, line: InvoiceLine, what: Booking): readonly Charge[] {
  const { invoice } = book;
  const set = bareSet(invoice, { ...lineAttributes(line), chargeCategory: 'Usage' }, line.owner);
  const kind = kindOf(invoice, what, 'billed');
  return spreadOver(daysIn(linePeriod(invoice, line)), what.billed).map(({ day, amount }) =>
    chargeOf(book, kind, { set, day }, { billed: amount, effective: amount }),
  );
}

function kindOf(invoice: StoredInvoice, what: Booking, confidence: ChargeKind['confidence']): ChargeKind {
  return {
    chargeClass: invoice.corrects === null ? null : 'Correction',
    chargeDescription: what.description.slice(0, 500),
    chargeFrequency: what.frequency,
    pricingCategory: null,
    pricingUnit: null,
    consumedUnit: null,
    skuPriceId: null,
    serviceSubcategory: null,
    confidence,
    extra: { [INVOICE_COLUMN]: invoiceKeyText(invoice) },
  };
}

function billOf(invoice: StoredInvoice, feedBill: Bill | null): Bill {
  const { from, to } = monthRange(invoice.billingPeriod);
  const own: Bill = {
    billingAccountId: invoice.billingAccountId,
    billingAccountName: null,
    billingPeriodStart: from,
    billingPeriodEnd: to,
    invoiceId: invoice.invoiceId,
    invoiceIssuerName: invoice.invoiceIssuerName,
    billingCurrency: invoice.currency,
  };
  return { ...own, ...feedBill, invoiceId: invoice.invoiceId };
}

/** A set that says no more than whose invoice it is, and what is given. */
function bareSet(
  { invoiceIssuerName: issuer, source, billingAccountId }: StoredInvoice,
  attributes: DimensionSet['attributes'],
  owner: string | undefined,
): DimensionSet {
  return {
    attributes: {
      source,
      billingAccountId,
      serviceProviderName: issuer,
      publisherName: issuer,
      invoiceIssuerName: issuer,
      serviceName: issuer,
      ...attributes,
    },
    tags: owner === undefined ? {} : { [OWNER_TAG]: owner },
  };
}

function lineAttributes({ kind, description, email, subAccount }: InvoiceLine): DimensionSet['attributes'] {
  return {
    skuMeter: description.slice(0, 200),
    ...(email === undefined ? {} : { email, ...(kind === 'seat' ? { seatId: email } : {}) }),
    ...(subAccount === undefined ? {} : { subAccountId: subAccount, subAccountName: subAccount }),
  };
}

/** A set under another category; the same object each time. */
function createSets(chargeCategory: ChargeCategory): (set: DimensionSet) => DimensionSet {
  const made = new Map<DimensionSet, DimensionSet>();
  return (set) => {
    if (set.attributes.chargeCategory === chargeCategory) return set;
    const known = made.get(set) ?? { ...set, attributes: { ...set.attributes, chargeCategory } };
    made.set(set, known);
    return known;
  };
}

function isUsage({ costType }: FeedCell): boolean {
  return costType === 'usage' || costType === 'seat';
}

/** By cost; what costs nothing or less bears nothing. */
function placesOf(cells: readonly FeedCell[]): readonly Place[] {
  return mergePlaces(cells.map(({ set, day, effective }) => ({ set, day, weight: effective })));
}

function placesOfCharges(charges: readonly Charge[]): readonly Place[] {
  return mergePlaces(
    charges.map(({ set, chargeDay, effectiveCost }) => ({ set, day: chargeDay, weight: effectiveCost })),
  );
}

function mergePlaces(parts: readonly Omit<Place, 'id'>[]): readonly Place[] {
  const texts = new Map<DimensionSet, string>();
  const places = new Map<string, Place>();
  for (const { set, day, weight } of parts) {
    const text = texts.get(set) ?? canonicalJson(set);
    texts.set(set, text);
    const id = `${text}${day}`;
    places.set(id, { id, set, day, weight: weight + (places.get(id)?.weight ?? 0n) });
  }
  return [...places.values()].filter(({ weight }) => weight > 0n);
}

function firstFilled(choices: readonly (readonly Place[])[]): readonly Place[] {
  return choices.find((places) => sumNanos(places.map(({ weight }) => weight)) > 0n) ?? [];
}

/** An amount in equal parts over days, the odd nanos to the first ones. */
function spreadOver(
  days: readonly Day[],
  amount: Nanos,
): readonly { readonly day: Day; readonly amount: Nanos }[] {
  const parts = splitNanos(
    amount,
    days.map((day) => ({ id: day, weight: 1n })),
  );
  return days.map((day) => ({ day, amount: parts?.get(day) ?? 0n })).filter((part) => part.amount !== 0n);
}
