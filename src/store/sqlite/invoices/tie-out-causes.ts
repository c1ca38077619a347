import type { KnownCause } from '../../../core/invoices/tie-out.js';
import type { InvoiceStore } from '../../contract/invoice.js';
import { type Methods } from '../base/database.js';

type CausePart = Pick<InvoiceStore, 'putTieOutCauses' | 'listTieOutCauses'>;

interface CauseRow {
  readonly source: string;
  readonly kind: KnownCause['kind'];
  readonly amount: string;
  readonly sentence: string;
}

/** What finders know of differences, on SQLite. */
export const causeMethods: Methods<CausePart> = {
  putTieOutCauses(db, { source, billingPeriod, kind, causes }) {
    const remove = db.handle.prepare(
      'delete from tie_out_cause where source = ? and billing_period = ? and kind = ?',
    );
    const insert = db.handle.prepare(
      `insert into tie_out_cause (source, billing_period, kind, position, amount, sentence)
         values (?, ?, ?, ?, ?, ?)`,
    );
    db.handle
      .transaction(() => {
        remove.run(source, billingPeriod, kind);
        for (const [position, { amount, sentence }] of causes.entries())
          insert.run(source, billingPeriod, kind, position, amount.toString(), sentence);
      })
      .immediate();
  },
  listTieOutCauses: (db, billingPeriod) =>
    db.handle
      .prepare<[string], CauseRow>(
        `select source, kind, amount, sentence from tie_out_cause where billing_period = ?
           order by source, kind, position`,
      )
      .all(billingPeriod)
      .map((row) => ({ ...row, amount: BigInt(row.amount) })),
};
