import { fromEpochDay } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import type { ExportStore } from '../../contract/spend.js';
import { daysCondition } from '../allocation/allocated-money.js';
import type { Methods } from '../base/database.js';
import { billsOf, kindsOf } from '../base/interned.js';
import { readNanos, type StoredNanos } from '../base/numbers.js';
import { wordsOf } from '../ledger/words.js';

type Row = [
  ...[bigint, bigint, bigint, bigint, number | null, number | null],
  ...[StoredNanos, StoredNanos, StoredNanos, StoredNanos],
];

/** Reads charges back whole. */
export const exportMethods: Methods<ExportStore> = {
  listCharges(db, range) {
    const [words, kindOf, billOf] = [wordsOf(db), kindsOf(db), billsOf(db)];
    return db.handle
      .prepare<[], Row>(
        `select d.day, d.set_id, d.kind_id, d.bill_id, d.consumed_quantity, d.pricing_quantity,
           d.billed, d.effective, d.list, d.contracted
         from fact d where ${daysCondition('d', range)} order by d.day, d.set_id, d.kind_id, d.bill_id`,
      )
      .raw()
      .safeIntegers()
      .all()
      .map(([day, set, kind, bill, consumedQuantity, pricingQuantity, ...costs]): Charge => {
        const [billedCost = 0n, effectiveCost = 0n, listCost = 0n, contractedCost = 0n] =
          costs.map(readNanos);
        const about = { set: words.set(Number(set)), kind: kindOf(Number(kind)), bill: billOf(Number(bill)) };
        const quantities = { consumedQuantity, pricingQuantity };
        const chargeDay = fromEpochDay(Number(day));
        return { ...about, chargeDay, ...quantities, billedCost, effectiveCost, listCost, contractedCost };
      });
  },
  listExtraColumns: (db, range) =>
    db.handle
      .prepare<[], string>(
        `select distinct e.key
         from (select distinct d.kind_id as id from fact d where ${daysCondition('d', range)}) f
         join charge_kind k on k.id = f.id, json_each(k.key, '$.extra') e order by e.key`,
      )
      .pluck()
      .all(),
};
