import type { Owners } from '../allocation/cross-parts.js';
import type { Nanos } from '../base/money.js';
import type { Day, DayRange, Month } from '../base/time.js';
import type { Confidence } from '../ledger/charge.js';
import type { Evidence } from '../people/directory.js';
import type { SpendFilter } from '../spend/spend.js';

/** A figure that somebody saw: effective cost in one currency over half-open days, filtered. */
export interface SpendFigure {
  /** The dimension whose rules explain it. */
  readonly dimension: string;
  readonly where: readonly SpendFilter[];
  readonly range: DayRange;
  readonly currency: string;
}

/** How sure the amounts are: what of a sum has which confidence; adds up to the sum. Largest share first. */
type ConfidenceMix = readonly { readonly confidence: Confidence; readonly cost: Nanos }[];

/** A sum at any level: it is exactly what the level below adds up to. */
export interface Summed {
  readonly cost: Nanos;
  /** How many stored charges it is made of; a divided charge counts wherever a part of it is. */
  readonly charges: number;
  readonly confidence: ConfidenceMix;
}

/** Where a figure comes from, down to single charges. Every level adds up to the one above, to the nano. */
export interface Lineage extends Summed {
  readonly figure: SpendFigure;
  /** Largest amount first, as at every level. */
  readonly bills: readonly BillLineage[];
}

/** What one source put on one invoice. */
export interface BillLineage extends Summed {
  readonly source: string;
  /** Null: money of closed months that changed owners later; it stands on no invoice of the figure's days. */
  readonly invoice: InvoiceHead | null;
  readonly rules: readonly RuleLineage[];
}

/** Which invoice charges stand on. */
export interface InvoiceHead {
  readonly invoiceIssuerName: string;
  readonly billingAccountId: string;
  readonly billingPeriod: Month;
  /** Null while the invoice is not issued. */
  readonly invoiceId: string | null;
}

/** A rule or shared cost as it was worded in the edition that the money was allocated by. */
export interface RuleWording {
  readonly id: string;
  readonly name: string;
  /** In plain words. */
  readonly sentence: string;
  /** Half-open days; null where it is open. */
  readonly from: Day | null;
  readonly to: Day | null;
}

/** What one rule did with the money of a bill, or why nobody owns it. */
export interface RuleLineage extends Summed {
  /** Edition of the ruleset; null for money that was never allocated, or moved after its month was closed. */
  readonly version: number | null;
  /** Null where no rule matched. */
  readonly rule: RuleWording | null;
  /** Why it is Unallocated; null for money that has an owner. */
  readonly reason: string | null;
  readonly hows: readonly HowLineage[];
}

/** What kind of charge it is: all that is no plain usage or purchase is distinguished. */
export type Nature = 'charge' | 'credit' | 'adjustment' | 'prior-period';

/** How money came from its charges to its owner, by one and the same way. */
export interface HowLineage extends Summed {
  readonly how: How;
  readonly nature: Nature;
  /** Owners in the divided dimensions that the rule looked at. */
  readonly basis: Owners;
  /** Null is Unallocated. */
  readonly target: string | null;
  /** The charges as a whole, of which `cost` is the part in the figure; equal where nothing was divided. */
  readonly chargeCost: Nanos;
  readonly lines: readonly ChargeLine[];
  /** The charges beyond `lines`; null when there are none. */
  readonly remainder: { readonly charges: number; readonly cost: Nanos } | null;
}

/** The ways by which money finds an owner. */
export type How =
  /** The rule names the owner. */
  | { readonly kind: 'value' }
  /** The owner is what an attribute says; `template` wraps it. */
  | { readonly kind: 'attribute'; readonly attribute: string; readonly template: string | null }
  | {
      readonly kind: 'directory';
      readonly wanted: 'team' | 'person' | 'costCentre';
      /** The rows as the directory has them now. */
      readonly evidence: Evidence;
      /** Who added the link; null where there is none, or nothing was recorded. */
      readonly linkedBy: LinkRecord | null;
    }
  | { readonly kind: 'split'; readonly month: Month; readonly steps: readonly SplitStep[] }
  /** A change of rules or people after the month was closed moved it. */
  | { readonly kind: 'moved'; readonly originalMonth: Month }
  | { readonly kind: 'nobody'; readonly reason: string };

/** Who added an identifier link, and when. */
export interface LinkRecord {
  readonly by: string;
  readonly atMs: number;
}

/** One division on the way: by a rule, or by a shared cost that its owner passed on. */
export interface SplitStep {
  readonly kind: 'rule' | 'shared-cost';
  readonly wording: RuleWording;
  /** Who got it at this step: the figure's owner at the last one, else whose shared cost came next. */
  readonly recipient: string | null;
  readonly weights: SplitWeights | null;
}

/** What a step's money was divided by in the month. */
export interface SplitWeights {
  /** What the weights are: owners count alike, percent, spend in the currency, amounts of a measure. */
  readonly unit: 'alike' | 'percent' | 'spend' | 'measure';
  /** Largest first; in 1e-9 units of what is weighed, one unit each where owners count alike. */
  readonly owners: readonly { readonly owner: string; readonly weight: bigint }[];
  /** The recipient's weight over all weights: its exact share. Null when it got all as the fallback. */
  readonly share: { readonly weight: bigint; readonly total: bigint } | null;
}

/** One stored charge. */
export interface ChargeLine {
  readonly day: Day;
  /** The day a prior-period line is really of. */
  readonly priorDay: Day | null;
  readonly source: string;
  readonly service: string | null;
  /** Name or id of the key, else of the person, principal, seat or resource. */
  readonly key: string | null;
  readonly model: string | null;
  readonly sku: string | null;
  readonly category: string | null;
  readonly description: string | null;
  /** Approximate, in `unit`; null where the vendor gave none. */
  readonly quantity: number | null;
  readonly unit: string | null;
  /** Approximate: effective cost of one unit, in units of the currency. For people, not for sums. */
  readonly unitPrice: number | null;
  readonly confidence: Confidence;
  readonly chargeCost: Nanos;
  readonly cost: Nanos;
  /** The vendor responses it was made from; empty when none are kept. */
  readonly raw: readonly RawReference[];
}

/** A kept vendor response. */
export interface RawReference {
  readonly endpoint: string;
  readonly fetchedAtMs: number;
}
