import { type Day, fromEpochDay } from '../../../core/base/time.js';
import { type SetAside, stretches } from '../../../core/ledger/overlap.js';
import type { Database } from '../base/database.js';
import { exactSum } from '../base/numbers.js';

interface Row {
  readonly source: string;
  readonly money: string;
  readonly countedFrom: string;
  readonly day: number;
  readonly currency: string;
  readonly cost: string;
}

/** The body of `LedgerStore.listSetAside`. */
export function listSetAside(db: Database): readonly SetAside[] {
  const rows = db.handle
    .prepare<[], Row>(
      `select v.value as source, coalesce(s.money, '') as money,
         coalesce(a.counted_from, h.counted_by, '') as countedFrom, a.day as day, b.currency as currency,
         ${exactSum('a.effective')} as cost
       from aside_fact a
       join dim_set d on d.id = a.set_id join dim_value v on v.id = d.source
       join bill b on b.id = a.bill_id
       left join shared_set s on s.set_id = a.set_id and a.counted_from is null
       left join held_day h on h.source = v.value and h.money = s.money and h.day = a.day
         and h.billing_account_id = b.billing_account_id and h.billing_period = b.billing_period
       group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    )
    .all();
  const groups = new Map<string, { head: Row; days: Day[]; costs: Map<string, bigint> }>();
  for (const row of rows) {
    const key = JSON.stringify([row.source, row.money, row.countedFrom]);
    const group = groups.get(key) ?? { head: row, days: [], costs: new Map<string, bigint>() };
    groups.set(key, group);
    group.days.push(fromEpochDay(row.day));
    group.costs.set(row.currency, (group.costs.get(row.currency) ?? 0n) + BigInt(row.cost));
  }
  return [...groups.values()].map(({ head, days, costs }) => ({
    source: head.source,
    money: head.money,
    countedFrom: head.countedFrom,
    days: stretches(days),
    costs: [...costs].map(([currency, cost]) => ({ currency, cost })),
  }));
}
