import { compareText, NANOS_PER_UNIT, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { type Day, type DayRange, parseDay } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import type { MeasureRow } from '../../../core/ledger/measure.js';
import {
  addToLargest,
  type BillRow,
  createChargeMaker,
  GENERATIVE_AI,
  isRounding,
} from '../../parts/bill-rows.js';
import { createDailyCarries } from '../../parts/charge-parts.js';
import { sumMeasures } from '../../parts/pull-parts.js';
import type { OpenRouterFacts } from './client.js';
import type { Purchase } from './purchases.js';
import type { Activity } from './schema.js';

const CURRENCY = 'USD';

/** A key as listed or as remembered. */
interface KeyName {
  readonly name: string | null;
}

/** Names beside the facts. */
export interface OpenRouterAccount {
  readonly source: string;
  readonly keys: ReadonlyMap<string, KeyName>;
  readonly workspaces: ReadonlyMap<string, KeyName>;
  readonly purchases: readonly Purchase[];
}

interface Cell {
  readonly total: Activity[];
  readonly byKey: Map<string, Activity[]>;
}

/**
 * Usage per day, model, endpoint, workspace and key as draw-down of credits (billed 0: the purchase was), and the
 * purchases. Pure. The account's total is the truth: what no key explains of a cell stands on a row without a key.
 * Inference on own keys is no money here.
 */
export function toCharges(
  facts: Pick<OpenRouterFacts, 'total' | 'byKey'>,
  account: OpenRouterAccount,
): readonly Charge[] {
  const toCharge = createChargeMaker({
    source: account.source,
    vendor: 'OpenRouter',
    service: { name: 'OpenRouter', ...GENERATIVE_AI },
    accountId: account.source,
    accountName: null,
  });
  const carry = createDailyCarries();
  const rows = [...toCells(facts)]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([key, cell]) => {
      const day = parseDay(key.slice(0, 10));
      const ofDay = carry('usage', CURRENCY, day);
      return toCellRows(cell, sumNanos(cell.total.map(({ usage }) => ofDay.add(usage))), day, account);
    });
  return [...rows, ...account.purchases.map(toPurchaseRow)].map(toCharge);
}

function toCells(facts: Pick<OpenRouterFacts, 'total' | 'byKey'>): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  const cellOf = (row: Activity): Cell => {
    const {
      date,
      model,
      model_permaslug: slug,
      endpoint_id: endpoint,
      provider_name: host,
      workspace_id: space,
    } = row;
    const key = [date.slice(0, 10), model, slug, endpoint, host, space].join('\u0000');
    const cell = cells.get(key) ?? { total: [], byKey: new Map<string, Activity[]>() };
    cells.set(key, cell);
    return cell;
  };
  for (const row of facts.total) cellOf(row).total.push(row);
  for (const { hash, activity } of facts.byKey)
    for (const row of activity) {
      const { byKey } = cellOf(row);
      byKey.set(hash, [...(byKey.get(hash) ?? []), row]);
    }
  return cells;
}

function toCellRows(cell: Cell, total: Nanos, day: Day, account: OpenRouterAccount): readonly BillRow[] {
  const keyed = [...cell.byKey]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([hash, rows]) =>
      toRow(rows, sumNanos(rows.map(({ usage }) => parseNanos(usage))), { day, hash, account }),
    );
  const rest = total - sumNanos(keyed.map(({ costs }) => costs.effectiveCost));
  const rows =
    keyed.length > 0 && isRounding(rest, keyed.length)
      ? addToLargest(keyed, rest)
      : [...keyed, toRow(unexplained(cell), rest, { day, hash: null, account })];
  return rows.filter(({ costs, quantity }) => costs.effectiveCost !== 0n || (quantity?.amount ?? 0) !== 0);
}

/** The account's rows of a cell, with the tokens of its keys taken away. */
function unexplained({ total, byKey }: Cell): readonly Activity[] {
  const keyed = tokensOf([...byKey.values()].flat());
  const [first = [...byKey.values()].flat()[0]] = total;
  if (first === undefined) return [];
  return [{ ...first, prompt_tokens: Math.max(0, tokensOf(total) - keyed), completion_tokens: 0 }];
}

function tokensOf(rows: readonly Activity[]): number {
  return rows.reduce(
    (sum, { prompt_tokens: prompt, completion_tokens: completion }) => sum + prompt + completion,
    0,
  );
}

/** Tokens that went to a vendor on a key of our own are counted on that vendor's bill. */
function isOwnKey({ byok_usage_inference: byok }: Activity): boolean {
  return Number(byok ?? 0) !== 0;
}

function toRow(
  rows: readonly Activity[],
  cost: Nanos,
  {
    day,
    hash,
    account,
  }: { readonly day: Day; readonly hash: string | null; readonly account: OpenRouterAccount },
): BillRow {
  const [row] = rows;
  const own = rows.some(isOwnKey);
  const tokens = tokensOf(rows);
  const name = account.keys.get(hash ?? '')?.name;
  const workspace = row?.workspace_id;
  const host = row?.provider_name ?? 'unknown';
  const model = row?.model ?? 'unknown';
  return {
    day,
    currency: CURRENCY,
    costs: { billedCost: 0n, effectiveCost: cost, listCost: cost, contractedCost: cost },
    category: 'Usage',
    frequency: 'Usage-Based',
    skuId: `${row?.model_permaslug ?? model}|${host}${own ? '|own key' : ''}`,
    meter: own ? 'Own Key Fee' : 'Tokens',
    description: `${model} by ${host}${own ? ', fee for an own key' : ''}, drawn from prepaid credits`,
    quantity: own || tokens === 0 ? null : { amount: tokens, unit: 'Tokens', pricedIn: 1_000_000 },
    confidence: 'billed',
    attributes: {
      model,
      ...(workspace && {
        subAccountId: workspace,
        subAccountName: account.workspaces.get(workspace)?.name ?? workspace,
      }),
      ...(hash !== null && {
        apiKeyId: hash,
        apiKeyName: name,
        resourceId: `openrouter/apikey/${hash}`,
        resourceName: name,
        resourceType: 'API Key',
      }),
    },
    extra: { x_InferenceProvider: host },
  };
}

function toPurchaseRow({ date, amount, invoiceId, seen }: Purchase): BillRow {
  return {
    day: date,
    currency: CURRENCY,
    costs: { billedCost: amount, effectiveCost: 0n, listCost: amount, contractedCost: amount },
    category: 'Purchase',
    frequency: 'One-Time',
    skuId: 'credits',
    meter: 'Prepaid Credits',
    description: seen
      ? 'Prepaid credits, drawn down by usage; dated on the day they were first seen'
      : 'Prepaid credits, drawn down by usage',
    quantity: null,
    confidence: seen ? 'estimated' : 'billed',
    attributes: {},
    invoiceId,
  };
}

/**
 * What ran on keys of our own, as weights by OpenRouter key for splitting the bills of those vendors: dollars as the
 * vendor would charge, and tokens.
 */
export function toMeasures(
  { byKey }: Pick<OpenRouterFacts, 'byKey'>,
  range: DayRange,
): readonly MeasureRow[] {
  const rows = byKey.flatMap(({ hash, activity }) =>
    activity.filter(isOwnKey).flatMap((row): MeasureRow[] => {
      const at = { date: parseDay(row.date.slice(0, 10)), label: hash.toLowerCase() };
      if (at.date < range.from || at.date >= range.to) return [];
      return [
        { ...at, measure: 'openrouter-own-key-cost', amount: parseNanos(row.byok_usage_inference ?? '0') },
        {
          ...at,
          measure: 'openrouter-own-key-tokens',
          amount: BigInt(Math.round(tokensOf([row]))) * NANOS_PER_UNIT,
        },
      ];
    }),
  );
  return sumMeasures(rows);
}
