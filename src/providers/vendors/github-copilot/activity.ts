import { addDays, type Day, type DayRange, daysIn, parseDay, utcDay } from '../../../core/base/time.js';
import type { Asking } from './asking.js';
import { UserDay, UserReport } from './schema.js';
import { download } from './usage-download.js';

/** The reports begin on this day and go back a year. */
const FIRST_REPORT = parseDay('2025-10-10');
const REACH_DAYS = 365;

/**
 * The last day of activity by login in the range, from the daily reports by user. They hold no money: a plan or a
 * token that does not show them loses nothing but this evidence. Prompts are never asked for.
 */
export async function fetchActivity(asking: Asking, range: DayRange): Promise<ReadonlyMap<string, Day>> {
  const last = new Map<string, Day>();
  const today = utcDay(asking.config.clock());
  const earliest = addDays(today, -REACH_DAYS);
  const asked = daysIn(range).filter((day) => day >= FIRST_REPORT && day > earliest && day < today);
  // The latest first: a refusal holds for all of them.
  for (const day of asked.toReversed()) {
    const logins = await asking.account.part(
      {
        is: 'weights',
        without: 'Pulled without the activity of users by day; the seats name their last one.',
      },
      () => activeOn(asking, day),
    );
    if (logins === null) return last;
    for (const login of logins) if (!last.has(login)) last.set(login, day);
  }
  return last;
}

async function activeOn(asking: Asking, day: Day): Promise<readonly string[]> {
  const report = await asking.account.get({
    endpoint: `${asking.scope.copilot}/metrics/reports/users-1-day`,
    query: [['day', day]],
    schema: UserReport,
  });
  const logins: string[] = [];
  for (const link of report?.download_links ?? []) logins.push(...(await download(asking, link, readLogins)));
  return logins;
}

function readLogins(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => UserDay.parse(JSON.parse(line)).user_login);
}
