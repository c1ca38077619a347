import type { Reconciliation } from '../usecases/allocation/reconcile.js';
import { columns } from './session.js';

type Invoice = Reconciliation['invoices'][number];

/** A reconciliation for people: the invoices side by side, what their differences are made of, and the proof. */
export function reconciliationText({ period, invoices, proofs }: Reconciliation): string {
  const header = ['invoice', 'currency', 'total', 'ledger', 'allocated', 'unallocated', 'residual'];
  const rows = invoices.map((each) => [
    `${each.source} ${each.invoiceId ?? '(not issued)'}`,
    each.currency,
    each.invoiceTotal ?? '-',
    each.ledger,
    each.allocated,
    each.unallocated,
    each.residual,
  ]);
  const proved = proofs.map(({ dimension, groups, rulesetVersion }) => {
    return `${dimension}: conserved in all ${groups} groups of invoice, day and currency (rules version ${rulesetVersion})`;
  });
  return [
    invoices.length === 0 ? `${period} has no charges and no invoices.` : columns([header, ...rows]),
    ...invoices.flatMap(detailLines),
    ...proved,
  ].join('\n');
}

function detailLines(invoice: Invoice): readonly string[] {
  const name = `${invoice.source} ${invoice.invoiceId ?? '(not issued)'}`;
  const { tieOut, currency, knownCauses } = invoice;
  const known = knownCauses.map(
    ({ amount, sentence }) => `${name}: ${amount} ${currency} known: ${sentence}`,
  );
  if (tieOut === null) return [`${name}: ${invoice.reason}`, ...known];
  const parts = [
    ...(tieOut.trueUp === '0' ? [] : [`true-up ${tieOut.trueUp} ${currency}`]),
    ...(tieOut.tax === '0' ? [] : [`tax ${tieOut.tax} (recoverable ${tieOut.recoverableTax})`]),
    ...(tieOut.credits === '0' ? [] : [`credits ${tieOut.credits}`]),
    ...(tieOut.purchases === '0' ? [] : [`prepaid or other purchases ${tieOut.purchases}`]),
  ];
  const verdict = tieOut.tied ? 'tied' : `NOT TIED (tolerance ${tieOut.tolerance})`;
  return [
    `${name}: ${[verdict, ...parts].join(', ')}. ${invoice.reason}`,
    ...known,
    ...(tieOut.accepted === null
      ? []
      : [
          `${name}: ${tieOut.accepted.amount} ${currency} accepted by ${tieOut.accepted.by}: ${tieOut.accepted.reason}`,
        ]),
  ];
}
