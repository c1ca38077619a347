import { absolute, formatNanos, type Nanos, sumNanos } from '../base/money.js';
import type { Day } from '../base/time.js';
import type { Materiality } from '../close/checklist.js';
import { type StoredInvoice } from './invoice.js';
import type { CostType, CostTypeFigures } from './settle.js';

/** What the ledger has of one invoice, wherever it is posted; billed cost. */
export interface InvoiceFigures {
  readonly invoice: StoredInvoice;
  readonly costTypes: readonly CostTypeFigures[];
  /** All billed cost under the invoice: `allocated` + `unallocated` once every month is allocated. */
  readonly ledger: Nanos;
  readonly allocated: Nanos;
  readonly unallocated: Nanos;
}

/** Why an invoice and the ledger differ, or differed before the true-up. */
type TieOutReasonKind =
  | 'timing' // the feed does not reach the end of the billing period yet
  | 'rounding'
  | 'tax'
  | 'credit'
  | 'unpriced-usage' // usage that no price was known for
  | 'gateway-difference' // a gateway counted otherwise than the vendor: see its cause
  | 'unknown';

/** One reason with its share of the difference and a sentence for people. */
export interface TieOutReason {
  readonly kind: TieOutReasonKind;
  readonly amount: Nanos;
  readonly sentence: string;
}

/**
 * What others know of why a source's figures differ from the vendor's. Of usage without a price a positive amount is
 * what the invoice says more than the ledger did; of a gateway what it says more than the vendor billed: the ledger
 * never follows a gateway, so this explains no residual and stands beside an invoice that ties, too.
 */
export interface KnownCause extends TieOutReason {
  readonly kind: 'gateway-difference' | 'unpriced-usage';
}

/** The tie-out of one invoice: every part of the money that it asks for, and what is left. */
export interface TieOut {
  readonly invoice: StoredInvoice;
  readonly payable: Nanos;
  readonly tax: Nanos;
  /** The part of the tax that is nobody's cost. */
  readonly recoverableTax: Nanos;
  readonly credits: Nanos;
  readonly purchases: Nanos;
  /** Billed cost of the vendor's own charges, before anything was booked. */
  readonly feed: Nanos;
  readonly trueUp: Nanos;
  readonly ledger: Nanos;
  readonly allocated: Nanos;
  readonly unallocated: Nanos;
  /** payable - ledger. */
  readonly residual: Nanos;
  readonly tolerance: Nanos;
  /** Whether the residual is within tolerance and everything in the ledger is accounted for. */
  readonly isTied: boolean;
  /** They add up to the residual. */
  readonly reasons: readonly TieOutReason[];
  /** Known causes of the true-up, which need not add up to it, and of what gateways say otherwise. */
  readonly causes: readonly KnownCause[];
}

/** Half a cent either way on each line is what vendors round. */
const ROUNDING_PER_LINE = 5_000_000n;

/** The sides of a tie-out that do not stand on the invoice. */
export interface TieOutContext {
  readonly materiality: Materiality;
  /** Last complete day of the source's feed; null when it has none. */
  readonly completeThrough: Day | null;
  /** Last day of the billing period. */
  readonly lastDay: Day;
  readonly causes: readonly KnownCause[];
}

/** Works the tie-out of one invoice out. */
export function tieOut(figures: InvoiceFigures, context: TieOutContext): TieOut {
  const { invoice, costTypes, ledger, allocated, unallocated } = figures;
  const residual = invoice.payable - ledger;
  const tolerance = toleranceOf(invoice.payable, context.materiality);
  const of = (...kinds: readonly string[]) =>
    sumNanos(invoice.lines.filter(({ kind }) => kinds.includes(kind)).map(({ amount }) => amount));
  const recoverable = invoice.lines.filter(({ kind, recoverable }) => kind === 'tax' && recoverable === true);
  const trueUp = sumNanos(costTypes.map((costType) => costType.trueUp));
  return {
    invoice,
    payable: invoice.payable,
    tax: of('tax'),
    recoverableTax: sumNanos(recoverable.map(({ amount }) => amount)),
    credits: of('credit', 'discount'),
    purchases: of('purchase'),
    feed: sumNanos(costTypes.map(({ feed }) => feed)),
    trueUp,
    ledger,
    allocated,
    unallocated,
    residual,
    tolerance,
    isTied: absolute(residual) <= tolerance && ledger === allocated + unallocated,
    reasons: reasonsOf(figures, residual, context),
    causes: context.causes.filter(
      ({ kind }) => kind === 'gateway-difference' || trueUp !== 0n || residual !== 0n,
    ),
  };
}

/** The larger of an amount and a share of the invoice. */
function toleranceOf(payable: Nanos, { amount, basisPoints }: Materiality): Nanos {
  const share = (absolute(payable) * BigInt(basisPoints)) / 10_000n;
  return share > amount ? share : amount;
}

/** Splits the residual into what can be named; the rest is unknown. Nothing is ever left out. */
function reasonsOf(
  figures: InvoiceFigures,
  residual: Nanos,
  context: TieOutContext,
): readonly TieOutReason[] {
  if (residual === 0n) return [];
  const { currency, lines } = figures.invoice;
  const reasons: TieOutReason[] = [];
  let rest = residual;
  const take = (kind: TieOutReasonKind, amount: Nanos, sentence: string) => {
    if (amount === 0n) return;
    reasons.push({ kind, amount, sentence });
    rest -= amount;
  };
  const residualOf = (costType: CostType) =>
    figures.costTypes.find((each) => each.costType === costType)?.residual ?? 0n;
  const say = (amount: Nanos) => `${formatNanos(amount)} ${currency}`;
  const [tax, credit] = [residualOf('tax'), residualOf('credit')];
  take('tax', tax, `The invoice's tax is ${say(tax)} more than the feed's.`);
  take('credit', credit, `The invoice's credits and discounts differ from the feed's by ${say(credit)}.`);
  // Causes explain the residual only as far as there is one: what a true-up has booked needs no second reason.
  for (const cause of context.causes)
    if (cause.kind !== 'gateway-difference' && rest !== 0n && cause.amount > 0n === rest > 0n)
      take(cause.kind, absolute(cause.amount) > absolute(rest) ? rest : cause.amount, cause.sentence);
  const { completeThrough, lastDay } = context;
  if (absolute(rest) <= ROUNDING_PER_LINE * BigInt(lines.length))
    take(
      'rounding',
      rest,
      `${say(rest)} is within the rounding of ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}.`,
    );
  else if (completeThrough !== null && completeThrough < lastDay)
    take(
      'timing',
      rest,
      `The feed is complete through ${completeThrough} only; the period ends on ${lastDay}.`,
    );
  take('unknown', rest, `Nobody knows yet why ${say(rest)} differ.`);
  return reasons;
}
