import { teamOfAlert } from '../../core/alerts/figures.js';
import { addDays, type Day, utcDay } from '../../core/base/time.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { escalateCases } from './escalate-cases.js';
import { followCase } from './follow-cases.js';
import { isQuiet, openCases } from './open-cases.js';
import { tellRollups } from './rollup-notices.js';
import { settleSilences } from './settle-silences.js';
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
