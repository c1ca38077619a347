import { compareText, NANOS_PER_UNIT, type Nanos, type Weight } from '../base/money.js';
import type { Day } from '../base/time.js';
import { RETRIES } from '../explain/work-mix.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { MeasureRow } from '../ledger/measure.js';
import { UNALLOCATED } from '../rules/target.js';
import {
  addTokens,
  createModelReader,
  inputTokens,
  NO_TOKENS,
  type StoredUse,
  type TokenClass,
  type TokenCounts,
  type TokenUse,
  totalTokens,
  USE_TAGS,
  type UseTag,
} from './token-use.js';
import { type BilledThing, billedThing, type ReadFact, readFacts, type TokenFact } from './vendor-use.js';

/** Source and tag of a measure that is made of token records, `gateway:customer`; null for any other. */
export function readRecordedMeasure(name: string): { readonly source: string; readonly tag: UseTag } | null {
  const at = name.lastIndexOf(':');
  const tag = USE_TAGS.find((each) => each === name.slice(at + 1));
  return at < 1 || tag === undefined ? null : { source: name.slice(0, at), tag };
}

/**
 * What the records of a month add up to by label of a tag: at our list price where all of them have one, in tokens
 * otherwise. Records that name nobody stand under UNALLOCATED.
 */
export function recordedTotals(uses: readonly StoredUse[], tag: UseTag): ReadonlyMap<string, Nanos> {
  const isRated = uses.every(({ rated }) => rated !== null);
  const totals = new Map<string, Nanos>();
  for (const use of uses) {
    const label = use[tag] ?? UNALLOCATED;
    const weight = isRated ? (use.rated ?? 0n) : totalTokens(use.tokens) * NANOS_PER_UNIT;
    totals.set(label, (totals.get(label) ?? 0n) + weight);
  }
  return totals;
}

/** Repeated requests as figures by team and by key, of the records that tell them. */
export function retryFigures(uses: readonly TokenUse[]): readonly MeasureRow[] {
  const sums = new Map<string, MeasureRow>();
  for (const { day: date, team, key, callerKey, retries } of uses) {
    if (retries === null) continue;
    for (const label of new Set([team, key ?? callerKey])) {
      if (label === null) continue;
      const id = JSON.stringify([date, label]);
      const amount = (sums.get(id)?.amount ?? 0n) + BigInt(retries) * NANOS_PER_UNIT;
      sums.set(id, { date, measure: RETRIES, label, amount });
    }
  }
  return [...sums].toSorted(([a], [b]) => compareText(a, b)).map(([, row]) => row);
}

/** Weights of token records for the charges that the records are of. */
export interface RecordedWeights {
  /**
   * Who used what a set was charged for on a day: tokens of its model, key and class by label. What no record covers,
   * and what the records give to nobody, stands under UNALLOCATED. Null: the records are of another vendor, and the
   * month's totals are the weights.
   */
  weigh(measure: string, set: DimensionSet, day: Day): readonly Weight[] | null;
}

/** Records and the bill of one day, vendor, model and key. */
interface Group {
  readonly uses: StoredUse[];
  readonly billed: Record<TokenClass, bigint>;
  /** By tag and class, once they were asked for. */
  readonly weights: Map<string, readonly Weight[]>;
}

/** The groups of one day, vendor and model. */
interface Cell {
  /** By the key that the records name. */
  readonly named: Map<string, Group>;
  /** Of records that name no key, beside what all keys together used that no record names; null: there are none. */
  unnamed: Group | null;
}

/** Lays a month's records beside the tokens that the ledger has of it. */
export function recordedWeights(uses: readonly StoredUse[], facts: readonly TokenFact[]): RecordedWeights {
  const bySource = new Map<string, StoredUse[]>();
  for (const use of uses) entry(bySource, use.source, () => []).push(use);
  const read = readFacts(facts);
  const indexes = new Map([...bySource].map(([source, own]) => [source, indexCells(own, read)]));
  const classes = new Map(read.map(({ fact, tokenClass }) => [meterKey(fact.set), tokenClass]));
  const things = new Map<DimensionSet, BilledThing | null>();
  return {
    weigh(measure, set, day) {
      const named = readRecordedMeasure(measure);
      const index = indexes.get(named?.source ?? '');
      const known = things.get(set);
      const thing = known === undefined ? billedThing(set) : known;
      things.set(set, thing);
      if (named === null || index === undefined || thing === null || !index.vendors.has(thing.vendor))
        return null;
      const cell = index.cells.get(cellKey(day, thing.vendor, thing.model));
      const group = cell === undefined ? null : groupOf(cell, thing);
      const tokenClass = classes.get(meterKey(set)) ?? null;
      return group === null ? [REST] : weighGroup(group, { tag: named.tag, tokenClass });
    },
  };
}

const REST: Weight = { id: UNALLOCATED, weight: 1n };

function cellKey(day: Day, vendor: string, model: string): string {
  return `${day}\u0000${vendor}\u0000${model}`;
}

function indexCells(uses: readonly StoredUse[], facts: readonly ReadFact[]) {
  const cells = new Map<string, Cell>();
  const vendors = new Set<string>();
  const modelOf = createModelReader();
  for (const use of uses) {
    vendors.add(use.vendor);
    const id = cellKey(use.day, use.vendor, modelOf(use.model));
    const cell = entry(cells, id, (): Cell => ({ named: new Map(), unnamed: null }));
    if (use.key !== null) entry(cell.named, use.key, newGroup).uses.push(use);
    else {
      cell.unnamed ??= newGroup();
      cell.unnamed.uses.push(use);
    }
  }
  for (const { fact, thing, tokenClass } of facts) {
    const cell = cells.get(cellKey(fact.day, thing.vendor, thing.model));
    const group = cell === undefined ? null : groupOf(cell, thing);
    if (group !== null) group.billed[tokenClass] += BigInt(Math.round(fact.quantity));
  }
  return { cells, vendors };
}

function newGroup(): Group {
  return { uses: [], billed: { ...NO_TOKENS }, weights: new Map() };
}

/** Records that name the charge's key, by id or by name, go before those that name none. */
function groupOf({ named, unnamed }: Cell, { keyId, keyName }: BilledThing): Group | null {
  return named.get(keyId ?? '') ?? named.get(keyName ?? '') ?? unnamed;
}

/** Sets are distinguished by their meter, so that each has one class. */
function meterKey({ attributes: { source, skuId, skuMeter } }: DimensionSet): string {
  return JSON.stringify([source, skuId, skuMeter]);
}

interface Asked {
  readonly tag: UseTag;
  readonly tokenClass: TokenClass | null;
}

function weighGroup({ uses, billed, weights }: Group, asked: Asked): readonly Weight[] {
  return entry(weights, `${asked.tag} ${asked.tokenClass}`, () => weighUses(uses, billed, asked));
}

/** Tokens by label, and as the rest the part of the vendor's tokens that no record covers. */
function weighUses(
  uses: readonly StoredUse[],
  billed: TokenCounts,
  { tag, tokenClass }: Asked,
): readonly Weight[] {
  // Gateways take cached tokens for plain ones and back: whether requests are missing shows in all input only.
  const side = sideOf(tokenClass);
  const recorded = uses.reduce((sum, use) => addTokens(sum, use.tokens), NO_TOKENS);
  const ofClass =
    tokenClass !== null && recorded[tokenClass] > 0n ? (tokens: TokenCounts) => tokens[tokenClass] : side;
  const [covered, all, parts] = [side(recorded), side(billed), ofClass(recorded)];
  if (covered === 0n || parts === 0n) return [REST];
  const missing = all > covered ? all - covered : 0n;
  const sums = new Map<string, bigint>([[UNALLOCATED, parts * missing]]);
  for (const use of uses) {
    const label = use[tag] ?? UNALLOCATED;
    sums.set(label, (sums.get(label) ?? 0n) + ofClass(use.tokens) * covered);
  }
  return [...sums].flatMap(([id, weight]) => (weight > 0n ? [{ id, weight }] : []));
}

function sideOf(tokenClass: TokenClass | null): (tokens: TokenCounts) => bigint {
  if (tokenClass === null) return totalTokens;
  return tokenClass === 'output' ? ({ output }) => output : inputTokens;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
