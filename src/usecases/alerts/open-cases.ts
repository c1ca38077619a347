import { type AlertFigures, causeId, causeOf, type Silence } from '../../core/alerts/alert.js';
import { type FoundCause, findCauses } from '../../core/alerts/causes.js';
import { figuresOfCause, teamOfAlert } from '../../core/alerts/figures.js';
import { followCause, overlaps, type Watch } from '../../core/alerts/watch.js';
import { compareBigint } from '../../core/base/money.js';
import { dayIn, hourIn } from '../../core/base/time.js';
import type { Settings } from '../../core/settings/settings.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { tryExplaining } from './follow-cases.js';
import { audienceOf, caseNotices } from './notices.js';
import { rollupKey } from './rollup-notices.js';

/** What is known before cases are opened. */
interface Known {
  readonly watch: Watch;
  /** Of the last weeks, in any state. */
  readonly cases: readonly AlertCase[];
  readonly silences: readonly Silence[];
  readonly settings: Pick<Settings, 'alerts'>;
}

/**
 * Opens a case for each cause that is news and belongs to no known case; the most expensive first. In quiet hours only those
 * of FinOps: the others are seen again when the hours are over.
 * @returns how many were opened.
 */
export async function openCases(context: Context, known: Known): Promise<number> {
  const { watch, cases, silences, settings } = known;
  const open = cases.filter(({ state }) => state !== 'closed');
  const causes = [...open.map(({ figures }) => causeOf(figures)), ...silences.map(({ cause }) => cause)];
  const news = findCauses(watch, causes)
    .map((found) => figuresOf(context, watch, found))
    .filter((figures) => !isTold(figures, cases))
    .filter((figures) => teamOfAlert(figures) === null || !isQuiet(context, settings))
    .toSorted((a, b) => compareBigint(b.excess, a.excess));
  const told = toldToday(context, cases);
  for (const figures of news) {
    const key = audienceKey({ figures });
    const count = (told.get(key) ?? 0) + 1;
    told.set(key, count);
    await openOne(context, figures, count > settings.alerts.dailyCap ? rollupKey(key, dayOf(context)) : null);
  }
  return news.length;
}

function figuresOf({ company }: Context, watch: Watch, { cause, signal }: FoundCause): AlertFigures {
  const { verdicts, run, parts } = followCause(watch, cause, signal.run);
  // What by itself is not above its band is told as the series that is.
  const followed = run === null ? signal : { cause, verdicts, run, parts };
  return figuresOfCause(watch, followed, company.currency);
}

/** Whether a case has told of this already; money that has found another owner since is told to them. */
function isTold(figures: AlertFigures, cases: readonly AlertCase[]): boolean {
  const id = causeId(causeOf(figures));
  return cases.some(
    (known) =>
      causeId(causeOf(known.figures)) === id &&
      overlaps(figures, known) &&
      (known.state !== 'closed' || known.figures.owner === figures.owner),
  );
}

/** Whether nothing may be said to teams and people at this hour. */
export function isQuiet({ company, clock }: Context, { alerts }: Known['settings']): boolean {
  if (alerts.quietHours === null) return false;
  const { from, to } = alerts.quietHours;
  const hour = hourIn(company.timeZone, clock());
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

function dayOf({ company, clock }: Context) {
  return dayIn(company.timeZone, clock());
}

function audienceKey(figures: Pick<AlertCase, 'figures'>): string {
  const audience = audienceOf(figures);
  return audience.kind === 'team' ? `team:${audience.team}` : audience.kind;
}

/** Parent messages of today, by who was told. */
function toldToday(context: Context, cases: readonly AlertCase[]): Map<string, number> {
  const told = new Map<string, number>();
  const today = dayOf(context);
  for (const each of cases) {
    if (each.care.rollup !== null || dayIn(context.company.timeZone, each.openedAtMs) !== today) continue;
    told.set(audienceKey(each), (told.get(audienceKey(each)) ?? 0) + 1);
  }
  return told;
}

async function openOne(context: Context, found: AlertFigures, rollup: string | null): Promise<void> {
  const figures = { ...found, change: await tryExplaining(context, found) };
  const { kind, label } = causeOf(figures);
  const atMs = context.clock();
  await context.store.openCase({
    dimension: kind,
    owner: label,
    firstDay: figures.firstDay,
    figures,
    care: {
      assignee: null,
      raisedExcess: figures.excess,
      raises: 0,
      waitingSinceMs: atMs,
      escalated: 'no',
      rollup,
    },
    atMs,
    notices: caseNotices,
  });
}
