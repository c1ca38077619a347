import { type Nanos, toApproximateUnits } from '../base/money.js';
import { firstDay, parseDay } from '../base/time.js';
import { PRIOR_PERIOD_COLUMN } from '../close/month.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { ChargeLine } from './lineage.js';
import type { ChargePortion, OwnerMove } from './portion.js';

/** A move as a line: whose money it was about, without quantities, since it is many charges in one. */
export function moveLineOf({ set, day, originalMonth, cost }: OwnerMove): ChargeLine {
  const { attributes } = set;
  return {
    day,
    priorDay: firstDay(originalMonth),
    source: attributes.source ?? '',
    service: attributes.serviceName ?? null,
    key: identityOf(set),
    model: attributes.model ?? null,
    sku: attributes.skuMeter ?? attributes.skuId ?? null,
    category: attributes.chargeCategory ?? null,
    description: `moved after ${originalMonth} was closed`,
    quantity: null,
    unit: null,
    unitPrice: null,
    confidence: 'billed',
    chargeCost: cost,
    cost,
    raw: [],
  };
}

/** A portion as a line for people; its raw references are not known yet. */
export function chargeLineOf(portion: ChargePortion): ChargeLine {
  const { set, kind, day, chargeCost, cost } = portion;
  const { attributes } = set;
  const prior = kind.extra[PRIOR_PERIOD_COLUMN];
  const measured = quantityOf(portion);
  return {
    day,
    priorDay: prior === undefined ? null : parseDay(prior),
    source: attributes.source ?? '',
    service: attributes.serviceName ?? null,
    key: identityOf(set),
    model: attributes.model ?? null,
    sku: attributes.skuMeter ?? attributes.skuId ?? kind.skuPriceId,
    category: attributes.chargeCategory ?? null,
    description: kind.chargeDescription,
    ...measured,
    unitPrice: unitPriceOf(chargeCost, measured.quantity),
    confidence: kind.confidence,
    chargeCost,
    cost,
    raw: [],
  };
}

function quantityOf({ kind, pricingQuantity, consumedQuantity }: ChargePortion) {
  return pricingQuantity === null
    ? { quantity: consumedQuantity, unit: kind.consumedUnit }
    : { quantity: pricingQuantity, unit: kind.pricingUnit };
}

function unitPriceOf(cost: Nanos, quantity: number | null): number | null {
  return quantity === null || quantity === 0 ? null : toApproximateUnits(cost) / quantity;
}

function identityOf({ attributes }: DimensionSet): string | null {
  const { apiKeyName, apiKeyId, email, principalId, seatId, resourceName, resourceId } = attributes;
  return apiKeyName ?? apiKeyId ?? email ?? principalId ?? seatId ?? resourceName ?? resourceId ?? null;
}
