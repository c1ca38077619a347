import { addDays, type Day, type DayRange, type Month, monthRange } from '../base/time.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { Directory } from '../people/directory.js';
import { createFacts, type DatedValue, type Facts } from '../rules/facts.js';
import type { MoneyCell, MonthSet } from './allocation.js';
import { crossParts, type OwnedPart, type Owners } from './cross-parts.js';

/** What rules are asked about: a set's money over some days, or the part of it that went a certain way before. */
export interface Subject {
  readonly setId: number;
  readonly facts: Facts;
  /** The owners, in divided dimensions, of the part that is asked about; empty for all of the money. */
  readonly basis: Owners;
  /** By day and bill. */
  readonly cells: readonly MoneyCell[];
}

/** Days over which a set's money is divided in a dimension. */
export interface DividedDays extends DayRange {
  /** Owners in the dimension itself and in those it looked at. A part may have no cells. */
  readonly parts: readonly OwnedPart[];
}

/** What has become known of a set while the dimensions of a month are worked out one after the other. */
export interface SetState {
  readonly setId: number;
  readonly range: DayRange;
  /** The subjects that cover the set's days, for a dimension that looks at these ones. */
  subjects(lookedAt: ReadonlySet<string>): readonly Subject[];
  /** Makes a dimension that has been worked out known to the later ones. */
  record(dimension: string, values: readonly DatedValue[], divided: readonly DividedDays[]): void;
}

/** Null when the set has no day in the month. */
export function createSetState(
  { setId, set, firstDay, lastDay }: MonthSet,
  about: { readonly month: Month; readonly directory: Directory; readonly cells: readonly MoneyCell[] },
): SetState | null {
  const range = daysOf({ from: firstDay, to: addDays(lastDay, 1) }, about.month);
  if (range.from >= range.to) return null;
  const facts = createFacts(set, range, about.directory);
  const values = new Map<string, readonly DatedValue[]>();
  const divided = new Map<string, readonly DividedDays[]>();
  const whole: Subject = { setId, facts, basis: {}, cells: about.cells };
  return {
    setId,
    range,
    subjects(lookedAt) {
      const dimensions = [...lookedAt].filter((id) => divided.has(id)).toSorted();
      if (dimensions.length === 0) return [whole];
      const pieces = dimensions.flatMap((id) => divided.get(id) ?? []);
      return segmentsOf(range, pieces).flatMap((segment) => {
        const ways = pieces.filter(({ from, to }) => from <= segment.from && segment.from < to);
        const view = { setId, set, directory: about.directory, segment, values };
        if (ways.length === 0)
          return [partial(view, { owners: {}, cells: cellsWithin(about.cells, segment) })];
        const [first = [], ...others] = ways.map(({ parts }) => partsWithin(parts, segment));
        return others.reduce(crossParts, first).map((part) => partial(view, part));
      });
    },
    record(dimension, directValues, dividedDays) {
      facts.record(dimension, directValues);
      values.set(dimension, directValues);
      if (dividedDays.length > 0) divided.set(dimension, dividedDays);
    },
  };
}

/** The cells of some days. */
export function cellsWithin(cells: readonly MoneyCell[], { from, to }: DayRange): readonly MoneyCell[] {
  const [first, last] = [cells[0], cells.at(-1)];
  if (first === undefined || last === undefined || (from <= first.day && last.day < to)) return cells;
  return cells.filter(({ day }) => from <= day && day < to);
}

function partsWithin(parts: readonly OwnedPart[], range: DayRange): readonly OwnedPart[] {
  return parts.map(({ owners, cells }) => ({ owners, cells: cellsWithin(cells, range) }));
}

interface View {
  readonly setId: number;
  readonly set: DimensionSet;
  readonly directory: Directory;
  readonly segment: DayRange;
  readonly values: ReadonlyMap<string, readonly DatedValue[]>;
}

function partial({ setId, set, directory, segment, values }: View, part: OwnedPart): Subject {
  const facts = createFacts(set, segment, directory);
  for (const [dimension, dated] of values) facts.record(dimension, dated);
  for (const [dimension, target] of Object.entries(part.owners))
    facts.record(dimension, [{ ...segment, target }]);
  return { setId, facts, basis: part.owners, cells: part.cells };
}

function daysOf({ from, to }: DayRange, month: Month): DayRange {
  const whole = monthRange(month);
  return { from: from > whole.from ? from : whole.from, to: to < whole.to ? to : whole.to };
}

/** A range cut at every end of some ranges. */
export function segmentsOf(range: DayRange, parts: readonly DayRange[]): readonly DayRange[] {
  const cuts = new Set<Day>([range.from, range.to]);
  for (const { from, to } of parts)
    for (const day of [from, to]) if (range.from < day && day < range.to) cuts.add(day);
  const days = [...cuts].toSorted();
  return days.slice(0, -1).map((from, i) => ({ from, to: days[i + 1] ?? range.to }));
}
