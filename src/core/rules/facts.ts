import type { Day, DayRange } from '../base/time.js';
import type { DimensionSet } from '../ledger/charge.js';
import type { Directory } from '../people/directory.js';
import { type Reference, valueInSet } from './reference.js';

/** A dimension's value over half-open days; null is Unallocated. */
export interface DatedValue extends DayRange {
  readonly target: string | null;
}

/** What conditions and targets may look at: one dimension set over the days on which it has charges. */
export interface Facts {
  readonly set: DimensionSet;
  readonly range: DayRange;
  readonly directory: Directory;
  /** The value on a day of the range; undefined where there is none. */
  value(reference: Reference, day: Day): string | undefined;
  /** Every value that the reference has on some day of the range. */
  values(reference: Reference): readonly (string | undefined)[];
  /** A part of the range cut so that nothing that depends on the day changes within a segment. */
  segments(part: DayRange): readonly DayRange[];
  /** Makes a dimension that has been worked out known to the later ones. */
  record(dimension: string, values: readonly DatedValue[]): void;
}

/** @param range must not be empty. */
export function createFacts(set: DimensionSet, range: DayRange, directory: Directory): Facts {
  const dimensions = new Map<string, readonly DatedValue[]>();
  let boundaries: readonly Day[] | null = null;
  let cuts: readonly Day[] | null = null;
  return {
    set,
    range,
    directory,
    value(reference, day) {
      if (reference.kind !== 'dimension') return valueInSet(set, reference);
      const values = dimensions.get(reference.id) ?? [];
      return values.find((value) => value.from <= day && day < value.to)?.target ?? undefined;
    },
    values(reference) {
      if (reference.kind !== 'dimension') return [valueInSet(set, reference)];
      const values = dimensions.get(reference.id) ?? [];
      return values.length === 0 ? [undefined] : values.map(({ target }) => target ?? undefined);
    },
    segments(part) {
      boundaries ??= directory.boundaries(set, range);
      cuts ??= cutsOf(boundaries, [...dimensions.values()]);
      return cutAt(part, cuts);
    },
    record(dimension, values) {
      dimensions.set(dimension, values);
      cuts = null;
    },
  };
}

function cutsOf(boundaries: readonly Day[], dimensions: readonly (readonly DatedValue[])[]): readonly Day[] {
  const starts = dimensions.flatMap((values) => values.map((value) => value.from));
  return [...new Set([...boundaries, ...starts])].toSorted();
}

function cutAt(range: DayRange, cuts: readonly Day[]): readonly DayRange[] {
  const inside = cuts.filter((day) => range.from < day && day < range.to);
  const starts = [range.from, ...inside];
  return starts.map((from, i) => ({ from, to: inside[i] ?? range.to }));
}
