import type { DayMoney } from './hold.js';

/** Fewer days that are equal may be chance. */
const LEAST_DAYS = 5;

/**
 * Whether two sources carry the same money: they share at least five days with cost, and on every shared day and
 * currency billed and effective cost are the same to the nano, not all of them one amount (a flat fee).
 */
export function carrySameMoney(a: readonly DayMoney[], b: readonly DayMoney[]): boolean {
  const others = new Map(b.map((money) => [`${money.day} ${money.currency}`, money]));
  const shared = a.flatMap((money) => {
    const other = others.get(`${money.day} ${money.currency}`);
    return other === undefined || (money.effective === 0n && other.effective === 0n)
      ? []
      : [{ money, other }];
  });
  return (
    shared.length >= LEAST_DAYS &&
    new Set(shared.map(({ money }) => money.effective)).size > 1 &&
    shared.every(({ money, other }) => money.billed === other.billed && money.effective === other.effective)
  );
}
