import type { DigestFigures, Mover } from './digest.js';
import { compareBigint, compareText, type Nanos, sumNanos } from './money.js';
import { NO_VALUE, type SpendRow } from './spend.js';
import { addDays, type Day, type DayRange, isoWeek, weekday } from './time.js';

/** Weeks in a digest's chart. */
export const DIGEST_WEEKS = 8;
const MOST_MODELS = 6;
const MOST_MOVERS = 5;
/** A change below this is no news. */
const LEAST_MOVE: Nanos = 5_000_000_000n;

/** The last whole ISO week before a day: Monday to Monday, half-open. */
export function lastWholeWeek(today: Day): DayRange {
  const monday = addDays(today, 1 - weekday(today));
  return { from: addDays(monday, -7), to: monday };
}

/** What the ledger says of one team; rows are of that team only. */
export interface DigestInput {
  readonly team: string;
  readonly currency: string;
  readonly week: DayRange;
  /** By day and service over the last eight weeks. */
  readonly serviceDays: readonly { readonly day: Day; readonly service: string; readonly cost: Nanos }[];
  /** By model, key and person: the week and the week before. */
  readonly moves: readonly {
    readonly by: Mover['by'];
    readonly current: readonly SpendRow[];
    readonly previous: readonly SpendRow[];
  }[];
  readonly monthToDate: Nanos;
  readonly incomplete: DigestFigures['incomplete'];
  readonly unallocated: Nanos | null;
}

/** Works a team's digest out. The chart's last week adds up to `total`, the one before to `previousTotal`. */
export function digestFigures(input: DigestInput): DigestFigures {
  const weeks = weeksOf(input);
  const totalOf = (at: number): Nanos => sumNanos(weeks.at(at)?.byService.map((part) => part.cost) ?? []);
  const models = input.moves.find((move) => move.by === 'model')?.current ?? [];
  return {
    team: input.team,
    currency: input.currency,
    week: isoWeek(input.week.from),
    from: input.week.from,
    to: input.week.to,
    total: totalOf(-1),
    previousTotal: totalOf(-2),
    monthToDate: input.monthToDate,
    weeks,
    byModel: models
      .map((row) => ({ label: row.values[0] ?? NO_VALUE, cost: row.cost }))
      .filter(({ label, cost }) => label !== NO_VALUE && cost !== 0n)
      .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.label, b.label))
      .slice(0, MOST_MODELS),
    movers: moversOf(input.moves),
    incomplete: input.incomplete,
    unallocated: input.unallocated,
  };
}

function weeksOf({ week, serviceDays }: DigestInput): DigestFigures['weeks'] {
  return Array.from({ length: DIGEST_WEEKS }, (_, i) => {
    const from = addDays(week.from, 7 * (i + 1 - DIGEST_WEEKS));
    const to = addDays(from, 7);
    const services = new Map<string, Nanos>();
    for (const { day, service, cost } of serviceDays)
      if (from <= day && day < to) services.set(service, (services.get(service) ?? 0n) + cost);
    const byService = [...services]
      .map(([service, cost]) => ({ service, cost }))
      .toSorted((a, b) => compareBigint(b.cost, a.cost) || compareText(a.service, b.service));
    return { from, byService };
  });
}

/** The largest changes, up or down; one cause may show by model, by key and by person. */
function moversOf(moves: DigestInput['moves']): readonly Mover[] {
  return moves
    .flatMap(({ by, current, previous }) => {
      const labels = new Set([...current, ...previous].map((row) => row.values[0] ?? NO_VALUE));
      labels.delete(NO_VALUE);
      const before = costByLabel(previous);
      const after = costByLabel(current);
      return [...labels].map(
        (label): Mover => ({ by, label, previous: before.get(label) ?? 0n, current: after.get(label) ?? 0n }),
      );
    })
    .filter((mover) => sizeOf(mover) >= LEAST_MOVE)
    .toSorted((a, b) => compareBigint(sizeOf(b), sizeOf(a)) || compareText(a.label, b.label))
    .slice(0, MOST_MOVERS);
}

function sizeOf({ current, previous }: Mover): Nanos {
  return current > previous ? current - previous : previous - current;
}

function costByLabel(rows: readonly SpendRow[]): ReadonlyMap<string, Nanos> {
  const costs = new Map<string, Nanos>();
  for (const { values, cost } of rows)
    costs.set(values[0] ?? NO_VALUE, (costs.get(values[0] ?? NO_VALUE) ?? 0n) + cost);
  return costs;
}
