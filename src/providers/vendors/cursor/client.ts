import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, utcDay } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type Query,
  type VendorRequest,
} from '../../http/http.js';
import { askOptional } from '../../http/optional.js';
import { splitRange } from '../../parts/pull-window.js';
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
  readonly raw: readonly RawResponse[];
  /** What the plan does not show. */
  readonly remarks: readonly string[];
}

/** Days of one request at most, both bounds included. */
const MOST_DAYS = 30;
const PAGE_SIZE = 1000;
const AUDIT_LOGS = '/teams/audit-logs';
const TRIES_OF_A_WALK = 3;

/**
 * Reads the events of the range (with `wholeCycles` of all billing cycles that it touches) and what they need to be
 * understood. Throws what the client throws, and AppError `upstream` when pages do not add up: nothing is partial.
 */
export async function fetchFacts(
  config: AdminKeyConfig,
  range: DayRange,
  wholeCycles: boolean,
): Promise<CursorFacts> {
  const reader = createReader(config);
  const remarks: string[] = [];
  const { spend, cycles } = await reader.spend();
  const touched = cycles.touching(range);
  const first = touched[0]?.from ?? range.from;
  const last = touched.at(-1)?.to ?? range.to;
  const tomorrow = addDays(utcDay(config.clock()), 1);
  const whole = { from: first < range.from ? first : range.from, to: last < tomorrow ? last : tomorrow };
  const events = await reader.events(wholeCycles ? whole : range);
  const { teamMembers: members } = await reader.get('/teams/members', MemberList);
  return {
    events,
    cycles,
    spend,
    members,
    activity: await reader.activity(whole),
    groups: await askOptional(remarks, 'Enterprise only: pulled without billing groups.', () =>
      reader.groups(touched),
    ),
    seatChanges: await askOptional(remarks, 'Enterprise only: pulled without the history of seats.', () =>
      reader.seatChanges(),
    ),
    raw: reader.raw,
    remarks,
  };
}

interface Reader {
  readonly raw: readonly RawResponse[];
  spend(): Promise<{ readonly spend: readonly MemberSpend[]; readonly cycles: Cycles }>;
  events(range: DayRange): Promise<readonly UsageEvent[]>;
  activity(range: DayRange): Promise<readonly Activity[]>;
  groups(cycles: readonly Cycle[]): Promise<readonly CycleGroups[]>;
  seatChanges(): Promise<readonly AuditEvent[]>;
  get<T>(endpoint: string, schema: VendorRequest<T>['schema'], query?: Query): Promise<T>;
}

function createReader(config: AdminKeyConfig): Reader {
  const client = createCursorClient(config);
  const raw: RawResponse[] = [];
  const ask = async <T>(request: VendorRequest<T>): Promise<T> => {
    const answer = await client.get(request);
    raw.push(answer.raw);
    return answer.value;
  };
  const walk = createWalk(client, ask);
  return {
    raw,
    get: (endpoint, schema, query = []) => ask({ endpoint, schema, query }),
    async spend() {
      const pages = await walk('/teams/spend', SpendPage, (page) => page.totalPages);
      const start = pages[0]?.subscriptionCycleStart ?? config.clock();
      return { spend: pages.flatMap((page) => page.teamMemberSpend), cycles: createCycles(start) };
    },
    async events(range) {
      const events: UsageEvent[] = [];
      for (const part of splitRange(range, MOST_DAYS))
        events.push(...(await eventsOf(walk, bounds(part), client.vendor)));
      return events.filter(({ timestamp }) => isWithin(utcDay(timestamp), range));
    },
    async activity(range) {
      const activity: Activity[] = [];
      for (const part of splitRange(range, MOST_DAYS)) {
        const pages = await walk('/teams/daily-usage-data', ActivityPage, morePages, bounds(part));
        activity.push(...pages.flatMap(({ data }) => data));
      }
      return activity;
    },
    async groups(cycles) {
      const found: CycleGroups[] = [];
      for (const cycle of cycles) {
        const query: Query = [['billingCycle', cycle.from]];
        const { groups } = await ask({ endpoint: '/teams/groups', schema: GroupList, query });
        found.push({ cycle, groups });
      }
      return found;
    },
    async seatChanges() {
      return await readSeatChanges(client, ask, config.clock());
    },
  };
}

type Ask = <T>(request: VendorRequest<T>) => Promise<T>;

async function readSeatChanges(client: HttpClient, ask: Ask, nowMs: number): Promise<readonly AuditEvent[]> {
  const startTime = String(Date.parse(`${addDays(utcDay(nowMs), 1 - MOST_DAYS)}T00:00:00Z`));
  const query: Query = [
    ['startTime', startTime],
    ['endTime', String(nowMs)],
    ['eventTypes', 'add_user,remove_user'],
  ];
  const pages = await walkPages(client, AUDIT_LOGS, morePages, (page) => {
    const numbered: Query = [...query, ['page', String(page)], ['pageSize', '100']];
    return ask({ endpoint: AUDIT_LOGS, schema: AuditPage, query: numbered });
  });
  return pages.flatMap(({ events }) => events);
}

function createCursorClient(config: AdminKeyConfig): HttpClient {
  const basic = Buffer.from(`${config.adminKey}:`).toString('base64');
  return createHttpClient(
    {
      vendor: 'Cursor',
      source: config.source,
      baseUrl: config.baseUrl ?? 'https://api.cursor.com',
      headers: { authorization: `Basic ${basic}` },
      credential: config.adminKey,
      credentialNeeded: 'an Admin API key (crsr_...) made by an administrator of the team',
      clock: config.clock,
    },
    config.http,
  );
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

type Walk = <T>(
  endpoint: string,
  schema: VendorRequest<T>['schema'],
  pagesOf: (answer: T, page: number) => number,
  body?: Readonly<Record<string, number>>,
) => Promise<readonly T[]>;

/** Pages that are numbered in the body of the question. */
function createWalk(client: HttpClient, ask: Ask): Walk {
  return (endpoint, schema, pagesOf, body = {}) =>
    walkPages(client, endpoint, pagesOf, (page) =>
      ask({ endpoint, schema, query: [], body: { ...body, page, pageSize: PAGE_SIZE } }),
    );
}

/** Pages from 1 to the last one that they tell of. */
async function walkPages<T>(
  { vendor, maxPages }: HttpClient,
  endpoint: string,
  pagesOf: (answer: T, page: number) => number,
  ask: (page: number) => Promise<T>,
): Promise<readonly T[]> {
  const pages: T[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await ask(page);
    pages.push(answer);
    if (page >= pagesOf(answer, page)) return pages;
  }
  throw new AppError(
    'upstream',
    `${vendor} gave more than ${maxPages} pages at ${endpoint}. Nothing was stored.`,
  );
}

/**
 * Events have no id and pages no cursor: an event that comes in meanwhile pushes others to the next page, where they
 * would be read twice. The vendor's own count tells; the walk then begins anew.
 */
async function eventsOf(
  walk: Walk,
  body: Readonly<Record<string, number>>,
  vendor: string,
): Promise<readonly UsageEvent[]> {
  const endpoint = '/teams/filtered-usage-events';
  let told = '';
  for (let attempt = 1; attempt <= TRIES_OF_A_WALK; attempt += 1) {
    const pages = await walk(endpoint, UsageEventPage, (page) => page.pagination.numPages, body);
    const events = pages.flatMap((page) => page.usageEvents);
    const counts = new Set(pages.map((page) => page.totalUsageEventsCount));
    if (counts.size === 1 && counts.has(events.length)) return events;
    told = `${[...counts].join(', then ')} events and gave ${events.length}`;
  }
  throw new AppError(
    'upstream',
    `${vendor} announced ${told} at ${endpoint}, ${TRIES_OF_A_WALK} times over. Nothing was stored.`,
  );
}

/** Both bounds are inclusive: the last millisecond of the last day. */
function bounds({ from, to }: DayRange): Readonly<Record<string, number>> {
  return { startDate: Date.parse(`${from}T00:00:00Z`), endDate: Date.parse(`${to}T00:00:00Z`) - 1 };
}

function isWithin(day: Day, { from, to }: DayRange): boolean {
  return from <= day && day < to;
}
