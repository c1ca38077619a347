import { type Nanos, sumNanos } from '../base/money.js';
import type { Day } from '../base/time.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { InvoiceLine, StoredInvoice } from './invoice.js';

/** What an invoice and a feed are compared by: kinds of money that never stand for one another. */
const COST_TYPES = ['usage', 'seat', 'purchase', 'credit', 'tax', 'adjustment'] as const;
export type CostType = (typeof COST_TYPES)[number];

/** The cost type of an invoice line. */
export function costTypeOfLine({ kind }: Pick<InvoiceLine, 'kind'>): CostType {
  if (kind === 'discount') return 'credit';
  return kind === 'fee' || kind === 'rounding' ? 'adjustment' : kind;
}

/** The cost type of a charge that a vendor's feed gave, by its FOCUS ChargeCategory and ChargeFrequency. */
export function costTypeOfCharge(category: string | undefined, frequency: string | null): CostType {
  if (category === 'Tax') return 'tax';
  if (category === 'Credit') return 'credit';
  if (category === 'Adjustment') return 'adjustment';
  if (frequency === 'Recurring') return 'seat';
  return category === 'Purchase' ? 'purchase' : 'usage';
}

/** What a feed has of one dimension set on one day, as far as it is billed alike. */
export interface FeedCell {
  readonly set: DimensionSet;
  readonly day: Day;
  readonly costType: CostType;
  /** Null while no invoice is known for the charge. */
  readonly invoiceId: string | null;
  /** Whether the amount is our reckoning (rated, estimated), not the vendor's bill. */
  readonly isEstimate: boolean;
  /** Whether the vendor said so after its month was locked: it is posted in a later month, under no invoice. */
  readonly isLate: boolean;
  readonly billed: Nanos;
  readonly effective: Nanos;
}

/** All invoices of one source, account, billing period and currency, in order of entry, beside what the feed says. */
export interface InvoiceGroup {
  readonly invoices: readonly StoredInvoice[];
  readonly cells: readonly FeedCell[];
}

/** One cost type of one invoice: what it says, what the feed has, what we book. */
export interface CostTypeFigures {
  readonly costType: CostType;
  readonly invoiced: Nanos;
  /** Billed cost of the feed's own charges. */
  readonly feed: Nanos;
  /**
   * `lines` the feed knows nothing of it: its lines become charges. `within` its money stands in the feed under the
   * main invoice. `feed` the feed has it. `true-up` the feed is an estimate, brought up to the invoice.
   */
  readonly how: 'lines' | 'within' | 'feed' | 'true-up';
  /** Billed cost of the charges that we add. */
  readonly booked: Nanos;
  /** What the true-up adds to the cost that owners see. */
  readonly trueUp: Nanos;
  /** invoiced - feed - booked. */
  readonly residual: Nanos;
}

/** One invoice and its cost types that have any money. */
export interface SettledInvoice {
  readonly invoice: StoredInvoice;
  readonly costTypes: readonly CostTypeFigures[];
}

/** The invoice that a feed's charges are billed on: the first entered one with usage or seats that corrects none. */
export function mainInvoice<
  T extends {
    readonly corrects: string | null;
    readonly lines: readonly Pick<InvoiceLine, 'kind'>[];
  },
>(invoices: readonly T[]): T | null {
  const isMain = (invoice: T) =>
    invoice.corrects === null && invoice.lines.some(({ kind }) => kind === 'usage' || kind === 'seat');
  return invoices.find(isMain) ?? null;
}

/** The cells that are billed on an invoice; those without one belong to the main invoice. */
export function cellsOf(group: InvoiceGroup, invoice: StoredInvoice): readonly FeedCell[] {
  const main = mainInvoice(group.invoices)?.invoiceId;
  return group.cells.filter((cell) => (cell.invoiceId ?? main) === invoice.invoiceId);
}

function holds(cells: readonly FeedCell[], costType: CostType): boolean {
  return cells.some((cell) => cell.costType === costType);
}

/**
 * Compares every invoice of a group with the feed, cost type by cost type, and says what is to be booked so that the billed
 * cost per invoice is what it says; where the feed is the vendor's own bill, a difference stays a residual.
 */
export function settleGroup(group: InvoiceGroup): readonly SettledInvoice[] {
  const main = mainInvoice(group.invoices);
  const sides = group.invoices.map((invoice) => ({ invoice, cells: cellsOf(group, invoice) }));
  const mainCells = sides.find(({ invoice }) => invoice === main)?.cells ?? [];
  const within = (side: (typeof sides)[number], costType: CostType) =>
    side.invoice !== main && !holds(side.cells, costType) && holds(mainCells, costType);
  return sides.map((side) => {
    const costTypes = COST_TYPES.map((costType): CostTypeFigures => {
      const figures = { costType, ...sumsOf(side, costType) };
      if (within(side, costType))
        return settled(figures, { how: 'within', booked: figures.invoiced, trueUp: 0n });
      if (!holds(side.cells, costType))
        return settled(figures, { how: 'lines', booked: figures.invoiced, trueUp: 0n });
      const others = side.invoice === main ? sides.filter((other) => within(other, costType)) : [];
      const moved = sumNanos(others.map((other) => sumsOf(other, costType).invoiced));
      if (!isEstimate(side.cells, costType))
        return settled(figures, { how: 'feed', booked: -moved, trueUp: 0n });
      const booked = figures.invoiced - figures.feed;
      return settled(figures, { how: 'true-up', booked, trueUp: booked + moved });
    });
    const isEmpty = ({ costType, feed, booked, trueUp }: CostTypeFigures) =>
      !side.invoice.lines.some((line) => costTypeOfLine(line) === costType) &&
      feed === 0n &&
      booked === 0n &&
      trueUp === 0n;
    return { invoice: side.invoice, costTypes: costTypes.filter((costType) => !isEmpty(costType)) };
  });
}

function isEstimate(cells: readonly FeedCell[], costType: CostType): boolean {
  return cells.some((cell) => cell.costType === costType && cell.isEstimate);
}

function sumsOf(
  { invoice, cells }: { readonly invoice: StoredInvoice; readonly cells: readonly FeedCell[] },
  costType: CostType,
): { readonly invoiced: Nanos; readonly feed: Nanos } {
  const lines = invoice.lines.filter((line) => costTypeOfLine(line) === costType);
  const own = cells.filter((cell) => cell.costType === costType);
  return {
    invoiced: sumNanos(lines.map(({ amount }) => amount)),
    feed: sumNanos(own.map(({ billed }) => billed)),
  };
}

function settled(
  figures: Pick<CostTypeFigures, 'costType' | 'invoiced' | 'feed'>,
  way: Pick<CostTypeFigures, 'how' | 'booked' | 'trueUp'>,
): CostTypeFigures {
  return { ...figures, ...way, residual: figures.invoiced - figures.feed - way.booked };
}
