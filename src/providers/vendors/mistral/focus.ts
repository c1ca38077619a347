import { compareText, type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import { addDays, type Day, firstDay, type Month, monthRange } from '../../../core/base/time.js';
import type { Charge } from '../../../core/ledger/charge.js';
import { sameCosts } from '../../parts/amounts.js';
import {
  addToLargest,
  type BillRow,
  createChargeMaker,
  GENERATIVE_AI,
  isRounding,
} from '../../parts/bill-rows.js';
import { createDailyCarries } from '../../parts/charge-parts.js';
import type { MistralFacts, MistralMonth } from './client.js';
import type { UsageLine } from './schema.js';

/** Whether a line has money: what has no price makes no charge. */
function priced({ cost }: UsageLine): boolean {
  return cost !== null;
}

/** What charges are made from besides the facts. */
export interface MistralAccount {
  readonly source: string;
  /** The present day, UTC. */
  readonly today: Day;
  /** Workspace names by id. */
  readonly names: ReadonlyMap<string, string | null>;
}

interface Cell {
  readonly total: UsageLine[];
  readonly byWorkspace: Map<string, UsageLine[]>;
}

/**
 * The day on which money of a month without a day of its own is booked: the last one that is complete. In the open
 * month it moves on with every day, and the whole month with it; to spread it over the days would be a guess.
 */
export function bookingDay(month: Month, today: Day): Day {
  const first = firstDay(month);
  const last = addDays(monthRange(month).to, -1);
  const complete = addDays(today, -1);
  if (complete >= last) return last;
  return complete < first ? first : complete;
}

/**
 * Usage by day (or month), category, metric and workspace to charges. Pure. The organisation's figures are the
 * truth: what the workspaces do not explain of a cell stands under no workspace. Lines without a price make no
 * charge.
 */
export function toCharges(months: MistralFacts['months'], account: MistralAccount): readonly Charge[] {
  const toCharge = createChargeMaker({
    source: account.source,
    vendor: 'Mistral AI',
    service: { name: 'Mistral AI', ...GENERATIVE_AI },
    accountId: account.source,
    accountName: null,
  });
  return months.flatMap((month) => {
    const { currency } = month.total;
    const carry = createDailyCarries();
    return [...toCells(month, bookingDay(month.month, account.today))]
      .toSorted(([a], [b]) => compareText(a, b))
      .flatMap(([, { day, cell }]) => {
        const ofDay = carry('cost', currency, day);
        const total = sumNanos(cell.total.map(({ cost }) => ofDay.add(cost ?? '0')));
        return toRows(cell, total, { day, currency, names: account.names });
      })
      .map(toCharge);
  });
}

function toCells(
  { total, byWorkspace }: MistralMonth,
  booked: Day,
): ReadonlyMap<string, { readonly day: Day; readonly cell: Cell }> {
  const cells = new Map<string, { day: Day; cell: Cell }>();
  const cellOf = (line: UsageLine): Cell => {
    const day = line.day ?? booked;
    const key = [day, line.day === null ? 'month' : 'day', line.category, line.metric, line.group].join(
      '\u0000',
    );
    const known = cells.get(key) ?? { day, cell: { total: [], byWorkspace: new Map<string, UsageLine[]>() } };
    cells.set(key, known);
    return known.cell;
  };
  for (const line of total.lines.filter(priced)) cellOf(line).total.push(line);
  for (const { id, usage } of byWorkspace)
    for (const line of usage.lines.filter(priced)) {
      const cell = cellOf(line);
      cell.byWorkspace.set(id, [...(cell.byWorkspace.get(id) ?? []), line]);
    }
  return cells;
}

interface Place {
  readonly day: Day;
  readonly currency: string;
  readonly names: MistralAccount['names'];
}

function toRows({ total: lines, byWorkspace }: Cell, total: Nanos, place: Place): readonly BillRow[] {
  const split = [...byWorkspace]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([id, own]) => toRow(own, sumNanos(own.map(({ cost }) => parseNanos(cost ?? '0'))), id, place));
  const rest = total - sumNanos(split.map(({ costs }) => costs.effectiveCost));
  const unexplained = quantityOf(lines) - sumQuantities(split);
  const [line = [...byWorkspace.values()].flat()[0]] = lines;
  const restLine = line === undefined ? [] : [{ ...line, quantity: Math.max(0, unexplained) }];
  const rows =
    split.length > 0 && isRounding(rest, split.length)
      ? addToLargest(split, rest)
      : [...split, toRow(restLine, rest, null, place)];
  return rows.filter(({ costs, quantity }) => costs.effectiveCost !== 0n || (quantity?.amount ?? 0) !== 0);
}

function quantityOf(lines: readonly UsageLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
}

function sumQuantities(rows: readonly BillRow[]): number {
  return rows.reduce((sum, { quantity }) => sum + (quantity?.amount ?? 0), 0);
}

function toRow(lines: readonly UsageLine[], cost: Nanos, workspace: string | null, place: Place): BillRow {
  const [line] = lines;
  const { category = 'usage', metric = null, group = null, day = null, unit = null } = line ?? {};
  const amount = quantityOf(lines);
  const byMonth = day === null;
  const what = [metric, category, group].filter((part) => part !== null).join(', ');
  return {
    day: place.day,
    currency: place.currency,
    costs: sameCosts(cost),
    category: 'Usage',
    frequency: 'Usage-Based',
    skuId: [category, metric ?? 'all', group ?? 'all'].join('|'),
    meter: group === null ? category : `${category} ${group}`,
    description: byMonth ? `${what}: the month so far, booked on its last complete day` : what,
    quantity:
      unit === null || amount === 0
        ? null
        : { amount, unit, ...(unit === 'Tokens' && { pricedIn: 1_000_000 }) },
    confidence: unit === null ? 'billed' : 'estimated',
    attributes: {
      model: metric,
      ...(workspace !== null && {
        subAccountId: workspace,
        subAccountName: place.names.get(workspace) ?? workspace,
      }),
    },
    ...(byMonth && { extra: { x_Grain: 'Month' } }),
  };
}
