import type { DayRange } from '../base/time.js';
import { type AllocationPiece, byDayAndBill, type MoneyCell, type SplitPart } from './allocation.js';
import type { Owners } from './cross-parts.js';
import { cellsOf, type Holding, holdingOn } from './holding.js';
import { type DividedDays, type SetState, segmentsOf } from './set-state.js';
import { inOrderOfWay, ownersKey, wayOf } from './way.js';

/**
 * The pieces of a dimension from the holdings of its sets: one owner where everything of a set went the same
 * direct way, parts where it did not. Tells the sets' states what later dimensions may look at.
 */
export function layOut(
  dimension: string,
  states: readonly SetState[],
  holdings: readonly Holding[],
): readonly AllocationPiece[] {
  const bySet = new Map<number, Holding[]>();
  for (const holding of holdings) {
    const ofSet = bySet.get(holding.subject.setId);
    if (ofSet === undefined) bySet.set(holding.subject.setId, [holding]);
    else ofSet.push(holding);
  }
  return states.flatMap((state) => {
    const { setId, range } = state;
    const laid = layOutSet(range, bySet.get(setId) ?? []);
    const direct = laid.flatMap(({ piece }) => (piece.split === undefined ? [piece] : []));
    state.record(
      dimension,
      direct,
      laid.flatMap(({ days }) => days ?? []).map((days) => withOwner(dimension, days)),
    );
    return laid.map(({ piece }) => ({ dimension, setId, ...piece }));
  });
}

type Piece = Omit<AllocationPiece, 'dimension' | 'setId'>;

interface Laid {
  readonly piece: Piece;
  /** Where the money is divided: all parts, those without money too. */
  readonly days: (DayRange & { readonly parts: readonly SplitPart[] }) | null;
}

function layOutSet(range: DayRange, holdings: readonly Holding[]): readonly Laid[] {
  if (holdings.every(isWhole))
    return holdings.map((holding) => ({ piece: directPiece(holding), days: null }));
  const laid: Laid[] = [];
  for (const segment of segmentsOf(range, holdings)) {
    const present = holdings
      .filter(({ from, to }) => from <= segment.from && segment.from < to)
      .map((holding) => holdingOn(holding, segment));
    const next = layOutSegment(segment, present);
    const last = laid.at(-1);
    if (last !== undefined && continues(last, next))
      laid[laid.length - 1] = { ...last, piece: { ...last.piece, to: segment.to } };
    else laid.push(next);
  }
  return laid;
}

/** Whether a holding is all of its set's money on its days, as it came to its owner. */
function isWhole({ steps, subject }: Holding): boolean {
  return steps.length === 0 && Object.keys(subject.basis).length === 0;
}

function layOutSegment(segment: DayRange, present: readonly Holding[]): Laid {
  const [first] = present;
  if (first !== undefined && present.every((holding) => isSameDirectly(holding, first)))
    return { piece: { ...directPiece(first), ...segment }, days: null };
  const parts = partsOf(present);
  const rules = new Set(parts.map(({ ruleId }) => ruleId));
  const ruleId = rules.size === 1 ? (first?.ruleId ?? null) : null;
  const split = parts.filter(({ cells }) => cells.length > 0);
  return { piece: { ...segment, ruleId, target: null, reason: null, split }, days: { ...segment, parts } };
}

function isSameDirectly(a: Holding, b: Holding): boolean {
  return a.steps.length === 0 && a.ruleId === b.ruleId && a.target === b.target && a.reason === b.reason;
}

function directPiece({ from, to, ruleId, target, reason }: Holding): Piece {
  return { from, to, ruleId, target, reason };
}

/** Neighbouring days with one and the same owner are one piece. */
function continues(last: Laid, next: Laid): boolean {
  if (last.days !== null || next.days !== null) return false;
  const [a, b] = [last.piece, next.piece];
  return a.ruleId === b.ruleId && a.target === b.target && a.reason === b.reason;
}

/** The parts in order; money that went the same way from several holdings is one part. */
function partsOf(holdings: readonly Holding[]): readonly SplitPart[] {
  const parts = new Map<string, { part: SplitPart; cells: (readonly MoneyCell[])[] }>();
  for (const holding of holdings) {
    const { target, reason, ruleId, steps, subject } = holding;
    const part = { target, reason, ruleId, steps, basis: subject.basis, cells: [] };
    const way = wayOf(part);
    const known = parts.get(way);
    if (known === undefined) parts.set(way, { part, cells: [cellsOf(holding)] });
    else known.cells.push(cellsOf(holding));
  }
  return inOrderOfWay([...parts.values()].map(({ part, cells }) => ({ ...part, cells: joined(cells) })));
}

/** What later dimensions may look at: the parts by their owners alone, whatever way they came. */
function withOwner(dimension: string, { from, to, parts }: NonNullable<Laid['days']>): DividedDays {
  const merged = new Map<string, { owners: Owners; cells: (readonly MoneyCell[])[] }>();
  for (const { basis, target, cells } of parts) {
    const owners = { ...basis, [dimension]: target };
    const key = ownersKey(owners);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { owners, cells: [cells] });
    else known.cells.push(cells);
  }
  return {
    from,
    to,
    parts: [...merged.values()].map(({ owners, cells }) => ({ owners, cells: joined(cells) })),
  };
}

/** Several lists of cells as one, cells of the same day and bill added up. */
function joined(lists: readonly (readonly MoneyCell[])[]): readonly MoneyCell[] {
  const [first = [], ...others] = lists;
  if (others.length === 0) return first;
  const cells = new Map(first.map((cell) => [`${cell.day}/${cell.billId}`, cell]));
  for (const cell of others.flat()) {
    const key = `${cell.day}/${cell.billId}`;
    const known = cells.get(key);
    cells.set(key, known === undefined ? cell : sum(known, cell));
  }
  return [...cells.values()].toSorted(byDayAndBill);
}

function sum(a: MoneyCell, b: MoneyCell): MoneyCell {
  return {
    ...a,
    effectiveCost: a.effectiveCost + b.effectiveCost,
    billedCost: a.billedCost + b.billedCost,
    listCost: a.listCost + b.listCost,
  };
}
