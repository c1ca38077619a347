import {
  addDays,
  type DayRange,
  daysIn,
  firstDay,
  monthOf,
  monthRange,
  monthsIn,
  utcDay,
} from '../../../core/base/time.js';
import type { Query } from '../../http/http.js';
import { byLink } from '../../http/pages.js';
import { fetchActivity } from './activity.js';
import { type Asking, dateQuery, FIRST_CREDITS, monthQuery } from './asking.js';
import { type CopilotConfig, openGitHub, scopeOf } from './connection.js';
import type { BillRow, CopilotFacts, PremiumMonth } from './facts.js';
import { fetchIdentities } from './identities.js';
import {
  BillingUsage,
  type CostCenter,
  CostCenterList,
  CreditUsage,
  SeatPage,
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
  const costCentres = scope.kind === 'enterprise' ? await fetchCostCentres(asking) : [];
  const tomorrow = addDays(utcDay(config.clock()), 1);
  const first = firstDay(monthOf(range.from));
  const last = monthRange(monthOf(addDays(range.to, -1))).to;
  const whole = { from: first, to: last < tomorrow ? last : tomorrow };
  const rows = await fetchRows(asking, whole, costCentres);
  const holders = seats.flatMap(({ assignee }) => (assignee ? [assignee.login] : []));
  const logins = [...new Set([...holders, ...knownLogins])].toSorted((a, b) => (a < b ? -1 : 1));
  const premium = await fetchPremium(asking, whole, rows);
  const months = premium.map(({ month }) => month);
  if (listed !== null) account.remarks.push(...checkSeats(listed.total, seats));
  return {
    account,
    seats,
    rows,
    costCentres,
    use: await fetchUse(asking, { rows, logins, whole, months }),
    premium,
    identities: await fetchIdentities(asking),
    activity: await fetchActivity(asking, range),
  };
}

interface ListedSeats {
  readonly total: number;
  readonly seats: readonly VendorSeat[];
}

/** The vendor counts people, its listing has one entry for each grant. */
function checkSeats(total: number, seats: readonly VendorSeat[]): readonly string[] {
  const people = new Set(seats.flatMap(({ assignee }) => (assignee ? [assignee.id] : []))).size;
  return people === total ? [] : [`GitHub counts ${total} seats, and lists ${people} people who hold one.`];
}

async function fetchSeats({ account, scope }: Asking): Promise<ListedSeats> {
  const endpoint = `${scope.copilot}/billing/seats`;
  const request = { endpoint, schema: SeatPage, query: [['per_page', '100']] } as const;
  const pages = await account.pages(request, byLink);
  return { total: pages[0]?.total_seats ?? 0, seats: pages.flatMap(({ seats }) => seats) };
}

/** Active and deleted ones: money stays with a cost centre that is gone. */
async function fetchCostCentres({ account, scope }: Asking): Promise<readonly CostCenter[]> {
  const centres = new Map<string, CostCenter>();
  const endpoint = `${scope.billing}/cost-centers`;
  for (const state of ['deleted', 'active']) {
    const listed = await account.part(
      { is: 'money', without: 'What cost centres used would be missing.' },
      () => account.get({ endpoint, schema: CostCenterList, query: [['state', state]] }),
    );
    for (const centre of listed?.costCenters ?? []) centres.set(centre.id, centre);
  }
  return [...centres.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Without a cost centre the vendor answers for usage that has none: each is asked for besides. */
async function fetchRows(
  { account, scope }: Asking,
  range: DayRange,
  costCentres: readonly CostCenter[],
): Promise<readonly BillRow[]> {
  const rows: BillRow[] = [];
  for (const day of daysIn(range))
    for (const costCentre of [null, ...costCentres]) {
      const query: Query = [
        ...dateQuery(day),
        ...(costCentre === null ? [] : ([['cost_center_id', costCentre.id]] as const)),
      ];
      const endpoint = `${scope.billing}/usage`;
      const { usageItems } = await account.get({ endpoint, schema: BillingUsage, query });
      const ofDay = usageItems.filter(({ date }) => date.slice(0, 10) === day);
      rows.push(...ofDay.map((item) => ({ ...item, day, costCentre })));
    }
  return rows;
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
