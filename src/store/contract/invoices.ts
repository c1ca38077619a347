import type { Actor } from '../../core/base/actor.js';
import type { FxOverride, FxRate } from '../../core/base/fx.js';
import type { Month } from '../../core/base/time.js';
import type { ColumnMapping } from '../../core/invoices/csv.js';
import type { Invoice, InvoiceKey, StoredInvoice } from '../../core/invoices/invoice.js';
import type { InvoiceFigures, KnownCause } from '../../core/invoices/tie-out.js';

/**
 * Invoices, and the charges that they add to the ledger: `core/book-invoice.ts` says which. Those charges follow
 * from the invoices and the vendor's own charges, and are worked out again whenever either changes; in closed months
 * nothing moves, the difference is posted in the first open month like any late bill.
 */
export interface InvoiceStore {
  /**
   * Takes invoices in, each as a new version of its key, and books them; an unchanged one again changes nothing.
   * @throws AppError `invalid` when one does not hold together, or would move to another period or currency: that
   * is a credit note and a new invoice. Nothing is kept then.
   */
  putInvoices(batch: {
    readonly invoices: readonly Invoice[];
    readonly actor: Actor;
    readonly atMs: number;
  }): Promise<{ readonly changed: number; readonly staleMonths: readonly Month[] }>;
  /** The latest version of every invoice, of one billing period or all, by source, then in order of entry. */
  listInvoices(billingPeriod: Month | null): Promise<readonly StoredInvoice[]>;
  /** Every version of an invoice, oldest first; empty when there is none. */
  listInvoiceVersions(key: InvoiceKey): Promise<readonly StoredInvoice[]>;
  /** What the ledger has of each invoice of a billing period, wherever it is posted. */
  listInvoiceFigures(billingPeriod: Month): Promise<readonly InvoiceFigures[]>;
  /**
   * Books a residual that somebody answers for.
   * @throws AppError `not-found`, or `conflict` when the residual is another one by now.
   */
  acceptResidual(step: {
    readonly key: InvoiceKey;
    readonly residual: bigint;
    readonly reason: string;
    readonly actor: Actor;
    readonly atMs: number;
  }): Promise<{ readonly staleMonths: readonly Month[] }>;

  /**
   * Replaces what one kind of finder knows of why a source's figures of a billing period differ from the vendor's;
   * the tie-out of its invoices shows it.
   */
  putTieOutCauses(step: {
    readonly source: string;
    readonly billingPeriod: Month;
    readonly kind: KnownCause['kind'];
    readonly causes: readonly Omit<KnownCause, 'kind'>[];
  }): Promise<void>;
  /** The known causes of a billing period, by source. */
  listTieOutCauses(billingPeriod: Month): Promise<readonly (KnownCause & { readonly source: string })[]>;

  /**
   * Fixes rates: one per pair and month, which never change.
   * @throws AppError `conflict` for another rate than the one that is there, or for a closed month; nothing is kept.
   */
  putFxRates(batch: {
    readonly rates: readonly FxRate[];
    readonly actor: Actor;
    readonly atMs: number;
  }): Promise<{ readonly added: number }>;
  /** Fixes a rate for a run of months. @throws AppError `conflict` when it begins in a closed month or overlaps another. */
  putFxOverride(step: {
    readonly override: FxOverride;
    readonly actor: Actor;
    readonly atMs: number;
  }): Promise<void>;
  listFxRates(): Promise<{ readonly rates: readonly FxRate[]; readonly overrides: readonly FxOverride[] }>;

  /** How a vendor's invoice CSV was read last; null the first time. */
  findColumnMapping(vendor: string): Promise<ColumnMapping | null>;
  putColumnMapping(step: {
    readonly vendor: string;
    readonly mapping: ColumnMapping;
    readonly actor: Actor;
    readonly atMs: number;
  }): Promise<void>;
}
