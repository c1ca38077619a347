import { AppError } from '../base/errors.js';
import {
  absolute,
  compareText,
  formatNanos,
  NANOS_PER_UNIT,
  type Nanos,
  roundedQuotient,
  splitNanos,
  sumNanos,
} from '../base/money.js';
import { addDays, type Day } from '../base/time.js';
import type { Charge, ChargeKind } from '../ledger/charge.js';
import type { BilledScope, RatedUsage } from './rating.js';

/** Usage without a price, by the reason; it carries no money in its scope, so it has to be named. */
export interface UnpricedUsage {
  readonly reason: string;
  readonly rows: number;
  readonly units: bigint;
  readonly firstDay: Day;
  readonly lastDay: Day;
}

/** How one billed scope was met. */
interface TrueUpFactor {
  readonly account: string;
  readonly currency: string;
  readonly from: Day;
  readonly to: Day;
  readonly billed: Nanos;
  /** At list price, before the factor. */
  readonly rated: Nanos;
}

/** Charges whose billed cost adds up to the billed scopes, to the nano, and how they came about. */
export interface ScaledToBill {
  readonly charges: readonly Charge[];
  readonly factors: readonly TrueUpFactor[];
  readonly unpriced: readonly UnpricedUsage[];
}

/**
 * Scales rated rows so that each billed scope is met exactly (largest remainder). In a scope: usage that was billed
 * nothing costs nothing; what was billed without any priced usage stands on the scope's leftover row; unpriced usage
 * keeps zero and is named. Usage outside every scope stays at list price as `estimated`, until its bill comes.
 * The list cost, the factor and the method stand on every row. Deterministic for rows sorted by `rate`.
 * @throws AppError `bug` when two scopes overlap: the same money would be met twice.
 */
export function scaleToBill(rated: readonly RatedUsage[], scopes: readonly BilledScope[]): ScaledToBill {
  const kindOf = createKinds();
  const scopeOf = indexScopes(scopes);
  const inScope = new Map<BilledScope, RatedUsage[]>(scopes.map((scope) => [scope, []]));
  const charges: Charge[] = [];
  for (const row of rated) {
    const scope = scopeOf(row);
    if (scope !== null) inScope.get(scope)?.push(row);
    else charges.push(toCharge(row, { cost: row.listCost, kind: kindOf(row, null) }));
  }
  const factors: TrueUpFactor[] = [];
  for (const [scope, rows] of [...inScope].toSorted(([a], [b]) => compareScopes(a, b))) {
    const listed = sumNanos(rows.map(({ listCost }) => listCost));
    const { account, currency, from, to, billed } = scope;
    factors.push({ account, currency, from, to, billed, rated: listed });
    charges.push(...meet(scope, rows, kindOf));
  }
  return { charges, factors, unpriced: listUnpriced(rated) };
}

/** The factor as a decimal text with nine digits; null when nothing was rated. For people and for export. */
function factorText({ billed, rated }: Pick<TrueUpFactor, 'billed' | 'rated'>): string | null {
  if (rated === 0n) return null;
  const signed = rated < 0n ? -billed : billed;
  return formatNanos(roundedQuotient(signed * NANOS_PER_UNIT, absolute(rated)));
}

type KindOf = (row: RatedUsage, factor: string | null) => ChargeKind;

function meet(scope: BilledScope, rows: readonly RatedUsage[], kindOf: KindOf): readonly Charge[] {
  const weights = rows.map(({ listCost }, i) => ({ id: String(i).padStart(9, '0'), weight: listCost }));
  const parts = splitNanos(scope.billed, weights);
  const factor = factorText({ billed: scope.billed, rated: sumNanos(rows.map(({ listCost }) => listCost)) });
  const charges = rows.map((row, i) => {
    const cost = parts?.get(weights[i]?.id ?? '') ?? 0n;
    return toCharge(row, { cost, kind: kindOf(row, factor ?? '0') });
  });
  if (parts !== null || scope.billed === 0n) return charges;
  return [...charges, leftover(scope)];
}

function leftover({ leftover, billed, from }: BilledScope): Charge {
  const extra = { ...leftover.kind.extra, x_TrueUpMethod: 'billed without usage' };
  return {
    ...leftover,
    kind: { ...leftover.kind, confidence: 'rated', extra },
    chargeDay: from,
    billedCost: billed,
    effectiveCost: billed,
    contractedCost: billed,
    listCost: billed,
    consumedQuantity: null,
    pricingQuantity: null,
  };
}

function toCharge({ usage, listCost }: RatedUsage, priced: { cost: Nanos; kind: ChargeKind }): Charge {
  const { set, bill, chargeDay, consumedQuantity, pricingQuantity } = usage;
  const { cost, kind } = priced;
  return {
    set,
    kind,
    bill,
    chargeDay,
    billedCost: cost,
    effectiveCost: cost,
    contractedCost: cost,
    listCost,
    consumedQuantity,
    pricingQuantity,
  };
}

/** One kind for all rows that share kind, factor and basis: the store interns by identity first. */
function createKinds(): KindOf {
  const known = new Map<ChargeKind, Map<string, ChargeKind>>();
  return ({ usage: { kind }, unpriced, basis }, factor) => {
    const key = [factor, unpriced, basis].join('\u0000');
    const ofKind = known.get(kind) ?? new Map<string, ChargeKind>();
    known.set(kind, ofKind);
    const made = ofKind.get(key) ?? {
      ...kind,
      confidence: factor === null ? 'estimated' : 'rated',
      extra: {
        ...kind.extra,
        x_TrueUpMethod: factor === null ? 'rated, no bill yet' : 'rated and trued up',
        ...(factor !== null && { x_TrueUpFactor: factor }),
        ...(unpriced === null ? { x_PriceSource: basis } : { x_Unpriced: unpriced }),
      },
    };
    ofKind.set(key, made);
    return made;
  };
}

function scopeKey(account: string, currency: string, day: Day): string {
  return [account, currency, day].join('\u0000');
}

/** Finds the scope of a row: account, currency of its bill, day. */
function indexScopes(scopes: readonly BilledScope[]): (row: RatedUsage) => BilledScope | null {
  const byDay = new Map<string, BilledScope>();
  for (const scope of scopes)
    for (let day = scope.from; day < scope.to; day = addDays(day, 1)) {
      const key = scopeKey(scope.account, scope.currency, day);
      if (byDay.has(key)) throw new AppError('bug', `Two billed scopes of ${scope.account} hold ${day}.`);
      byDay.set(key, scope);
    }
  return ({ usage: { account, bill, chargeDay } }) =>
    byDay.get(scopeKey(account, bill.billingCurrency, chargeDay)) ?? null;
}

function compareScopes(a: BilledScope, b: BilledScope): number {
  return (
    compareText(a.account, b.account) || compareText(a.currency, b.currency) || compareText(a.from, b.from)
  );
}

function listUnpriced(rated: readonly RatedUsage[]): readonly UnpricedUsage[] {
  const byReason = new Map<string, UnpricedUsage>();
  for (const { usage, unpriced } of rated) {
    if (unpriced === null) continue;
    const { chargeDay: day, units } = usage;
    // Prices end by day, the reason names it: one line for all days.
    const reason = unpriced.replace(/ on \d{4}-\d{2}-\d{2}$/, '');
    const known = byReason.get(reason) ?? { reason, rows: 0, units: 0n, firstDay: day, lastDay: day };
    byReason.set(reason, {
      reason,
      rows: known.rows + 1,
      units: known.units + units,
      firstDay: day < known.firstDay ? day : known.firstDay,
      lastDay: day > known.lastDay ? day : known.lastDay,
    });
  }
  return [...byReason.values()].toSorted((a, b) => compareText(a.reason, b.reason));
}
