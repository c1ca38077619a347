import { type Nanos, splitNanos } from '../base/money.js';
import { addDays, type Day, type DayRange, daysIn } from '../base/time.js';
import type { UsageSeries } from '../ledger/usage.js';
import type { AlertCause, CauseKind } from './alert.js';
import type { DailyCost } from './anomaly.js';

/** What one owner used of one dimension set, day by day: the smallest part that an alert can point to. */
export interface UsagePart {
  readonly source: string;
  readonly key: string | null;
  readonly model: string | null;
  readonly service: string | null;
  readonly person: string | null;
  readonly team: string;
  readonly days: ReadonlyMap<Day, Nanos>;
}

/** The days that are looked at, and how far each source has closed them. */
export interface WatchFrame {
  /** Half-open; the last day is today, which is never complete. */
  readonly range: DayRange;
  readonly completeThrough: (source: string) => Day;
}

/** Days back from today by which a source counts as one of those that make a series. */
const ACTIVE_DAYS = 35;

/** Usage by owner; what is divided is divided in proportion. */
export function toUsageParts(usage: readonly UsageSeries[]): readonly UsagePart[] {
  return usage.flatMap(({ days, owners, ...thing }) => {
    const [only] = owners;
    if (only === undefined || owners.length === 1) {
      const team = only?.owner ?? '';
      return [{ ...thing, team, days: new Map(days.map(({ day, cost }) => [day, cost])) }];
    }
    const weights = owners.map(({ owner, weight }) => ({ id: owner, weight }));
    const split = new Map(owners.map(({ owner }) => [owner, new Map<Day, Nanos>()]));
    for (const { day, cost } of days)
      for (const [owner, part] of splitNanos(cost, weights) ?? []) split.get(owner)?.set(day, part);
    return [...split].map(([team, own]) => ({ ...thing, team, days: own }));
  });
}

/** What a part is called as a cause of a kind; null where it has no such name. */
function labelOf(part: UsagePart, kind: CauseKind): string | null {
  return kind === 'company' ? '' : part[kind];
}

/** Whether a part belongs to a cause. */
export function isPartOf(part: UsagePart, { kind, label }: AlertCause): boolean {
  return labelOf(part, kind) === label;
}

/** Parts by what they are called as causes of a kind. */
export function groupParts(
  parts: readonly UsagePart[],
  kind: CauseKind,
): ReadonlyMap<string, readonly UsagePart[]> {
  const groups = new Map<string, UsagePart[]>();
  for (const part of parts) {
    const label = labelOf(part, kind);
    if (label === null) continue;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [part]);
    else group.push(part);
  }
  return groups;
}

/**
 * Daily cost of parts together, from a day on. A day is complete once all sources have closed it that the parts have
 * come from lately.
 */
export function sumParts(parts: readonly UsagePart[], frame: WatchFrame, from: Day): readonly DailyCost[] {
  const { to } = frame.range;
  const costs = new Map<Day, Nanos>();
  const sources = new Set<string>();
  const lately = addDays(to, -ACTIVE_DAYS);
  for (const { days, source } of parts)
    for (const [day, cost] of days) {
      costs.set(day, (costs.get(day) ?? 0n) + cost);
      if (day >= lately) sources.add(source);
    }
  const closed = [...sources].map(frame.completeThrough).toSorted()[0] ?? addDays(to, -2);
  return daysIn({ from, to }).map((day) => ({ day, cost: costs.get(day) ?? 0n, complete: day <= closed }));
}

/** The first day on which any of them used something; null for none. */
export function firstUse(parts: readonly UsagePart[]): Day | null {
  let first: Day | null = null;
  for (const { days } of parts) for (const day of days.keys()) if (first === null || day < first) first = day;
  return first;
}
