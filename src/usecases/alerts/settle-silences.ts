import type { Silence } from '../../core/alerts/alert.js';
import { followCause, type Watch } from '../../core/alerts/watch.js';
import { addDays, type Day, daysIn } from '../../core/base/time.js';
import type { Context } from '../context.js';
import { caseNote } from './notices.js';

/** Days after its end at which a booking is settled: by then most vendors have closed its last day. */
const GRACE_DAYS = 2;

/**
 * Ends the bookings and mutes whose time is over, and bookings that were exceeded, and says so in their threads. What
 * still holds comes back.
 */
export async function settleSilences(
  context: Context,
  watch: Watch,
  today: Day,
): Promise<readonly Silence[]> {
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
