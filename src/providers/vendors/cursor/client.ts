import { AppError } from '../../../core/base/errors.js';
import { addDays, type DayRange, utcDay } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig, Query, VendorRequest } from '../../http/http.js';
import { byNumber } from '../../http/pages.js';
import { holdsDay, inWindows } from '../../parts/pull-window.js';
import { type Cycle, type Cycles, createCycles } from './cycles.js';
import {
  type Activity,
  ActivityPage,
  type AuditEvent,
  AuditPage,
  type Group,
  GroupList,
  type Member,
  MemberList,
  type MemberSpend,
  SpendPage,
  type UsageEvent,
  UsageEventPage,
} from './schema.js';

/** The billing groups of one cycle, the unassigned one left out. */
interface CycleGroups {
  readonly cycle: Cycle;
  readonly groups: readonly Group[];
}

/** All that one pull read. */
export interface CursorFacts {
  readonly account: VendorAccess;
  readonly events: readonly UsageEvent[];
  readonly cycles: Cycles;
  /** On-demand and overall spend of the open cycle, by member. */
  readonly spend: readonly MemberSpend[];
  readonly members: readonly Member[];
  readonly activity: readonly Activity[];
  /** Null where the plan has none. */
  readonly groups: readonly CycleGroups[] | null;
  /** Who was added and removed in the last 30 days; null where the plan does not tell. */
  readonly seatChanges: readonly AuditEvent[] | null;
}

/** Days of one request at most, both bounds included. */
const MOST_DAYS = 30;
const PAGE_SIZE = 1000;
const TRIES_OF_A_WALK = 3;

/**
 * Reads the events of the range (with `wholeCycles` of all billing cycles that it touches) and what they need to be
 * understood; `seatsMatter` says that the members are all that is known of seats with a price, `seatsKnown` that
 * earlier pulls know when each was last active. Throws what the client throws, and AppError `upstream` when pages do not add up: nothing is partial.
 */
export async function fetchFacts(
  config: AdminKeyConfig,
  range: DayRange,
  {
    wholeCycles,
    seatsMatter,
    seatsKnown,
  }: { readonly wholeCycles: boolean; readonly seatsMatter: boolean; readonly seatsKnown: boolean },
): Promise<CursorFacts> {
  const basic = Buffer.from(`${config.adminKey}:`).toString('base64');
  const account = openAccount(config, {
    vendor: 'Cursor',
    address: 'https://api.cursor.com',
    headers: { authorization: `Basic ${basic}` },
    credentialNeeded: 'an Admin API key (crsr_...) made by an administrator of the team',
  });
  const { spend, cycles } = await fetchSpend(account, config.clock());
  const touched = cycles.touching(range);
  const first = touched[0]?.from ?? range.from;
  const last = touched.at(-1)?.to ?? range.to;
  const tomorrow = addDays(utcDay(config.clock()), 1);
  const whole = { from: first < range.from ? first : range.from, to: last < tomorrow ? last : tomorrow };
  const events = await fetchEvents(account, wholeCycles ? whole : range, config.clock());
  const listed = await account.part(
    seatsMatter
      ? { is: 'money', without: 'The fees of seats would be missing.' }
      : { is: 'names', without: 'Members and seats are those known before.' },
    () => account.get({ endpoint: '/teams/members', schema: MemberList }),
  );
  return {
    account,
    events,
    cycles,
    spend,
    members: listed?.teamMembers ?? [],
    activity: (await fetchActivity(account, seatsKnown ? range : whole)) ?? [],
    groups: await account.part(
      { is: 'names', without: 'Enterprise only: pulled without billing groups.' },
      () => fetchGroups(account, touched),
    ),
    seatChanges: await account.part(
      { is: 'names', without: 'Enterprise only: pulled without the history of seats.' },
      () => fetchSeatChanges(account, config.clock()),
    ),
  };
}

/** Who was active when. */
function fetchActivity(account: VendorAccess, range: DayRange): Promise<readonly Activity[] | null> {
  const without = 'Pulled without the activity of members.';
  return account.part({ is: 'weights', without }, () =>
    inWindows(range, MOST_DAYS, async (part) =>
      (await posted(account, '/teams/daily-usage-data', ActivityPage, morePages, bounds(part))).flatMap(
        ({ data }) => data,
      ),
    ),
  );
}

async function fetchSpend(
  account: VendorAccess,
  nowMs: number,
): Promise<{ readonly spend: readonly MemberSpend[]; readonly cycles: Cycles }> {
  const pages = await posted(account, '/teams/spend', SpendPage, (page) => page.totalPages);
  const start = pages[0]?.subscriptionCycleStart ?? nowMs;
  return { spend: pages.flatMap((page) => page.teamMemberSpend), cycles: createCycles(start) };
}

async function fetchGroups(account: VendorAccess, cycles: readonly Cycle[]): Promise<readonly CycleGroups[]> {
  const found: CycleGroups[] = [];
  for (const cycle of cycles) {
    const query: Query = [['billingCycle', cycle.from]];
    const { groups } = await account.get({ endpoint: '/teams/groups', schema: GroupList, query });
    found.push({ cycle, groups });
  }
  return found;
}

async function fetchSeatChanges(account: VendorAccess, nowMs: number): Promise<readonly AuditEvent[]> {
  const query: Query = [
    ['startTime', String(Date.parse(`${addDays(utcDay(nowMs), 1 - MOST_DAYS)}T00:00:00Z`))],
    ['endTime', String(nowMs)],
    ['eventTypes', 'add_user,remove_user'],
    ['page', '1'],
    ['pageSize', '100'],
  ];
  const request = { endpoint: '/teams/audit-logs', schema: AuditPage, query };
  return (await account.pages(request, byNumber('query', morePages))).flatMap(({ events }) => events);
}

/** How many pages there are, as far as the page says. */
function morePages(
  answer: {
    readonly pagination?:
      | { readonly totalPages?: number | null | undefined; readonly hasNextPage?: boolean | null | undefined }
      | null
      | undefined;
  },
  page: number,
): number {
  const { totalPages, hasNextPage } = answer.pagination ?? {};
  return totalPages ?? (hasNextPage === true ? page + 1 : page);
}

/** All pages of a report that is asked for by POST. */
function posted<T>(
  account: VendorAccess,
  endpoint: string,
  schema: VendorRequest<T>['schema'],
  ...[pagesOf, body = {}]: readonly [
    pagesOf: (answer: T, page: number) => number,
    body?: Readonly<Record<string, number>>,
  ]
): Promise<readonly T[]> {
  const request = { endpoint, schema, body: { ...body, page: 1, pageSize: PAGE_SIZE } };
  return account.pages(request, byNumber('body', pagesOf));
}

/** The events of the range. @throws AppError `upstream` when the vendor's own counts do not add up. */
async function fetchEvents(
  account: VendorAccess,
  range: DayRange,
  nowMs: number,
): Promise<readonly UsageEvent[]> {
  const today = utcDay(nowMs);
  const closed = { from: range.from, to: range.to < today ? range.to : today };
  const events = [...(await inWindows(closed, MOST_DAYS, (part) => eventsOf(account, bounds(part))))];
  // Today apart and up to a fixed instant: what comes in during the walk moves nothing to another page.
  if (holdsDay(range, today)) {
    const { startDate = 0 } = bounds({ from: today, to: addDays(today, 1) });
    for (const event of await eventsOf(account, { startDate, endDate: nowMs })) events.push(event);
  }
  return events.filter(({ timestamp }) => holdsDay(range, utcDay(timestamp)));
}

/**
 * Events have no id and pages no cursor: an event that comes in meanwhile pushes others to the next page, where they
 * would be read twice. The vendor's own count tells; the walk then begins again.
 */
async function eventsOf(
  account: VendorAccess,
  body: Readonly<Record<string, number>>,
): Promise<readonly UsageEvent[]> {
  const endpoint = '/teams/filtered-usage-events';
  let told = '';
  for (let attempt = 1; attempt <= TRIES_OF_A_WALK; attempt += 1) {
    const pages = await posted(account, endpoint, UsageEventPage, (page) => page.pagination.numPages, body);
    const events = pages.flatMap((page) => page.usageEvents);
    const counts = new Set(pages.map((page) => page.totalUsageEventsCount));
    if (counts.size === 1 && counts.has(events.length)) return events;
    told = `${[...counts].join(', then ')} events and gave ${events.length}`;
  }
  throw new AppError(
    'upstream',
    `${account.http.vendor} announced ${told} at ${endpoint}, ${TRIES_OF_A_WALK} times over. Nothing was stored.`,
  );
}

/** Both bounds are inclusive: the last millisecond of the last day. */
function bounds({ from, to }: DayRange): Readonly<Record<string, number>> {
  return { startDate: Date.parse(`${from}T00:00:00Z`), endDate: Date.parse(`${to}T00:00:00Z`) - 1 };
}
