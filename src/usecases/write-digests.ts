import { ageUnowned } from '../core/ageing.js';
import type { DigestFigures, Mover } from '../core/digest.js';
import { DIGEST_WEEKS, type DigestInput, digestFigures, lastWholeWeek } from '../core/digest-figures.js';
import { type Nanos, sumNanos } from '../core/money.js';
import type { Notice } from '../core/notice.js';
import { UNALLOCATED } from '../core/rules/target.js';
import { latestDue } from '../core/schedule.js';
import type { SpendRow } from '../core/spend.js';
import { incompleteFeeds } from '../core/spend-report.js';
import {
  addDays,
  type Day,
  type DayRange,
  dayIn,
  firstDay,
  isoWeek,
  monthOf,
  parseDay,
} from '../core/time.js';
import type { Context } from './context.js';
import { readSettings } from './read-settings.js';

/** The `team` of FinOps's own digest. */
const ALL_TEAMS = 'All teams';
const MOVER_KEYS = ['model', 'key', 'person'] as const;

/** Spend of all teams; the first value of every row is the team. */
interface WeekFacts {
  readonly week: DayRange;
  readonly serviceDays: readonly SpendRow[];
  readonly moves: readonly {
    readonly by: Mover['by'];
    readonly current: readonly SpendRow[];
    readonly previous: readonly SpendRow[];
  }[];
  readonly monthToDate: readonly SpendRow[];
  readonly incomplete: DigestFigures['incomplete'];
}

/**
 * Writes the digest notice of every team for the last whole ISO week before `today` (the company's day; null: now),
 * and FinOps's own over all teams. Again changes nothing, unless the ledger has changed: then the message is edited.
 */
export async function writeDigests(
  context: Context,
  input: { readonly today: Day | null },
): Promise<{ readonly written: number }> {
  const { store, company, clock } = context;
  const week = lastWholeWeek(input.today ?? dayIn(company.timeZone, clock()));
  const facts = await readWeek(context, week);
  const teams = new Set(facts.serviceDays.map(teamOf));
  const notices = [...teams]
    .filter((team) => team !== UNALLOCATED)
    .toSorted()
    .map((team) => figuresOf(facts, { team, currency: company.currency }))
    .filter((figures) => figures.total !== 0n)
    .map((figures) => digestNotice(figures));
  const ageing = ageUnowned(await store.listClaims(clock()));
  const all = { ...figuresOf(facts, { team: null, currency: company.currency }), ageing };
  const finops: Notice = {
    key: finopsKey(week),
    audience: { kind: 'finops' },
    parentKey: null,
    body: { kind: 'digest', figures: all },
  };
  const told = teams.size === 0 ? [] : [...notices, finops];
  const { added, revised } = await store.putNotices(told, clock());
  return { written: added + revised };
}

/**
 * Writes the digests if they have been due since they were written last, by the schedule of the settings. Asked every
 * hour, so that a change of the schedule counts at once and an outage only delays them.
 */
export async function writeDueDigests(context: Context): Promise<{ readonly written: number }> {
  const { digest } = (await readSettings(context)).settings;
  const due = latestDue(digest, context.clock());
  if (due === null) return { written: 0 };
  const today = dayIn(digest.timeZone, due);
  const known = await context.store.findNotice(finopsKey(lastWholeWeek(today)));
  return known === null ? writeDigests(context, { today }) : { written: 0 };
}

function finopsKey({ from }: DayRange): string {
  return `digest:finops:${isoWeek(from)}`;
}

function digestNotice(figures: DigestFigures): Notice {
  const { team, week } = figures;
  return {
    key: `digest:team:${team}:${week}`,
    audience: { kind: 'team', team },
    parentKey: null,
    body: { kind: 'digest', figures },
  };
}

async function readWeek({ store, company }: Context, week: DayRange): Promise<WeekFacts> {
  const ask = async (by: readonly string[], from: Day, to: Day): Promise<readonly SpendRow[]> =>
    (await store.querySpend({ by, range: { from, to }, where: [], currency: company.currency })).rows;
  const lastDay = addDays(week.to, -1);
  const moves: WeekFacts['moves'][number][] = [];
  for (const by of MOVER_KEYS) {
    const current = await ask(['team', by], week.from, week.to);
    moves.push({ by, current, previous: await ask(['team', by], addDays(week.from, -7), week.from) });
  }
  return {
    week,
    serviceDays: await ask(['team', 'service', 'day'], addDays(week.from, 7 * (1 - DIGEST_WEEKS)), week.to),
    moves,
    monthToDate: await ask(['team'], firstDay(monthOf(lastDay)), week.to),
    incomplete: incompleteFeeds(await store.listFeeds(), lastDay),
  };
}

/**
 * `team` null: the whole company, with what is Unallocated, for FinOps. A team's own digest names no person: its
 * channel is no place to rank people by spend.
 */
function figuresOf(facts: WeekFacts, who: { team: string | null; currency: string }): DigestFigures {
  const { team, currency } = who;
  const { week } = facts;
  const own = (rows: readonly SpendRow[]): readonly SpendRow[] =>
    rows.filter((row) => team === null || teamOf(row) === team);
  const parts = (rows: readonly SpendRow[]): readonly SpendRow[] =>
    own(rows).map((row) => ({ values: row.values.slice(1), cost: row.cost }));
  const input: DigestInput = {
    team: team ?? ALL_TEAMS,
    currency,
    week,
    serviceDays: parts(facts.serviceDays).map(({ values, cost }) => ({
      service: values[0] ?? '',
      day: parseDay(values[1] ?? ''),
      cost,
    })),
    moves: facts.moves
      .filter(({ by }) => team === null || by !== 'person')
      .map(({ by, current, previous }) => ({
        by,
        current: mergeRows(parts(current)),
        previous: mergeRows(parts(previous)),
      })),
    monthToDate: sumNanos(own(facts.monthToDate).map((row) => row.cost)),
    incomplete: facts.incomplete,
    unallocated: team === null ? unallocatedIn(facts) : null,
  };
  return digestFigures(input);
}

function unallocatedIn({ serviceDays, week }: WeekFacts): Nanos {
  return sumNanos(
    serviceDays
      .filter((row) => teamOf(row) === UNALLOCATED && (row.values[2] ?? '') >= week.from)
      .map((row) => row.cost),
  );
}

/** Adds up the rows of one label: over all teams a model has many. */
function mergeRows(rows: readonly SpendRow[]): readonly SpendRow[] {
  const costs = new Map<string, Nanos>();
  for (const { values, cost } of rows) costs.set(values[0] ?? '', (costs.get(values[0] ?? '') ?? 0n) + cost);
  return [...costs].map(([label, cost]) => ({ values: [label], cost }));
}

function teamOf(row: SpendRow): string {
  return row.values[0] ?? UNALLOCATED;
}
