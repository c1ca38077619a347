import type { Charge } from '../../../core/ledger/charge.js';
import { createDailyCarries, createMonthlyBills } from '../../parts/charge-parts.js';
import { type CellShare, type CostCell, joinUsage, type Unbilled } from './cells.js';
import type { Dated, OpenAiFacts } from './client.js';
import { createDescriber, type Described, type OpenAiAccount } from './describe.js';
import { meterOf, parseLineItem, type Units, unitsOf } from './line-item.js';
import type { CostResult } from './schema.js';
import { apiSourceOf, familyOf, type UsageCount } from './usage.js';

const SEPARATOR = '\u0000';

/** Charges, and what usage had no cost to go with. */
export interface OpenAiCharges {
  readonly charges: readonly Charge[];
  readonly unbilled: readonly Unbilled[];
}

/**
 * Cost results by (project, line item, key) in dollars to charges at day grain, with the quantities, service tiers
 * and users of the usage endpoints (`cells.ts`). Pure. The vendor has no list price here, so all four costs are the
 * billed one. Results of zero money and zero quantity are left out; usage that nothing was billed for is a row of no
 * cost. Sorted by group, so that rounding does not depend on paging.
 */
export function toCharges(
  facts: Pick<OpenAiFacts, 'costs' | 'projects' | 'apiKeys' | 'users' | 'usage'>,
  account: OpenAiAccount,
): OpenAiCharges {
  const billOf = createMonthlyBills({
    billingAccountId: account.billingAccountId,
    billingAccountName: account.billingAccountName,
    invoiceIssuerName: 'OpenAI',
  });
  const describe = createDescriber(facts, account);
  const rows = toCells(facts.costs);
  const owned = new Set(facts.apiKeys.flatMap(({ id, owner }) => (owner ? [id] : [])));
  const { shares, unbilled } = joinUsage(
    rows.map(({ cell }) => cell),
    facts.usage,
    (apiKeyId) => owned.has(apiKeyId),
  );
  const rowOf = new Map(rows.map((row) => [row.cell.cell, row]));
  const billed = shares.flatMap((share): Charge[] => {
    const row = rowOf.get(share.cell.cell);
    if (row === undefined) return [];
    const { currency } = row;
    const units = row.units ?? unitsOfUsage(share);
    return [
      {
        ...describe(describeShare(share, units)),
        bill: billOf(share.cell.day, currency),
        chargeDay: share.cell.day,
        ...costsOf(share.amount),
        ...quantitiesOf(share.quantity, units),
      },
    ];
  });
  const free = unbilled.flatMap((count): Charge[] => {
    const meter = meterOf(count.family);
    if (meter === null || count.model === null) return [];
    return [
      {
        ...describe(describeCount(count, meter, owned)),
        bill: billOf(count.day, 'USD'),
        chargeDay: count.day,
        ...costsOf(0n),
        ...quantitiesOf(count.quantity, meter.units),
      },
    ];
  });
  return { charges: [...billed, ...free], unbilled };
}

interface CostRow {
  readonly cell: CostCell;
  readonly units: Units | null;
  readonly currency: string;
}

function toCells(costs: readonly Dated<CostResult>[]): readonly CostRow[] {
  const carry = createDailyCarries();
  return costs
    .map((row) => ({
      row,
      key: [row.day, row.project_id, row.api_key_id, row.line_item, row.quantity_unit, apiSourceOf(row)].join(
        SEPARATOR,
      ),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row, key }, i) => {
      const currency = row.amount.currency.toUpperCase();
      const units = unitsOf(row);
      const cell: CostCell = {
        cell: `${key}${SEPARATOR}${i}`,
        day: row.day,
        projectId: row.project_id || null,
        apiKeyId: row.api_key_id || null,
        model: row.line_item ? parseLineItem(row.line_item).model : null,
        lineItem: row.line_item || null,
        apiSource: apiSourceOf(row),
        unit: row.quantity_unit ?? null,
        amount: carry('billed', currency, row.day).add(row.amount.value),
        // Nothing of something is no quantity to spread by.
        quantity: units === null ? null : (row.quantity ?? 0) * units.scale,
      };
      return { cell, units, currency };
    });
}

/** Where the cost has no quantity, the unit of the usage that was joined. */
function unitsOfUsage({ cell, quantity }: CellShare): Units | null {
  if (quantity === null || cell.lineItem === null) return null;
  const family = familyOf(cell.lineItem, cell.unit);
  return family === null ? null : (meterOf(family)?.units ?? null);
}

function describeShare({ cell, who, isSpread }: CellShare, units: Units | null): Described {
  const { projectId, lineItem, model } = cell;
  const meter = lineItem === null ? null : parseLineItem(lineItem).meter;
  return { who, projectId, lineItem, model, meter, units, confidence: isSpread ? 'spread' : 'billed' };
}

function describeCount(
  { projectId, apiKeyId, userId, tier, apiSource, vectorStoreId, model }: UsageCount,
  { meter, units }: { readonly meter: string; readonly units: Units },
  owned: ReadonlySet<string>,
): Described {
  const isNamed = apiKeyId !== null && owned.has(apiKeyId);
  const who = { apiKeyId, userId: isNamed ? null : userId, tier, apiSource, vectorStoreId };
  return { who, projectId, lineItem: null, model, meter, units, confidence: 'estimated' };
}

function costsOf(amount: bigint) {
  return { billedCost: amount, effectiveCost: amount, listCost: amount, contractedCost: amount };
}

function quantitiesOf(quantity: number | null, units: Units | null) {
  if (units === null || quantity === null) return { consumedQuantity: null, pricingQuantity: null };
  return { consumedQuantity: quantity, pricingQuantity: quantity / units.pricedIn };
}
