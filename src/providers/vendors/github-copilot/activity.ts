import type { z } from 'zod';
import { addDays, type Day, type DayRange, daysIn, parseDay, utcDay } from '../../../core/base/time.js';
import type { Asking } from './asking.js';
import { UserDay, UserReport } from './schema.js';
import { download } from './usage-download.js';

/** The reports begin on this day and go back a year. */
const FIRST_REPORT = parseDay('2025-10-10');
const REACH_DAYS = 365;

/** What users did on a day; null where reports are refused, which then holds for all days. */
export type UserDays = (day: Day) => Promise<readonly z.infer<typeof UserDay>[] | null>;

/**
 * The daily reports by user, each asked for once a pull. They hold no money: a plan or a token that does not show them
 * loses nothing but this evidence. Prompts are never asked for.
 */
export function createUserDays(asking: Asking): UserDays {
  const days = new Map<Day, readonly z.infer<typeof UserDay>[]>();
  let isRefused = false;
  const today = utcDay(asking.config.clock());
  const earliest = addDays(today, -REACH_DAYS);
  const without = 'Pulled without the activity of users by day; the seats name their last one.';
  return async (day) => {
    if (isRefused) return null;
    const known = days.get(day);
    if (known !== undefined) return known;
    if (day < FIRST_REPORT || day <= earliest || day >= today) return [];
    const users = await asking.account.part({ is: 'weights', without }, () => activeOn(asking, day));
    if (users === null) isRefused = true;
    else days.set(day, users);
    return users;
  };
}

/** The last day of activity by login in the range. */
export async function fetchActivity(range: DayRange, userDays: UserDays): Promise<ReadonlyMap<string, Day>> {
  const last = new Map<string, Day>();
  for (const day of daysIn(range).toReversed())
    for (const { user_login: login } of (await userDays(day)) ?? [])
      if (!last.has(login)) last.set(login, day);
  return last;
}

async function activeOn(asking: Asking, day: Day): Promise<readonly z.infer<typeof UserDay>[]> {
  const report = await asking.account.get({
    endpoint: `${asking.scope.copilot}/metrics/reports/users-1-day`,
    query: [['day', day]],
    schema: UserReport,
  });
  const users: z.infer<typeof UserDay>[] = [];
  for (const link of report?.download_links ?? []) users.push(...(await download(asking, link, readUsers)));
  return users;
}

function readUsers(text: string): readonly z.infer<typeof UserDay>[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => UserDay.parse(JSON.parse(line)));
}
