import { type DayRange, type Month, monthRange } from '../../core/base/time.js';
import { type StoredUse, TOKEN_CLASSES, type TokenUse } from '../../core/gateways/token-use.js';
import { retryFigures } from '../../core/gateways/weights.js';
import { priceOf } from '../../core/prices/price.js';
import type { PriceTable } from '../../core/prices/table.js';
import type { Pull } from '../../providers/provider.js';
import type { Context } from '../context.js';
import { compareGateways } from './compare-gateways.js';

/** What came of the weights of a pull. */
export interface KeptWeights {
  readonly changed: boolean;
  readonly staleMonths: readonly Month[];
  readonly remarks: readonly string[];
}

const NOTHING: KeptWeights = { changed: false, staleMonths: [], remarks: [] };

/**
 * Keeps the figures and token records of a pull in the place of those of its window, then lays gateways beside bills
 * again: the pull brought one of the two sides. A pull without figures keeps nothing.
 */
export async function keepWeights(
  context: Context,
  source: string,
  pull: Pick<Pull, 'scope' | 'uses' | 'measures'>,
  prices: PriceTable,
): Promise<KeptWeights> {
  const range = rangeOf(pull.scope);
  if (range === null) return NOTHING;
  const kept = await keep(context, { source, range, pull, prices });
  await compareGateways(context, range, prices);
  return kept;
}

async function keep(
  { store }: Context,
  {
    source,
    range,
    pull,
    prices,
  }: {
    readonly source: string;
    readonly range: DayRange;
    readonly pull: Pick<Pull, 'uses' | 'measures'>;
    readonly prices: PriceTable;
  },
): Promise<KeptWeights> {
  const { uses: brought, measures = [] } = pull;
  if (brought === undefined && pull.measures === undefined) return NOTHING;
  const uses = (brought ?? [])
    .filter(({ day }) => range.from <= day && day < range.to)
    .map((use): StoredUse => ({ ...use, source, rated: rate(use, prices) }));
  const figures = [...measures, ...retryFigures(uses)];
  const kept = await store.replaceWeights({ source, range, uses, measures: figures });
  return { ...kept, remarks: unitRemarks(uses) };
}

function rangeOf(scope: Pull['scope']): DayRange | null {
  if (scope.kind === 'charge-days') return { from: scope.from, to: scope.to };
  const ranges = scope.periods.map(({ billingPeriod }) => monthRange(billingPeriod));
  const from = ranges.map((range) => range.from).toSorted()[0];
  const to = ranges
    .map((range) => range.to)
    .toSorted()
    .at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}

/** At list price; null where a class that was used has none. */
function rate({ vendor, model, day, serviceTier, tokens }: TokenUse, prices: PriceTable): bigint | null {
  let sum = 0n;
  for (const tokenType of TOKEN_CLASSES) {
    if (tokens[tokenType] === 0n) continue;
    const found = prices.find({ provider: vendor, model, tokenType, serviceTier }, day);
    if ('unpriced' in found) return null;
    sum += priceOf(tokens[tokenType], found.nanosPerMillion);
  }
  return sum;
}

function unitRemarks(uses: readonly StoredUse[]): readonly string[] {
  const unrated = [
    ...new Set(uses.flatMap(({ rated, model }) => (rated === null ? [model] : []))),
  ].toSorted();
  if (unrated.length === 0) return [];
  const named = unrated.slice(0, 3).join(', ');
  const more = unrated.length > 3 ? ` and ${unrated.length - 3} more` : '';
  return [
    `No list price for ${named}${more}: the months with them weigh other costs by tokens, not by what tokens cost.`,
  ];
}
