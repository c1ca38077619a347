import { formatNanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { monthOf } from '../../../core/base/time.js';
import { poolOf } from '../../../core/seats/money.js';
import type { Seat } from '../../../core/seats/seat.js';
import { FIRST_CREDITS } from './asking.js';
import type { BillRow } from './facts.js';
import { INCLUDED_USD, kindOfSku, normaliseSku } from './sku.js';

/**
 * A remark for each month whose bill asks for an overage although the pool of the seats listed now is not used up:
 * then seats are missing from the listing, or the bill is wrong. Promotions only make a pool larger.
 */
export function checkPool(rows: readonly BillRow[], seats: readonly Seat[]): readonly string[] {
  const credits = rows.filter(({ sku }) => kindOfSku(normaliseSku(sku)) === 'credits');
  const months = [...new Set(credits.map(({ day }) => monthOf(day)))].filter(
    (month) => month >= FIRST_CREDITS,
  );
  const brought = seats.map(({ plan }) => parseNanos(INCLUDED_USD[plan ?? ''] ?? '0'));
  return months.flatMap((month) => {
    const own = credits.filter(({ day }) => monthOf(day) === month);
    const used = sumNanos(own.map(({ grossAmount }) => parseNanos(grossAmount)));
    const billed = sumNanos(own.map(({ netAmount }) => parseNanos(netAmount)));
    const pool = poolOf(brought, used);
    if (billed <= 0n || pool.overage > 0n) return [];
    return [
      `${month}: GitHub bills ${formatNanos(billed)} USD of credits beyond the pool, but ${seats.length} seats bring ` +
        `${formatNanos(pool.included)} USD and ${formatNanos(used)} were used: are all seats listed?`,
    ];
  });
}
