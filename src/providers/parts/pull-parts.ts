import { compareBigint, compareText, formatNanos, type Nanos, sumNanos } from '../../core/base/money.js';
import type { Day } from '../../core/base/time.js';
import type { MeasureRow } from '../../core/ledger/measure.js';
import type { VendorIdentity } from '../../core/people/data.js';

const NAMED = 3;

/** One remark with the largest shares of a second view of the same money; none when it holds no money. */
export function describeShares(view: string, amounts: ReadonlyMap<string, Nanos>): readonly string[] {
  const total = sumNanos(amounts.values());
  if (total <= 0n) return [];
  const largest = [...amounts]
    .toSorted(([nameA, a], [nameB, b]) => compareBigint(b, a) || compareText(nameA, nameB))
    .slice(0, NAMED)
    .map(([name, amount]) => `${name} ${(amount * 100n) / total} %`);
  return [`${view} (a check, not added) totals ${formatNanos(total)}: ${largest.join(', ')}.`];
}

/** Adds to the amount under a key. */
export function addTo<K>(amounts: Map<K, Nanos>, key: K, amount: Nanos): void {
  amounts.set(key, (amounts.get(key) ?? 0n) + amount);
}

/** An identity with everything absent that is not given. */
export function toIdentity(
  source: string,
  seenOn: Day,
  part: Pick<VendorIdentity, 'kind' | 'id'> & Partial<VendorIdentity>,
): VendorIdentity {
  const none = { name: null, email: null, createdBy: null, subAccountId: null, status: null, tags: {} };
  return { source, seenOn, ...none, ...part, email: part.email?.toLowerCase() ?? null };
}

/** People by id as listed now, and those whom the vendor has forgotten as they were remembered. */
export function peopleOf(
  listed: readonly VendorIdentity[],
  known: readonly VendorIdentity[],
): ReadonlyMap<string, VendorIdentity> {
  const users = [...known, ...listed].filter(({ kind }) => kind === 'user');
  return new Map(users.map((user) => [user.id, user]));
}

/** Figures of one day, measure and label added up, in that order; those that come to nothing are left out. */
export function sumMeasures(rows: readonly MeasureRow[]): readonly MeasureRow[] {
  const sums = new Map<string, MeasureRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.date, row.measure, row.label]);
    sums.set(key, { ...row, amount: (sums.get(key)?.amount ?? 0n) + row.amount });
  }
  return [...sums]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([, row]) => (row.amount === 0n ? [] : [row]));
}
