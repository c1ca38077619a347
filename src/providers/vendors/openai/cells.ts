import type { Nanos } from '../../../core/base/money.js';
import { readServiceTier } from '../../../core/prices/price.js';
import { type CellUsage, spreadCells } from '../../../core/spend/spread.js';
import { createCache } from '../../parts/charge-parts.js';
import { type Family, familyOf, type UsageCount } from './usage.js';

const SEPARATOR = '\u0000';

/** A cost result as the join needs it; its money is final, in nanos. */
export interface CostCell {
  /** Unique among the cells of a pull. */
  readonly cell: string;
  readonly day: UsageCount['day'];
  readonly projectId: string | null;
  readonly apiKeyId: string | null;
  readonly model: string | null;
  readonly lineItem: string | null;
  readonly apiSource: string | null;
  readonly unit: string | null;
  readonly amount: Nanos;
  /** In the consumed unit; null when the vendor gave none. */
  readonly quantity: number | null;
}

/** Who used a cell, and how it was served. */
export interface Who {
  readonly apiKeyId: string | null;
  /** Only where no key, or none whose owner is known, says who it was. */
  readonly userId: string | null;
  readonly tier: string | null;
  readonly apiSource: string | null;
  readonly vectorStoreId: string | null;
}

/** A cost cell, or one user's part of it. */
export interface CellShare {
  readonly cell: CostCell;
  readonly who: Who;
  readonly amount: Nanos;
  readonly quantity: number | null;
  /** The vendor gave the money of the cell only; the part follows from usage. */
  readonly isSpread: boolean;
}

/** Usage that no cost cell is for: free, or not billed yet. */
export type Unbilled = UsageCount;

/**
 * Joins usage into cost cells (day x project x key x line item). A cell that more than one key, user or service tier
 * shares is spread over them by units, a batch or flex unit at half weight (their price is half); what the vendor
 * counts beyond the usage stays where it was. A cell without a key is for the keys that have none of their own.
 * The parts of each cell add up to its money. The user of a usage row counts only where `hasOwner` does not say whose
 * the key is.
 */
export function joinUsage(
  cells: readonly CostCell[],
  counts: readonly UsageCount[],
  hasOwner: (apiKeyId: string) => boolean,
): { readonly shares: readonly CellShare[]; readonly unbilled: readonly Unbilled[] } {
  const find = createFinder(cells, counts);
  const claimed = new Set<UsageCount>();
  const byCell = new Map(
    cells.map((cell) => [cell.cell, { cell, parts: partsOf(cell, find(cell, claimed), hasOwner) }]),
  );
  const usage = [...byCell.values()].flatMap(({ cell, parts }) =>
    parts.map(({ id, weight }): CellUsage => ({ cell: cell.cell, id, weight })),
  );
  const money = cells.map(({ cell, amount }) => ({ cell, amount }));
  const shares = spreadCells(money, usage).flatMap(({ cell: name, id, amount, shared }): CellShare[] => {
    const known = byCell.get(name);
    if (known === undefined) return [];
    const { cell, parts } = known;
    const part = parts.find((each) => each.id === id);
    const who = part?.who ?? ownWho(cell);
    const isOthers = who.apiKeyId !== cell.apiKeyId || (cell.apiKeyId === null && who.userId !== null);
    return [{ cell, who, amount, quantity: part?.quantity ?? cell.quantity, isSpread: shared || isOthers }];
  });
  return { shares, unbilled: counts.filter((count) => !claimed.has(count)) };
}

interface Part {
  readonly id: string;
  readonly who: Who;
  readonly weight: bigint;
  readonly quantity: number | null;
}

/** The cell as the vendor gave it. */
function ownWho({ apiKeyId, apiSource }: CostCell): Who {
  return { apiKeyId, userId: null, tier: null, apiSource, vectorStoreId: null };
}

/** No model is said of these: their family alone tells them apart. */
const WITHOUT_MODEL: ReadonlySet<Family> = new Set(['file search', 'sessions', 'storage']);

/** Counts in other units than money is billed in are weights only. */
const OTHER_UNITS: ReadonlySet<Family> = new Set(['storage', 'seconds']);

function partsOf(
  cell: CostCell,
  counts: readonly UsageCount[],
  hasOwner: (apiKeyId: string) => boolean,
): readonly Part[] {
  const users = new Map<string, { who: Who; quantity: number }>();
  const add = (who: Who, quantity: number): void => {
    const id = JSON.stringify([who.apiKeyId, who.userId, who.tier, who.apiSource, who.vectorStoreId]);
    users.set(id, { who, quantity: (users.get(id)?.quantity ?? 0) + quantity });
  };
  for (const { apiKeyId, userId, tier, apiSource: source, vectorStoreId, quantity } of counts) {
    const isNamed = apiKeyId !== null && hasOwner(apiKeyId);
    const apiSource = cell.apiSource ?? source;
    add({ apiKeyId, userId: isNamed ? null : userId, tier, apiSource, vectorStoreId }, quantity);
  }
  const used = [...users.values()].reduce((sum, { quantity }) => sum + quantity, 0);
  const billed = cell.quantity;
  const isOther = counts.some(({ family }) => OTHER_UNITS.has(family));
  // What is billed beyond the usage that is known belongs to the cell as the vendor gave it.
  if (billed !== null && billed > used && !isOther) add(ownWho(cell), billed - used);
  const scale = billed === null || used === 0 ? 1 : billed / used;
  const scaled = isOther || (billed !== null && billed < used) ? scale : 1;
  return [...users].map(([id, { who, quantity }]) => ({
    id,
    who,
    weight: weightOf(quantity, who.tier),
    quantity: billed === null && isOther ? null : quantity * scaled,
  }));
}

/** Thousandths of a unit, doubled where a unit costs the full price. */
function weightOf(quantity: number, tier: string | null): bigint {
  const service = readServiceTier(tier);
  const half = service === 'batch' || service === 'flex';
  return BigInt(Math.round(quantity * 1000)) * (half ? 1n : 2n);
}

type Find = (cell: CostCell, claimed: Set<UsageCount>) => readonly UsageCount[];

function createFinder(cells: readonly CostCell[], counts: readonly UsageCount[]): Find {
  const index = createIndex<UsageCount>();
  for (const count of counts) {
    index.add([count.day, count.projectId, count.family], count);
  }
  // A key with a cost cell of its own has no part in the cell without a key.
  const keysOf = createIndex<string | null>();
  const modelsOf = createIndex<string | null>();
  const sourcesOf = createIndex<string | null>();
  for (const { day, projectId, lineItem, apiKeyId, apiSource, model } of cells) {
    sourcesOf.add([day, projectId, lineItem], apiSource);
    keysOf.add([day, projectId, lineItem], apiKeyId);
    modelsOf.add([day, projectId], model);
  }
  return (cell, claimed) => {
    const { day, projectId, lineItem, apiKeyId, apiSource, model, unit } = cell;
    const family = lineItem === null ? null : familyOf(lineItem, unit);
    if (family === null || lineItem === null) return [];
    const others = keysOf.get([day, projectId, lineItem]);
    // A source that has no cost cell of its own is part of the one without.
    const sources = sourcesOf.get([day, projectId, lineItem]);
    const isOfSource = (count: UsageCount) =>
      count.apiSource === apiSource || (apiSource === null && !sources.includes(count.apiSource));
    const counted = index
      .get([day, projectId, family])
      .filter((count) => !claimed.has(count) && isOfSource(count));
    const billedModels = new Set(modelsOf.get([day, projectId]));
    const mine = ofModel(counted, { model, lineItem, billedModels }).filter((count) => {
      return apiKeyId === null
        ? count.apiKeyId === null || !others.includes(count.apiKeyId)
        : count.apiKeyId === apiKeyId;
    });
    for (const count of mine) claimed.add(count);
    return mine;
  };
}

/** Exactly the model, else the same but for its date; a size or a tier that the line item names counts too. */
function ofModel(
  counts: readonly UsageCount[],
  line: {
    readonly model: string | null;
    readonly lineItem: string;
    /** Models with line items of their own: their usage is for those. */
    readonly billedModels: ReadonlySet<string | null>;
  },
): readonly UsageCount[] {
  const { model, lineItem, billedModels } = line;
  if (model === null) return counts;
  const sized = counts.filter(
    ({ size }) => size === null || !/\d+x\d+/.test(lineItem) || lineItem.includes(size),
  );
  if (sized.every(({ family }) => WITHOUT_MODEL.has(family))) return sized;
  const exact = sized.filter((count) => count.model === model);
  if (exact.length > 0) return exact;
  return sized.filter(
    (count) =>
      count.model !== null && undated(count.model) === undated(model) && !billedModels.has(count.model),
  );
}

function undated(model: string): string {
  return model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
}

/** Lists under keys of several parts. */
function createIndex<T>() {
  const lists = createCache<T[]>();
  const at = (key: readonly (string | null)[]) => lists(key.join(SEPARATOR), () => []);
  return {
    add: (key: readonly (string | null)[], item: T) => void at(key).push(item),
    get: (key: readonly (string | null)[]): readonly T[] => at(key),
  };
}
