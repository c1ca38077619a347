import { convertAll, createFxLookUp, type FxLookUp } from '../../../core/base/fx.js';
import { compareBigint, compareText, type Nanos, sumNanos } from '../../../core/base/money.js';
import { type DayRange, type Month, monthRange, monthsIn } from '../../../core/base/time.js';
import type { Converted, SpendAnswer, SpendQuery, SpendRow } from '../../../core/spend/spend.js';
import type { Database } from '../base/database.js';
import { readFx } from '../base/fx.js';
import type { Words } from '../ledger/words.js';
import { querySpend } from './spend.js';

/** Answers a question in its currency; money in others joins it at the rate of its own month, where there is one. */
export function querySpendConverted(db: Database, words: Words, query: SpendQuery): SpendAnswer {
  const answer = querySpend(db, words, query);
  if (query.isNative === true || answer.otherCurrencies.length === 0) return answer;
  const rateOf = createFxLookUp(readFx(db));
  const parts = answer.otherCurrencies.flatMap(({ currency }) =>
    convertMonths(db, words, { query, from: currency, rateOf }),
  );
  return parts.length === 0 ? answer : joined(answer, parts);
}

interface Part {
  readonly converted: Converted;
  readonly rows: readonly SpendRow[];
}

function convertMonths(
  db: Database,
  words: Words,
  { query, from, rateOf }: { query: SpendQuery; from: string; rateOf: FxLookUp },
): readonly Part[] {
  return monthsIn(query.range).flatMap((month): readonly Part[] => {
    const rate = rateOf(from, query.currency, month);
    if (rate === null) return [];
    const range = within(query.range, month);
    const { rows, total } = querySpend(db, words, { ...query, range, currency: from });
    if (rows.length === 0) return [];
    const costs = convertAll(
      rows.map(({ cost }) => cost),
      rate.rate,
    );
    return [
      {
        converted: { month, original: total, cost: sumNanos(costs), rate },
        rows: rows.map(({ values }, index) => ({ values, cost: costs[index] ?? 0n })),
      },
    ];
  });
}

function within(range: DayRange, month: Month): DayRange {
  const whole = monthRange(month);
  return {
    from: range.from > whole.from ? range.from : whole.from,
    to: range.to < whole.to ? range.to : whole.to,
  };
}

function joined(answer: SpendAnswer, parts: readonly Part[]): SpendAnswer {
  const rows = new Map<string, SpendRow>();
  for (const { values, cost } of [...answer.rows, ...parts.flatMap((part) => part.rows)]) {
    const key = JSON.stringify(values);
    rows.set(key, { values, cost: (rows.get(key)?.cost ?? 0n) + cost });
  }
  const converted = parts.map((part) => part.converted);
  const done = (currency: string): Nanos =>
    sumNanos(converted.filter(({ rate }) => rate.from === currency).map(({ original }) => original));
  return {
    ...answer,
    total: answer.total + sumNanos(converted.map(({ cost }) => cost)),
    rows: [...rows.values()].toSorted(
      (a, b) => compareBigint(b.cost, a.cost) || compareText(a.values.join('\n'), b.values.join('\n')),
    ),
    converted,
    otherCurrencies: answer.otherCurrencies
      .map(({ currency, total }) => ({ currency, total: total - done(currency) }))
      .filter(({ total }) => total !== 0n),
  };
}
