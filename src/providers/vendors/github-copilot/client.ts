import { type Nanos, parseNanos, sumNanos } from '../../../core/base/money.js';
import {
  addDays,
  type Day,
  type DayRange,
  daysIn,
  firstDay,
  type Month,
  monthOf,
  monthRange,
  monthsIn,
  parseDay,
  utcDay,
} from '../../../core/base/time.js';
import type { Query } from '../../http/http.js';
import { byLink } from '../../http/pages.js';
import { holdsDay } from '../../parts/pull-window.js';
import { createUserDays, fetchActivity } from './activity.js';
import { type Asking, dateQuery, FIRST_CREDITS, monthQuery } from './asking.js';
import { type CopilotConfig, openGitHub, scopeOf } from './connection.js';
import { withMembers } from './cost-centres.js';
import type { BillRow, CopilotFacts, PremiumMonth } from './facts.js';
import { fetchIdentities } from './identities.js';
import {
  BillingUsage,
  type CostCenter,
  CostCenterList,
  CreditUsage,
  type ListedCentre,
  SeatPage,
  type UsageItem,
  type VendorSeat,
} from './schema.js';
import { kindOfSku, normaliseSku } from './sku.js';
import { fetchUse } from './use.js';

/** Reads what the range needs. Throws what the client throws; what is no money may be missing with a remark. */
export async function fetchFacts(
  config: CopilotConfig,
  range: DayRange,
  knownLogins: readonly string[],
): Promise<CopilotFacts> {
  const account = openGitHub(config);
  const scope = scopeOf(config.options);
  const asking = { config, account, scope };
  const listed = await account.part({ is: 'names', without: 'Seats are those known before.' }, () =>
    fetchSeats(asking),
  );
  const seats = listed?.seats ?? [];
  const costCentres = scope.kind === 'enterprise' ? await fetchCostCentres(asking, seats) : [];
  const tomorrow = addDays(utcDay(config.clock()), 1);
  const first = firstDay(monthOf(range.from));
  const last = monthRange(monthOf(addDays(range.to, -1))).to;
  const whole = { from: first, to: last < tomorrow ? last : tomorrow };
  const rows = await fetchRows(asking, whole, costCentres);
  const holders = seats.flatMap(({ assignee }) => (assignee ? [assignee.login] : []));
  const logins = [...new Set([...holders, ...knownLogins])].toSorted((a, b) => (a < b ? -1 : 1));
  const userDays = createUserDays(asking);
  const premium = await fetchPremium(asking, whole, rows);
  const months = premium.map(({ month }) => month);
  if (listed !== null) account.remarks.push(...checkSeats(listed.total, seats));
  return {
    account,
    seats,
    rows,
    costCentres,
    use: await fetchUse(asking, { rows, logins, whole, months, userDays }),
    premium,
    identities: await fetchIdentities(asking),
    activity: await fetchActivity(range, userDays),
  };
}

interface ListedSeats {
  /** Null: the vendor does not count them. */
  readonly total: number | null;
  readonly seats: readonly VendorSeat[];
}

/** The vendor counts people, its listing has one entry for each grant. */
function checkSeats(total: number | null, seats: readonly VendorSeat[]): readonly string[] {
  const people = new Set(seats.flatMap(({ assignee }) => (assignee ? [assignee.id] : []))).size;
  return total === null || people === total
    ? []
    : [`GitHub counts ${total} seats, and lists ${people} people who hold one.`];
}

async function fetchSeats({ account, scope }: Asking): Promise<ListedSeats> {
  const endpoint = `${scope.copilot}/billing/seats`;
  const request = { endpoint, schema: SeatPage, query: [['per_page', '100']] } as const;
  const pages = await account.pages(request, byLink);
  return { total: pages[0]?.total_seats ?? null, seats: pages.flatMap(({ seats }) => seats) };
}

/** Active and deleted ones: money stays with a cost centre that is gone. */
async function fetchCostCentres(
  { account, scope }: Asking,
  seats: readonly VendorSeat[],
): Promise<readonly CostCenter[]> {
  const centres = new Map<string, ListedCentre>();
  const endpoint = `${scope.billing}/cost-centers`;
  for (const state of ['deleted', 'active']) {
    const listed = await account.part(
      { is: 'money', without: 'What cost centres used would be missing.' },
      () => account.get({ endpoint, schema: CostCenterList, query: [['state', state]] }),
    );
    for (const centre of listed?.costCenters ?? []) centres.set(centre.id, centre);
  }
  const listed = [...centres.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return withMembers(listed, seats);
}

/** Without a cost centre the vendor answers for usage that has none: each is asked for besides, a month at a time. */
async function fetchRows(
  asking: Asking,
  range: DayRange,
  costCentres: readonly CostCenter[],
): Promise<readonly BillRow[]> {
  const rows: BillRow[] = [];
  for (const month of monthsIn(range))
    for (const costCentre of [null, ...costCentres]) {
      const centre: Query = costCentre === null ? [] : [['cost_center_id', costCentre.id]];
      for (const item of await fetchMonth(asking, month, centre)) {
        const day = parseDay(item.date.slice(0, 10));
        if (holdsDay(range, day)) rows.push({ ...item, day, costCentre });
      }
    }
  return rows;
}

/**
 * The bill of a month by day. Were a month answered in one sum a line, all of it would bear its first day: then that
 * day's own bill is smaller, and the days are asked for one by one.
 */
async function fetchMonth(
  { account, scope, config }: Asking,
  month: Month,
  centre: Query,
): Promise<readonly UsageItem[]> {
  const endpoint = `${scope.billing}/usage`;
  const ask = async (time: Query) =>
    (await account.get({ endpoint, schema: BillingUsage, query: [...time, ...centre] })).usageItems;
  const items = await ask(monthQuery(month));
  const first = firstDay(month);
  const today = utcDay(config.clock());
  if (items.length === 0 || today <= first || items.some(({ date }) => date.slice(0, 10) !== first))
    return items;
  const ofDay = async (day: Day) =>
    (await ask(dateQuery(day))).filter(({ date }) => date.slice(0, 10) === day);
  const ofFirst = await ofDay(first);
  if (grossOf(ofFirst) === grossOf(items)) return items;
  const byDay = [...ofFirst];
  for (const day of daysIn(monthRange(month)))
    if (first < day && day <= today) byDay.push(...(await ofDay(day)));
  return byDay;
}

function grossOf(items: readonly UsageItem[]): Nanos {
  return sumNanos(items.map(({ grossAmount }) => parseNanos(grossAmount)));
}

/** Before June 2026 some bills by day leave premium requests out: then their own view is the bill. */
async function fetchPremium(
  { account, scope }: Asking,
  whole: DayRange,
  rows: readonly BillRow[],
): Promise<readonly PremiumMonth[]> {
  const found: PremiumMonth[] = [];
  for (const month of monthsIn(whole).filter((each) => each < FIRST_CREDITS)) {
    const held = rows.some(
      ({ day, sku }) => monthOf(day) === month && kindOfSku(normaliseSku(sku)) === 'credits',
    );
    if (held) continue;
    const endpoint = `${scope.billing}/premium_request/usage`;
    const answer = await account.part(
      { is: 'money', without: 'Premium requests of before June 2026 would be missing.' },
      () => account.get({ endpoint, schema: CreditUsage, query: monthQuery(month) }),
    );
    // Nothing used: then nobody need be asked for their part of it.
    if (answer !== null && answer.usageItems.length > 0) found.push({ month, items: answer.usageItems });
  }
  return found;
}
