import type { AlertFigures, CaseState } from '../core/alert.js';
import {
  alertFigures,
  BASELINE_DAYS,
  findDrivers,
  type PartCost,
  withoutNames,
} from '../core/alert-figures.js';
import { type AnomalyRun, type DailyCost, type DayVerdict, findRuns, judgeDays } from '../core/anomaly.js';
import { type Nanos, sumNanos } from '../core/money.js';
import { UNALLOCATED } from '../core/rules/target.js';
import { lastCompleteDay } from '../core/spend-report.js';
import { addDays, type Day, daysIn, parseDay, utcDay } from '../core/time.js';
import type { AlertCase } from '../store/outbox-store.js';
import { caseNotices } from './case-notices.js';
import type { Context } from './context.js';

/** The dimension whose owners are watched. */
const DIMENSION = 'team';
/** Days that are judged again at every run: three months, whose turns are remembered, and weeks to judge the first by. */
const HISTORY_DAYS = 120;
/** Older anomalies, of a backfill or a first run, are history and not news. */
const NEWS_DAYS = 10;
/** Cases whose messages are kept true. */
const CASE_DAYS = 60;
/** Kinds of causes that are looked for. */
const DRIVER_KEYS = ['key', 'person', 'model'] as const;

/** An owner with everything the ledger and the past cases say of them. */
interface Subject {
  readonly owner: string;
  readonly verdicts: readonly DayVerdict[];
  readonly runs: readonly AnomalyRun[];
  /** All known cases, newest first. */
  readonly cases: readonly AlertCase[];
}

/**
 * Looks for anomalies in every team's spend (and in what is Unallocated) up to yesterday, opens or updates cases,
 * writes their notices. A rise alarms as soon as it is seen; only days that all feeds have closed calm a case.
 * The past is judged anew under the allocations of now, so a rule change that moves money moves its past too and
 * raises no alarm.
 */
export async function raiseAlerts(
  context: Context,
  input: { readonly today: Day | null },
): Promise<{ readonly opened: number; readonly updated: number; readonly closed: number }> {
  const today = input.today ?? utcDay(context.clock());
  const counts = { opened: 0, updated: 0, closed: 0 };
  for (const subject of await readSubjects(context, today)) {
    const outcome = await followCase(context, subject);
    if (outcome !== null) counts[outcome] += 1;
    if ((outcome === null || outcome === 'closed') && (await openNewCase(context, subject, today)))
      counts.opened += 1;
  }
  // Notices follow from cases: one that a crash kept from being written is written now.
  const cases = await context.store.listCases(addDays(today, -CASE_DAYS));
  await context.store.putNotices(cases.toReversed().flatMap(caseNotices), context.clock());
  return counts;
}

async function readSubjects({ store, company }: Context, today: Day): Promise<readonly Subject[]> {
  const range = { from: addDays(today, -HISTORY_DAYS), to: today };
  const query = { by: [DIMENSION, 'day'], range, where: [], currency: company.currency };
  const { rows } = await store.querySpend(query);
  const completeThrough = lastCompleteDay(await store.listFeeds(), today);
  const byOwner = new Map<string, Map<Day, Nanos>>();
  for (const { values, cost } of rows) {
    const [owner = '', day = ''] = values;
    const days = byOwner.get(owner) ?? new Map<Day, Nanos>();
    byOwner.set(owner, days);
    days.set(parseDay(day), cost);
  }
  const cases = (await store.listCases(range.from)).filter((known) => known.dimension === DIMENSION);
  const owners = new Set([...byOwner.keys(), ...cases.filter(isUnfinished).map(({ owner }) => owner)]);
  return [...owners].toSorted().map((owner) => {
    const days = byOwner.get(owner) ?? new Map<Day, Nanos>();
    const from = [...days.keys()].toSorted()[0] ?? today;
    const series = daysIn({ from, to: today }).map(
      (day): DailyCost => ({ day, cost: days.get(day) ?? 0n, complete: day <= completeThrough }),
    );
    const verdicts = judgeDays(series);
    return {
      owner,
      verdicts,
      runs: findRuns(verdicts),
      cases: cases.filter((known) => known.owner === owner),
    };
  });
}

/** Brings the owner's open case, if there is one, up to date: closed, grown or (null) as it was. */
async function followCase(context: Context, subject: Subject): Promise<'updated' | 'closed' | null> {
  const open = subject.cases.find(isUnfinished);
  if (open === undefined) return null;
  const run = subject.runs.findLast((candidate) => overlaps(candidate, open));
  // No run any more: money was restated, or moved to another owner.
  if (run === undefined) {
    await changeCase(context, open, { figures: open.figures, state: 'closed' });
    return 'closed';
  }
  const excess = sumNanos(run.days.map((verdict) => verdict.actual - verdict.expected));
  const grown = excess * 4n >= open.figures.excess * 5n;
  if (!run.over && !grown) return null;
  const figures = await figuresOf(context, subject, run);
  await changeCase(context, open, { figures, state: run.over ? 'closed' : open.state });
  return run.over ? 'closed' : 'updated';
}

async function changeCase(
  { store, actor, clock }: Context,
  open: AlertCase,
  change: { figures: AlertFigures; state: CaseState },
): Promise<void> {
  const { id, acknowledgedBy } = open;
  const figures = { ...change.figures, caseId: id, state: change.state, acknowledgedBy };
  await store.updateCase({ id, figures, state: change.state, actor, comment: null, atMs: clock() });
}

/** Opens a case for the latest rise that is news and belongs to no known case. */
async function openNewCase(context: Context, subject: Subject, today: Day): Promise<boolean> {
  const run = subject.runs.at(-1);
  if (run === undefined || run.lastDay < addDays(today, -NEWS_DAYS)) return false;
  if (subject.cases.some((known) => isUnfinished(known) || overlaps(run, known))) return false;
  const figures = await figuresOf(context, subject, run);
  const { owner } = subject;
  const { firstDay } = run;
  await context.store.openCase({ dimension: DIMENSION, owner, firstDay, figures, atMs: context.clock() });
  return true;
}

function isUnfinished(known: AlertCase): boolean {
  return known.state !== 'closed';
}

/** Whether a run is the case's own; two calm days would have parted them. */
function overlaps(run: AnomalyRun, known: AlertCase): boolean {
  return run.lastDay >= known.firstDay && run.firstDay <= addDays(known.lastDay, 2);
}

/** Figures of an open case without its id, which the store gives; those of a team name nobody, for its channel reads them. */
async function figuresOf(context: Context, subject: Subject, run: AnomalyRun): Promise<AlertFigures> {
  const { owner } = subject;
  const found = findDrivers(await partsOf(context, owner, run), run);
  const drivers = owner === UNALLOCATED ? found : withoutNames(found);
  return alertFigures(run, subject.verdicts, {
    caseId: 0,
    dimension: DIMENSION,
    owner,
    currency: context.company.currency,
    state: 'open',
    acknowledgedBy: null,
    drivers,
  });
}

/** The owner's spend by key, person and model on the days of the run and of its baseline. */
async function partsOf(
  { store, company }: Context,
  owner: string,
  run: AnomalyRun,
): Promise<readonly PartCost[]> {
  const range = { from: addDays(run.firstDay, -BASELINE_DAYS), to: addDays(run.lastDay, 1) };
  const where = [{ key: DIMENSION, values: [owner] }];
  const parts: PartCost[] = [];
  for (const by of DRIVER_KEYS) {
    const { rows } = await store.querySpend({ by: [by, 'day'], range, where, currency: company.currency });
    for (const { values, cost } of rows)
      parts.push({ by, label: values[0] ?? '', day: parseDay(values[1] ?? ''), cost });
  }
  return parts;
}
