import { compareText, type Nanos, splitNanos } from '../../../../core/base/money.js';
import type { Charge } from '../../../../core/ledger/charge.js';
import { createDailyCarries } from '../../../parts/charge-parts.js';
import { type AnthropicAccount, createChargeMaker, type Line } from '../lines.js';
import { SEPARATOR } from '../vocabulary.js';
import type { ConsoleExport } from './client.js';
import type { CostRow, UsageRow } from './schema.js';

/** One charge to be: all rows that the export cannot tell apart (people without a key share them). */
interface Cell {
  readonly row: CostRow;
  billed: Nanos;
  list: Nanos;
}

/**
 * Cost rows (dollars, as the Console rounds them) to charges, with the quantities of usage rows of the same names.
 * Pure. Rows that differ in nothing are added up. Keys without an id are known by name and workspace.
 */
export function toCharges(
  { costs, usage }: Pick<ConsoleExport, 'costs' | 'usage'>,
  account: AnthropicAccount,
): readonly Charge[] {
  const cells = toCells(costs);
  const quantities = new Map<Cell, number>();
  const sums = sumUsage(usage);
  for (const [key, group] of groupBy(cells, ({ row }) => usageKey(row, row.model, kindOf(row)))) {
    // Keys that share a name share a usage row; in one cell of equal price the money tells them apart.
    const weights = group.map(({ billed }, index) => ({
      id: String(index).padStart(9, '0'),
      weight: billed < 0n ? 0n : billed,
    }));
    const total = sums.get(key);
    if (total === undefined) continue;
    const parts = group.length === 1 ? null : splitNanos(total, weights);
    for (const [index, cell] of group.entries()) {
      const part = parts?.get(weights[index]?.id ?? '') ?? (index === 0 ? total : 0n);
      quantities.set(cell, Number(part));
    }
  }
  const make = createChargeMaker({ apiKeys: [], workspaces: [] }, account);
  return cells.flatMap((cell) => {
    const quantity = quantities.get(cell) ?? null;
    if (cell.billed === 0n && cell.list === 0n && (quantity ?? 0) === 0) return [];
    return [make(toLine(cell, quantity))];
  });
}

function toCells(costs: readonly CostRow[]): readonly Cell[] {
  const carry = createDailyCarries();
  const cells = new Map<string, Cell>();
  const rows = costs
    .map((row) => ({
      row,
      key: [usageKey(row, row.model, kindOf(row)), row.context_window, row.api_key_id].join(SEPARATOR),
    }))
    .toSorted((a, b) => compareText(a.key, b.key) || compareText(a.row.cost_usd, b.row.cost_usd));
  for (const { row, key } of rows) {
    const cell = cells.get(key) ?? { row, billed: 0n, list: 0n };
    cells.set(key, cell);
    const day = row.usage_date_utc;
    cell.billed += carry('billed', 'USD', day).add(row.cost_usd);
    // Without a list price the price paid is all that is known.
    cell.list += carry('list', 'USD', day).add(row.list_price_usd ?? row.cost_usd);
  }
  return [...cells.values()];
}

function kindOf({ token_type, cost_type }: CostRow): string {
  return token_type ?? cost_type ?? '';
}

type Common = Pick<
  CostRow & UsageRow,
  'usage_date_utc' | 'workspace' | 'api_key' | 'usage_type' | 'context_window' | 'inference_geo' | 'speed'
>;

/** What both exports name alike. Web searches cost the same whatever the context, and their cost rows leave it out. */
function usageKey(row: Common, model: string | null, kind: string): string {
  const { usage_date_utc, workspace, api_key, usage_type, context_window, inference_geo, speed } = row;
  const context = kind === 'web_search' ? null : context_window;
  const who = [usage_date_utc, workspace, api_key, modelWords(model)];
  return [...who, usage_type, context, inference_geo, speed, kind].join(SEPARATOR);
}

/** Words in any order, the date of a version aside: `claude-3-7-sonnet-20250219` is "Claude Sonnet 3.7". */
function modelWords(model: string | null): string {
  const parts = (model ?? '').split('-').filter((part) => !/^\d{8}$/.test(part));
  const words = parts.filter((part) => !/^\d+$/.test(part)).toSorted(compareText);
  return [...words, ...parts.filter((part) => /^\d+$/.test(part))].join('-');
}

function sumUsage(usage: readonly UsageRow[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const row of usage) {
    const counts = [
      ['uncached_input_tokens', row.usage_input_tokens_no_cache],
      ['cache_creation.ephemeral_5m_input_tokens', row.usage_input_tokens_cache_write_5m],
      ['cache_creation.ephemeral_1h_input_tokens', row.usage_input_tokens_cache_write_1h],
      ['cache_read_input_tokens', row.usage_input_tokens_cache_read],
      ['output_tokens', row.usage_output_tokens],
      ['web_search', row.web_search_count],
    ] as const;
    for (const [kind, count] of counts) {
      const key = usageKey(row, row.model_version, kind);
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(count));
    }
  }
  return sums;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(keyOf(item));
    if (known === undefined) groups.set(keyOf(item), [item]);
    else known.push(item);
  }
  return groups;
}

const DEFAULT = /^(default)?$/i;

function toLine({ row, billed, list }: Cell, quantity: number | null): Line {
  return {
    day: row.usage_date_utc,
    currency: 'USD',
    billedCost: billed,
    listCost: list,
    quantity,
    workspaceId: null,
    names: { apiKey: row.api_key, workspace: DEFAULT.test(row.workspace) ? null : row.workspace },
    apiKeyId: row.api_key_id,
    principalId: null,
    email: null,
    model: row.model,
    serviceTier: row.usage_type,
    costType: row.cost_type,
    tokenType: row.token_type,
    contextWindow: row.context_window,
    inferenceGeo: row.inference_geo,
    speed: row.speed,
    confidence: 'billed',
  };
}
