import { setTimeout as delay } from 'node:timers/promises';
import { compareText, formatNanos, parseNanos } from '../../../core/base/money.js';
import {
  addDays,
  type Day,
  type DayRange,
  type Month,
  monthOf,
  monthRange,
  monthsIn,
} from '../../../core/base/time.js';
import type { Query } from '../../http/http.js';
import type { UserDays } from './activity.js';
import { type Asking, dateQuery, FIRST_CREDITS, monthQuery } from './asking.js';
import type { BillRow, UserUse } from './facts.js';
import { CreditUsage, Report } from './schema.js';
import { kindOfSku, normaliseSku } from './sku.js';
import { downloadReport } from './usage-download.js';
import type { ReportRow } from './usage-report.js';

const POLLS = 60;
const POLL_MS = 10_000;
const CREDITS_IN_A_DOLLAR = 100n;

/** For what the use is asked. */
interface UseQuestion {
  readonly rows: readonly BillRow[];
  readonly logins: readonly string[];
  readonly whole: DayRange;
  /** Months whose premium requests the bill by day leaves out. */
  readonly months: readonly Month[];
  readonly userDays: UserDays;
}

/** Who used how much: by the report of an enterprise, else by asking for each user. */
export async function fetchUse(asking: Asking, question: UseQuestion): Promise<readonly UserUse[]> {
  const billed = question.rows.filter(({ sku }) => kindOfSku(normaliseSku(sku)) === 'credits');
  const days = [...new Set(billed.map(({ day }) => day))].toSorted(compareText);
  if (days.length === 0 && question.months.length === 0) return [];
  if (asking.scope.kind === 'enterprise') {
    const reported = await asking.account.part(
      { is: 'weights', without: 'Users are asked for one by one instead.' },
      () => fetchReports(asking, question.whole),
    );
    if (reported !== null) return reported;
  }
  const billedMonths = new Set(days.map(monthOf)).size;
  if (
    question.months.length === 0 &&
    question.logins.length * billedMonths > asking.config.options.maxUserDays
  ) {
    const signalled = await creditsByDay(days, question.userDays);
    if (signalled.length > 0) return signalled;
  }
  const use: UserUse[] = [];
  for (const period of periodsOf(asking, question, days))
    for (const login of question.logins) {
      const without = `What ${login} used is spread like what nobody is named for.`;
      const own = await asking.account.part({ is: 'weights', without }, () =>
        fetchUserUse(asking, login, period),
      );
      use.push(...(own ?? []));
    }
  return use;
}

/** Of many users: the credits of the daily reports, a question a day. No bill, and no models, but weights by person. */
async function creditsByDay(days: readonly Day[], userDays: UserDays): Promise<readonly UserUse[]> {
  const use: UserUse[] = [];
  for (const day of days)
    for (const { user_login: login, ai_credits_used: credits } of (await userDays(day)) ?? [])
      if (credits)
        use.push({
          login,
          month: monthOf(day),
          day,
          model: null,
          grossAmount: formatNanos(parseNanos(credits) / CREDITS_IN_A_DOLLAR),
          organization: null,
          costCentre: null,
        });
  return use;
}

/** Days, or whole months when that would be too many questions. */
function periodsOf(
  { config, account }: Asking,
  { logins, months }: UseQuestion,
  days: readonly Day[],
): readonly Period[] {
  const { maxUserDays } = config.options;
  const premium = months.map((month): Period => ({ month, day: null }));
  if (logins.length * days.length <= maxUserDays)
    return [...premium, ...days.map((day) => ({ month: monthOf(day), day }))];
  account.remarks.push(
    `${logins.length} users on ${days.length} days are more than ${maxUserDays} questions: ` +
      'their use was asked for by month, so that single days are spread by it.',
  );
  return [...premium, ...[...new Set(days.map(monthOf))].map((month) => ({ month, day: null }))];
}

interface Period {
  readonly month: Month;
  readonly day: Day | null;
}

async function fetchUserUse(
  { account, scope }: Asking,
  login: string,
  { month, day }: Period,
): Promise<readonly UserUse[]> {
  const view = month < FIRST_CREDITS ? 'premium_request' : 'ai_credit';
  const query: Query = [...(day === null ? monthQuery(month) : dateQuery(day)), ['user', login]];
  const { timePeriod, usageItems } = await account.get({
    endpoint: `${scope.billing}/${view}/usage`,
    schema: CreditUsage,
    query,
  });
  // A vendor that does not know the day answers for the month: that is what it says then.
  const answered = (timePeriod.day ?? null) === null ? null : day;
  return usageItems.map(({ model, grossAmount }) => ({
    login,
    month,
    day: answered,
    model: model ?? null,
    grossAmount,
    organization: null,
    costCentre: null,
  }));
}

/** The enterprise's report by user and day: asked for, waited for, fetched; a month at a time. */
async function fetchReports(asking: Asking, whole: DayRange): Promise<readonly UserUse[]> {
  const rows: ReportRow[] = [];
  for (const month of monthsIn(whole)) {
    const { from, to } = monthRange(month);
    const last = addDays(to < whole.to ? to : whole.to, -1);
    const kind = month < FIRST_CREDITS ? 'premium_request' : 'ai_credit';
    rows.push(...(await fetchReport(asking, { report_type: kind, start_date: from, end_date: last })));
  }
  return rows
    .filter(({ sku }) => kindOfSku(normaliseSku(sku)) === 'credits')
    .flatMap(({ login, day, model, grossAmount, organization, costCentre }): UserUse[] =>
      login === null
        ? []
        : [{ login, month: monthOf(day), day, model, grossAmount, organization, costCentre }],
    );
}

async function fetchReport(
  asking: Asking,
  body: Readonly<Record<string, string>>,
): Promise<readonly ReportRow[]> {
  const { account, scope, config } = asking;
  const endpoint = `${scope.billing}/reports`;
  const sleep = config.http?.sleep ?? delay;
  let report = await account.get({ endpoint, schema: Report, body: { ...body, send_email: false } });
  for (let poll = 0; poll < POLLS && report.status !== 'completed'; poll += 1) {
    await sleep(POLL_MS);
    report = await account.get({ endpoint: `${endpoint}/${encodeURIComponent(report.id)}`, schema: Report });
    if (report.status === 'failed') break;
  }
  return await downloadReport(asking, report);
}
