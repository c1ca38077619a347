import { compareText, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import type { Charge } from '../../../core/ledger/charge.js';
import type { VendorIdentity } from '../../../core/people/data.js';
import { sameCosts } from '../../parts/amounts.js';
import { addToLargest, type BillRow, CODING, createChargeMaker, isRounding } from '../../parts/bill-rows.js';
import { createDailyCarries } from '../../parts/charge-parts.js';
import type { DayGroup } from './client.js';

const CURRENCY = 'USD';
/** On every row: the invoice takes credits and discounts off, the ledger of the vendor does not. */
const BASIS = { x_CostBasis: 'Gross ledger before credits and discounts, not the invoice' };

/**
 * Member groups (dollars, gross) to charges per day, member and metric. Pure. The vendor's ledger is not its
 * invoice, so that every row is `estimated` until the month is trued up. What a group's metrics do not explain of
 * its total stands on a row of its own; rows of zero money and zero usage are left out. The order is that of day,
 * member and metric, so that rounding does not depend on paging.
 */
export function toCharges(
  groups: readonly DayGroup[],
  source: string,
  people: ReadonlyMap<string, VendorIdentity>,
): readonly Charge[] {
  const toCharge = createChargeMaker({
    source,
    vendor: 'Replit',
    service: { name: 'Replit', ...CODING },
    accountId: source,
    accountName: null,
  });
  const carry = createDailyCarries();
  return groups
    .toSorted((a, b) => compareText(a.day, b.day) || compareText(idOf(a), idOf(b)))
    .flatMap((group) => {
      const total = carry('cost', CURRENCY, group.day).add(group.totalCostUsd);
      return toRows(group, total, people);
    })
    .map(toCharge);
}

function idOf({ key }: DayGroup): string {
  return key.userId ?? '';
}

function toRows(
  group: DayGroup,
  total: Nanos,
  people: ReadonlyMap<string, VendorIdentity>,
): readonly BillRow[] {
  const person = people.get(idOf(group));
  const attributes = { principalId: group.key.userId, email: person?.email, resourceName: person?.name };
  const row = (id: string, name: string, cost: Nanos, quantity: BillRow['quantity']): BillRow => ({
    day: group.day,
    currency: CURRENCY,
    costs: sameCosts(cost),
    category: 'Usage',
    frequency: 'Usage-Based',
    skuId: id,
    meter: name,
    description: `Replit: ${name} (gross, before credits and discounts)`,
    quantity,
    confidence: 'estimated',
    attributes,
    extra: BASIS,
  });
  const metrics = group.metrics
    .toSorted((a, b) => compareText(a.id, b.id))
    .map(({ id, name, usage, usageUnit, costUsd }) => {
      const measured = usage !== null && usage !== undefined && usageUnit;
      const quantity = measured ? { amount: usage, unit: toUnit(usageUnit) } : null;
      return row(id, name ?? id, parseNanos(costUsd), quantity);
    });
  const rest = total - sumNanos(metrics.map(({ costs }) => costs.billedCost));
  const rows = isRounding(rest, metrics.length)
    ? addToLargest(metrics, rest)
    : [...metrics, row('unexplained', 'Usage without a metric', rest, null)];
  return rows.filter(({ costs, quantity }) => costs.billedCost !== 0n || (quantity?.amount ?? 0) !== 0);
}

/** "compute_units" -> "Compute Units". */
function toUnit(unit: string): string {
  return unit
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
