import { formatNanos, type Nanos } from '../base/money.js';
import { type Day, type Month, monthOf } from '../base/time.js';
import type { DimensionSet } from './charge.js';

/** Money of one dimension set on one day, of the ledger or of a file. */
export interface BillCell {
  readonly set: DimensionSet;
  readonly day: Day;
  readonly currency: string;
  readonly billedCost: Nanos;
  readonly effectiveCost: Nanos;
}

/** Why a file does not take the place of what the ledger holds, or what goes when it does. */
export type BillChange =
  | { readonly kind: 'fits'; readonly remark: string | null }
  | { readonly kind: 'older' | 'smaller' | 'part'; readonly sentence: string };

/** Attributes by which a row of a bill is known again; names and tags of it may be changed by the vendor at any time. */
const KNOWN_BY = [
  'subAccountId',
  'serviceName',
  'chargeCategory',
  'skuId',
  'resourceId',
  'regionId',
  'apiKeyId',
  'principalId',
  'email',
  'model',
] as const;

/** Cells of an account and month by what they are known by; cells without money are left out. */
function cellsOf(cells: readonly BillCell[]): ReadonlyMap<string, Nanos> {
  const found = new Map<string, Nanos>();
  for (const { set, day, billedCost, effectiveCost } of cells) {
    const cost = magnitude(billedCost) + magnitude(effectiveCost);
    if (cost === 0n) continue;
    const key = JSON.stringify([day, ...KNOWN_BY.map((name) => set.attributes[name] ?? null)]);
    found.set(key, (found.get(key) ?? 0n) + cost);
  }
  return found;
}

function magnitude(cost: Nanos): Nanos {
  return cost < 0n ? -cost : cost;
}

/** Bills of one account by month. */
export function byAccountAndMonth(cells: readonly BillCell[]): ReadonlyMap<string, readonly BillCell[]> {
  const groups = new Map<string, BillCell[]>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.set.attributes.billingAccountId ?? '', monthOf(cell.day)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return groups;
}

/**
 * Whether a file may take the place of what the ledger holds of the same account and month: a later one of the same
 * export has all its days and nearly all its rows. What ends earlier is older; what lacks rows and money is smaller;
 * what has other rows is another part of the export.
 */
export function compareBills(held: readonly BillCell[], brought: readonly BillCell[]): BillChange {
  const [before, after] = [cellsOf(held), cellsOf(brought)];
  const gone = [...before.keys()].filter((key) => !after.has(key));
  const place = placeOf(held);
  const [lastHeld, lastBrought] = [lastDay(held), lastDay(brought)];
  const lost = `${gone.length} of the ${before.size} figures in the ledger, over ${totals(held)}`;
  const end = `With --replace it takes the place of what the ledger has of them`;
  if (lastHeld !== null && (lastBrought === null || lastBrought < lastHeld))
    return {
      kind: 'older',
      sentence: `the file is older than what the ledger has: its days of ${place} end on ${lastBrought ?? 'none'}, those in the ledger on ${lastHeld}. ${end}.`,
    };
  const [was, is] = [sum(before), sum(after)];
  if (gone.length * 2 > before.size)
    return {
      kind: 'part',
      sentence: `the file has other rows of ${place} than the ledger: it lacks ${lost}. Parts of one export are imported together, as several files or a folder. ${end}.`,
    };
  if ((gone.length > 0 && is < was) || is * 2n < was)
    return {
      kind: 'smaller',
      sentence: `the file is smaller than what the ledger has of ${place}: it comes to ${totals(brought)} and lacks ${lost}. Parts of one export are imported together, as several files or a folder. ${end}.`,
    };
  return {
    kind: 'fits',
    remark: gone.length === 0 ? null : `${place}: ${lost}, are not in the file and went.`,
  };
}

/** Whether two files hold the same bill: most figures of the one are known again in the other. */
export function isSameBill(held: readonly BillCell[], brought: readonly BillCell[]): boolean {
  const [before, after] = [cellsOf(held), cellsOf(brought)];
  const shared = [...before.keys()].filter((key) => after.has(key)).length;
  return shared > 0 && shared * 2 >= Math.min(before.size, after.size);
}

function sum(cells: ReadonlyMap<string, Nanos>): Nanos {
  return [...cells.values()].reduce((total, cost) => total + cost, 0n);
}

function lastDay(cells: readonly BillCell[]): Day | null {
  return cells.reduce<Day | null>((last, { day }) => (last === null || day > last ? day : last), null);
}

/** Account and month, in words. */
export function placeOf(cells: readonly BillCell[]): string {
  const [cell] = cells;
  const month: Month | '' = cell === undefined ? '' : monthOf(cell.day);
  const account = cell?.set.attributes.billingAccountId;
  return account === undefined ? month : `${account} in ${month}`;
}

/** Billed cost by currency, in words. */
function totals(cells: readonly BillCell[]): string {
  const found = new Map<string, Nanos>();
  for (const { currency, billedCost } of cells) found.set(currency, (found.get(currency) ?? 0n) + billedCost);
  return [...found].map(([currency, cost]) => `${formatNanos(cost)} ${currency}`).join(' + ') || 'nothing';
}
