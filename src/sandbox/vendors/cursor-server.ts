import { z } from 'zod';
import { formatNanos, parseNanos } from '../../core/base/money.js';
import { daysIn, MS_PER_DAY, utcDay } from '../../core/base/time.js';
import type { CursorDataset, CursorEvent } from './cursor-dataset.js';
import {
  listen,
  type Misbehave,
  Refused,
  type VendorCall,
  type VendorReply,
  type VendorServer,
} from './listen.js';

const MOST_DAYS = 30;
const Range = z.object({ startDate: z.number().int(), endDate: z.number().int() });
const Paging = z.object({
  page: z.number().int().min(1).default(1),
  pageSize: z.number().int().min(1).max(1000).default(100),
});

/** Cursor's Admin API as documented, on 127.0.0.1. `pageSize` makes pages smaller than asked for. */
export async function startCursorServer(
  dataset: CursorDataset,
  options: { readonly port?: number; readonly misbehave?: Misbehave; readonly pageSize?: number } = {},
): Promise<VendorServer> {
  return await listen({
    port: options.port,
    misbehave: options.misbehave,
    errorBody: (_status, message) => JSON.stringify({ error: 'error', message }),
    handle: (call) => answerCursor(dataset, call, options.pageSize),
  });
}

/**
 * What the vendor answers to a question. @throws Refused as it refuses.
 * @internal The servers of the tests answer with it.
 */
export function answerCursor(dataset: CursorDataset, call: VendorCall, mostPerPage = 1000): VendorReply {
  const expected = `Basic ${Buffer.from(`${dataset.apiKey}:`).toString('base64')}`;
  if (call.headers.authorization !== expected) throw new Refused(401, 'Invalid API key');
  switch (call.endpoint) {
    case '/teams/members':
      return reply({
        teamMembers: dataset.members.map(({ number: _number, ...member }) => ({ ...member, role: 'member' })),
      });
    case '/teams/filtered-usage-events':
      return eventsPage(dataset, call.body, mostPerPage);
    case '/teams/spend':
      return spendPage(dataset, call.body, mostPerPage);
    case '/teams/daily-usage-data':
      return activityPage(dataset, call.body, mostPerPage);
    case '/teams/groups':
      return groupList(dataset, call.query);
    case '/teams/audit-logs':
      return auditLog(dataset, call.query);
    default:
      throw new Refused(404, `Unknown endpoint ${call.endpoint}.`);
  }
}

function reply(body: unknown, page = 1): VendorReply {
  return { status: 200, body: JSON.stringify(body), page };
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refused(400, parsed.error.issues[0]?.message ?? 'bad request');
}

/** Both bounds are inclusive, and no more than 30 days apart. */
function readRange(body: unknown): z.infer<typeof Range> {
  const range = read(Range, body);
  if (range.endDate < range.startDate) throw new Refused(400, 'endDate must not be before startDate');
  if (range.endDate - range.startDate >= MOST_DAYS * MS_PER_DAY)
    throw new Refused(400, 'Date range cannot exceed 30 days');
  return range;
}

function pageOf<T>(items: readonly T[], body: unknown, most: number) {
  const { page, pageSize: asked } = read(Paging, body);
  const pageSize = Math.min(asked, most);
  const pages = Math.max(1, Math.ceil(items.length / pageSize));
  return { page, pageSize, pages, items: items.slice((page - 1) * pageSize, page * pageSize) };
}

function eventsBetween(
  dataset: CursorDataset,
  { startDate, endDate }: z.infer<typeof Range>,
): readonly CursorEvent[] {
  const days = daysIn({ from: utcDay(startDate), to: utcDay(endDate + MS_PER_DAY) });
  return days
    .flatMap((day) => dataset.events(day))
    .filter(({ timestamp }) => startDate <= timestamp && timestamp <= endDate)
    .toSorted((a, b) => b.timestamp - a.timestamp);
}

function eventsPage(dataset: CursorDataset, body: unknown, most: number): VendorReply {
  const range = readRange(body);
  const events = eventsBetween(dataset, range);
  const { page, pageSize, pages, items } = pageOf(events, body, most);
  const answer = {
    totalUsageEventsCount: events.length,
    pagination: {
      numPages: pages,
      currentPage: page,
      pageSize,
      hasNextPage: page < pages,
      hasPreviousPage: page > 1,
    },
    usageEvents: items.map(toVendorEvent),
    period: range,
  };
  return reply(answer, page);
}

function toVendorEvent(event: CursorEvent) {
  const { timestamp, serviceAccount, tokens, chargedCents, ...rest } = event;
  return {
    timestamp: String(timestamp),
    ...rest,
    ...(serviceAccount && { serviceAccountId: serviceAccount.id, serviceAccountName: serviceAccount.name }),
    maxMode: false,
    requestsCosts: 0,
    isTokenBasedCall: true,
    isHeadless: serviceAccount !== undefined,
    tokenUsage: {
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      cacheWriteTokens: tokens.cacheWrite,
      cacheReadTokens: tokens.cacheRead,
      totalCents: Number(chargedCents),
    },
    chargedCents: Number(chargedCents),
  };
}

function spendPage(dataset: CursorDataset, body: unknown, most: number): VendorReply {
  const endDate = dataset.cycleStartMs + 31 * MS_PER_DAY;
  const events = eventsBetween(dataset, { startDate: dataset.cycleStartMs, endDate });
  const rows = dataset.members.map(({ id, name, email }) => {
    const own = events.filter(({ userEmail }) => userEmail.toLowerCase() === email.toLowerCase());
    const demand = own.filter(({ kind, isChargeable }) => isChargeable && kind === 'Usage-based');
    return {
      userId: id,
      name,
      email,
      role: 'member',
      spendCents: sumCents(demand),
      overallSpendCents: sumCents(own),
      fastPremiumRequests: 0,
      monthlyLimitDollars: null,
      hardLimitOverrideDollars: 0,
    };
  });
  const listed = new Set(dataset.members.map(({ email }) => email.toLowerCase()));
  const others = events.filter(({ userEmail }) => !listed.has(userEmail.toLowerCase()));
  const all =
    others.length === 0
      ? rows
      : [...rows, { userId: 'user_Agents', email: 'agents', spendCents: sumCents(others) }];
  const { page, pages, items } = pageOf(all, body, most);
  const answer = {
    teamMemberSpend: items,
    subscriptionCycleStart: dataset.cycleStartMs,
    totalMembers: all.length,
    totalPages: pages,
  };
  return reply(answer, page);
}

function sumCents(events: readonly CursorEvent[]): number {
  return Number(formatNanos(events.reduce((sum, { chargedCents }) => sum + parseNanos(chargedCents), 0n)));
}

function activityPage(dataset: CursorDataset, body: unknown, most: number): VendorReply {
  const range = readRange(body);
  const days = daysIn({ from: utcDay(range.startDate), to: utcDay(range.endDate + MS_PER_DAY) });
  const rows = days.flatMap((day) => {
    const active = new Set(dataset.events(day).map(({ userEmail }) => userEmail.toLowerCase()));
    return dataset.members.map(({ number, email }) => ({
      userId: number,
      email,
      day,
      date: Date.parse(`${day}T00:00:00Z`),
      isActive: active.has(email.toLowerCase()),
    }));
  });
  const { page, pageSize, pages, items } = pageOf(rows, body, most);
  const pagination = {
    page,
    pageSize,
    totalPages: pages,
    hasNextPage: page < pages,
    hasPreviousPage: page > 1,
  };
  return reply({ data: items, period: range, pagination }, page);
}

function groupList({ groups, members }: CursorDataset, query: URLSearchParams): VendorReply {
  if (groups === null) throw new Refused(403, 'Billing groups need an Enterprise plan');
  const cycle = query.get('billingCycle') ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(cycle)) throw new Refused(400, 'billingCycle must be YYYY-MM-DD');
  const memberOf = (email: string) => ({
    userId: members.find((member) => member.email === email)?.id ?? null,
    email,
    joinedAt: '2026-01-01T00:00:00.000Z',
    leftAt: null,
  });
  const listed = groups.map(({ id, name, emails }) => ({
    id,
    name,
    type: 'BILLING',
    currentMembers: emails.map(memberOf),
    formerMembers: [],
  }));
  const cycleStart = `${cycle}T00:00:00.000Z`;
  const unassignedGroup = {
    id: 'group_unassigned',
    name: 'Unassigned',
    currentMembers: [],
    formerMembers: [],
  };
  return reply({ groups: listed, unassignedGroup, billingCycle: { cycleStart } });
}

function auditLog({ seatChanges }: CursorDataset, query: URLSearchParams): VendorReply {
  if (seatChanges === null) throw new Refused(403, 'Audit logs need an Enterprise plan');
  const types = new Set((query.get('eventTypes') ?? '').split(','));
  const [start, end] = [Number(query.get('startTime')), Number(query.get('endTime'))];
  const events = seatChanges
    .filter(({ at, type }) => types.has(type) && start <= Date.parse(at) && Date.parse(at) <= end)
    .map(({ at, type, email }) => ({
      event_id: `${type}:${at}`,
      timestamp: at,
      user_email: 'admin@larkspur.example',
      event_type: type,
      event_data: { target_email: email },
    }));
  return reply({ events, pagination: { page: 1, totalPages: 1, hasNextPage: false } });
}
