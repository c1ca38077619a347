import type { Silence } from '../../core/alerts/alert.js';
import { teamOfAlert } from '../../core/alerts/figures.js';
import { followCause, type Watch } from '../../core/alerts/watch.js';
import { addDays, type Day, daysIn, utcDay } from '../../core/base/time.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { escalateCases } from './escalate-cases.js';
import { followCase } from './follow-cases.js';
import { caseNote } from './notices.js';
import { isQuiet, openCases } from './open-cases.js';
import { tellRollups } from './rollup-notices.js';
import { watchUsage } from './watch-usage.js';

/** Cases whose causes are remembered, so that a rise is not told twice. */
const CASE_DAYS = 60;

/**
 * Looks for what runs away in the usage up to now, opens, edits and closes cases, one a cause, and tells who has to
 * know. A rise alarms as soon as it is seen; only days that all feeds have closed calm a case. The past is judged
 * again under the allocations of now, so that money which a rule or a move gives to somebody raises no alarm. In quiet
 * hours only FinOps's own cases go on; the others are looked at again when the hours are over.
 */
export async function raiseAlerts(
  context: Context,
  input: { readonly today: Day | null },
): Promise<{ readonly opened: number; readonly updated: number; readonly closed: number }> {
  const { store, clock } = context;
  const today = input.today ?? utcDay(clock());
  const { settings } = await readSettings(context);
  const watch = await watchUsage(context, today, settings);
  const isNight = isQuiet(context, settings);
  const silences = isNight
    ? (await store.listSilences()).filter(({ until }) => until >= today)
    : await settleSilences(context, watch, today);
  const counts = { opened: 0, updated: 0, closed: 0 };
  for (const open of await store.listOpenCases()) {
    if (isNight && teamOfAlert(open.figures) !== null) continue;
    const outcome = await followCase(context, { watch, open, silences });
    if (outcome !== null) counts[outcome] += 1;
  }
  const cases: readonly AlertCase[] = await store.listCases(addDays(today, -CASE_DAYS));
  counts.opened = await openCases(context, { watch, cases, silences, settings });
  if (!isNight) await escalateCases(context, { today, alerts: settings.alerts });
  await tellRollups(context, await store.listCases(addDays(today, -CASE_DAYS)));
  return counts;
}

/** Days after its end at which a booking is settled: by then most vendors have closed its last day. */
const GRACE_DAYS = 2;

/**
 * Ends the bookings and mutes whose time is over, and bookings that were exceeded, and says so in their threads. What
 * still holds comes back.
 */
async function settleSilences(context: Context, watch: Watch, today: Day): Promise<readonly Silence[]> {
  const holding: Silence[] = [];
  for (const silence of await context.store.listSilences()) {
    const outcome = outcomeOf(silence, watch, today);
    if (outcome !== null) await end(context, silence, outcome);
    else if (silence.until >= today) holding.push(silence);
  }
  return holding;
}

function outcomeOf(silence: Silence, watch: Watch, today: Day): NonNullable<Silence['outcome']> | null {
  const { cause, from, until, limit, kind } = silence;
  const seen = { firstDay: from, lastDay: until };
  const { verdicts, run } = followCause(watch, cause, seen);
  const days = new Map(verdicts.map((verdict) => [verdict.day, verdict]));
  const booked = daysIn({ from, to: addDays(until, 1) }).flatMap((day) => days.get(day) ?? []);
  const isExceeded =
    limit !== null &&
    booked.some(({ actual }) => actual * 4n > limit * 5n && actual - limit >= watch.options.minExcess);
  if (isExceeded) return 'exceeded';
  if (until >= today) return null;
  const isUsed = kind === 'muted' || run?.days.some(({ day }) => day >= from && day <= until) === true;
  if (isUsed) return 'used';
  return addDays(until, GRACE_DAYS) <= today ? 'unused' : null;
}

async function end(
  { store, actor, clock }: Context,
  silence: Silence,
  outcome: NonNullable<Silence['outcome']>,
): Promise<void> {
  const of = await store.findCase(silence.caseId);
  const over = { ...silence, outcome };
  const notices =
    of === null
      ? []
      : [caseNote(of, `silence:${silence.id}`, { is: 'silence-over', silence: over, by: null })];
  await store.endSilence({ id: silence.id, outcome, actor, atMs: clock(), notices });
}
