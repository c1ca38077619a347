import { convert, createFxLookUp, type FxLookUp } from '../../../core/base/fx.js';
import type { Nanos } from '../../../core/base/money.js';
import { type Day, fromEpochDay, monthOf, monthsIn, toEpochDay } from '../../../core/base/time.js';
import type { UsageQuery, UsageSeries } from '../../../core/ledger/usage.js';
import { UNALLOCATED } from '../../../core/rules/target.js';
import type { UsageStore } from '../../contract/alerts.js';
import { daysCondition } from '../allocation/allocated-money.js';
import type { Database, Methods } from '../base/database.js';
import { readFx } from '../base/fx.js';
import { exactSum, toMonthNumber } from '../base/numbers.js';
import { type Words, wordsOf } from '../ledger/words.js';
import { readIdentityLabels } from '../spend/labels.js';

/** Reads usage, apart from everything that follows contracts and books. */
export const usageMethods: Methods<UsageStore> = {
  listUsage: (db, query) => db.handle.transaction(() => readUsage(db, wordsOf(db), query))(),
};

type Owners = UsageSeries['owners'];
const NOBODY: Owners = [{ owner: UNALLOCATED, weight: 1n }];

function readUsage(db: Database, words: Words, query: UsageQuery): readonly UsageSeries[] {
  const days = readDays(db, query);
  const owners = readOwners(db, words, query);
  const labels = readIdentityLabels(db, words, 'api_key');
  const find = db.handle
    .prepare<[number], (number | null)[]>(
      'select source, api_key_name, api_key_id, model, service_name, email from dim_set where id = ?',
    )
    .raw();
  const textOf = (id: number | null | undefined) => (typeof id === 'number' ? words.text(id) : null);
  return [...days].map(([setId, costs]) => {
    const [source, keyName, keyId, model, service, email] = find.get(setId) ?? [];
    return {
      source: textOf(source) ?? '',
      key: labels.label(keyName ?? 0, keyId ?? 0),
      model: textOf(model),
      service: textOf(service),
      person: textOf(email),
      days: [...costs].map(([day, cost]) => ({ day, cost })).toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      owners: owners.get(setId) ?? NOBODY,
    };
  });
}

/** Usage per set and day. Kinds that are no usage are few, so they are named; categories are attributes of the set. */
function readDays(db: Database, query: UsageQuery): ReadonlyMap<number, ReadonlyMap<Day, Nanos>> {
  const rows = db.handle
    .prepare<[], [set: number, day: number, currency: string, cost: string]>(
      `select f.set_id, f.day, b.currency, ${exactSum('f.effective')}
       from fact f cross join bill b on b.id = f.bill_id cross join charge_kind k on k.id = f.kind_id
       cross join dim_set s on s.id = f.set_id
       where ${daysCondition('f', query.range)} and k.prior_day is null and k.invoice_key is null
         and json_extract(k.key, '$.chargeFrequency') is not 'Recurring'
         and (s.charge_category is null or s.charge_category = (select id from dim_value where value = 'Usage'))
       group by f.set_id, f.day, b.currency`,
    )
    .raw();
  const days = new Map<number, Map<Day, Nanos>>();
  let rateOf: FxLookUp | null = null;
  for (const [setId, epochDay, currency, cost] of rows.iterate()) {
    const day = fromEpochDay(epochDay);
    let nanos = BigInt(cost);
    if (currency !== query.currency) {
      rateOf ??= createFxLookUp(readFx(db));
      const rate = rateOf(currency, query.currency, monthOf(day));
      if (rate === null) continue;
      nanos = convert(nanos, rate.rate);
    }
    const costs = days.get(setId) ?? new Map<Day, Nanos>();
    days.set(setId, costs);
    costs.set(day, (costs.get(day) ?? 0n) + nanos);
  }
  return days;
}

/** The newest allocation of each set; of one that is divided, what its owners got in that month. */
function readOwners(db: Database, words: Words, query: UsageQuery): ReadonlyMap<number, Owners> {
  const dimensionId = words.idOf(query.dimension) ?? 0;
  const months = monthsIn(query.range).map(toMonthNumber);
  const pieces = db.handle
    .prepare<number[], [set: number, month: number, target: number | null, isSplit: number]>(
      `select set_id, month, target_id, is_split from allocation
       where dimension_id = ? and month between ? and ? and from_day < ${toEpochDay(query.range.to)}
       order by month, from_day`,
    )
    .raw();
  const span = [dimensionId, months[0] ?? 0, months.at(-1) ?? 0];
  const newest = new Map<number, { month: number; target: number | null; isSplit: boolean }>();
  for (const [setId, month, target, isSplit] of pieces.iterate(...span))
    newest.set(setId, { month, target, isSplit: isSplit === 1 });
  const owners = new Map<number, Owners>();
  const ownerOf = (target: number | null) => (target === null ? UNALLOCATED : words.text(target));
  for (const [setId, { target, isSplit }] of newest)
    if (!isSplit) owners.set(setId, [{ owner: ownerOf(target), weight: 1n }]);
  const shares = db.handle
    .prepare<number[], [set: number, month: number, target: number | null, cost: string]>(
      `select x.set_id, x.month, p.target_id, ${exactSum('x.effective')}
       from allocation_share x cross join split_part p on p.month = x.month and p.part = x.part
       where x.dimension_id = ? and x.month between ? and ? group by 1, 2, 3`,
    )
    .raw();
  for (const [setId, month, target, cost] of shares.iterate(...span)) {
    const piece = newest.get(setId);
    const weight = BigInt(cost);
    if (piece === undefined || !piece.isSplit || piece.month !== month || weight <= 0n) continue;
    owners.set(setId, [...(owners.get(setId) ?? []), { owner: ownerOf(target), weight }]);
  }
  return owners;
}
