import { compareBigint, compareText } from '../../core/base/money.js';
import { monthOf } from '../../core/base/time.js';
import type { DigestBooks, DigestFigures, DigestPeriod } from '../../core/digests/digest.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import { checkMonth } from '../close/check-month.js';
import type { Context } from '../context.js';
import { tieInvoices } from '../invoices/tie-invoices.js';

/** The books of a month for finance: close, invoices, treatments and how the money is known. */
export async function readBooks(
  context: Context,
  { period, currency }: { readonly period: DigestPeriod; readonly currency: string },
): Promise<DigestBooks> {
  const month = monthOf(period.range.from);
  const { tieOuts, notInvoiced } = await tieInvoices(context, { period: month });
  const ofGroup = async (by: string): Promise<DigestFigures['byModel']> => {
    const { range } = period;
    const { rows } = await context.store.querySpend({ by: [by], range, where: [], currency });
    return rows
      .map(({ values, cost }) => ({ label: values[0] ?? '', cost }))
      .filter(({ cost }) => cost !== 0n)
      .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.label, b.label));
  };
  const treatments = await ofGroup('treatment');
  const hasTreatments = treatments.some(({ label }) => label !== UNALLOCATED);
  return {
    ...(await closeOf(context, month)),
    invoices: {
      tied: tieOuts.filter(({ isTied }) => isTied).length,
      differing: tieOuts
        .filter(({ isTied }) => !isTied)
        .map(({ invoice: { source, invoiceId, currency: billed }, residual }) => {
          return { source, invoiceId, residual, currency: billed };
        }),
      waiting: new Set(notInvoiced.filter(({ billed }) => billed !== 0n).map(({ source }) => source)).size,
    },
    treatments: hasTreatments ? treatments : [],
    confidences: await ofGroup('confidence'),
  };
}

async function closeOf(
  context: Context,
  month: ReturnType<typeof monthOf>,
): Promise<Pick<DigestBooks, 'stage' | 'open'>> {
  if (!(await context.store.listMonths()).includes(month)) return { stage: 'open', open: [] };
  const { stage, items } = await checkMonth(context, { month });
  return { stage, open: items.filter(({ done }) => !done) };
}
