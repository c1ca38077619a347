import { addDays, type Day, parseDay } from '../../../src/core/base/time.js';
import { exactUnits } from './all.js';
import { type FakeCall, FakeReply, need, pageOf, refuse, startFake, type Trouble } from './server.js';

/** Who spent what on what: one row of the ledger behind the fake. `userId` null: nobody is named. */
export interface ReplitSpend {
  readonly day: Day;
  readonly userId: number | null;
  readonly projectId: string;
  readonly metric: string;
  readonly usd: string;
  readonly usage: number | null;
}

/** Replit's account as the fake serves it. */
export interface ReplitAccount {
  readonly apiKey: string;
  spend: ReplitSpend[];
  members: { id: number; username: string; name: string; email: string; role: string }[];
}

export const REPLIT_KEY = 'rpl_TopSecretOfLarkspur';
const PAGE = 2;

/** Three people, one of them gone from the listing, over some days. */
export function replitAccount(): ReplitAccount {
  const day = (index: number): Day => addDays(parseDay('2026-11-16'), index);
  const spend = Array.from({ length: 7 }, (_, index): ReplitSpend[] => [
    {
      day: day(index),
      userId: 5512001,
      projectId: 'prj-shop',
      metric: 'agent',
      usd: `${index + 1}.31`,
      usage: null,
    },
    {
      day: day(index),
      userId: 5512001,
      projectId: 'prj-docs',
      metric: 'autoscale_compute',
      usd: '0.123456789',
      usage: 740_000,
    },
    { day: day(index), userId: 5512044, projectId: 'prj-docs', metric: 'agent', usd: '3.05', usage: null },
    { day: day(index), userId: 5519999, projectId: 'prj-shop', metric: 'agent', usd: '0.7', usage: null },
    { day: day(index), userId: null, projectId: 'prj-shop', metric: 'storage', usd: '0.01', usage: 12 },
  ]).flat();
  return {
    apiKey: REPLIT_KEY,
    spend,
    members: [
      {
        id: 5512001,
        username: 'ana-lksp',
        name: 'Ana Ruiz',
        email: 'Ana.Ruiz@larkspur.example',
        role: 'member',
      },
      {
        id: 5512044,
        username: 'mia-lksp',
        name: 'Mia Chen',
        email: 'mia.chen@larkspur.example',
        role: 'admin',
      },
      {
        id: 5512077,
        username: 'tom-lksp',
        name: 'Tom Lee',
        email: 'tom.lee@larkspur.example',
        role: 'member',
      },
    ],
  };
}

/** The dollars of some rows in nanos, by string surgery. */
export function replitNanos(spend: readonly ReplitSpend[]): bigint {
  return spend.reduce((sum, { usd }) => sum + exactUnits(usd, 9), 0n);
}

/** Replit's Admin API as documented: start inclusive, end exclusive, groups by cost, small pages. */
export async function startReplit(account: ReplitAccount, trouble?: Trouble) {
  return await startFake((call) => {
    if (call.headers.authorization !== `Bearer ${account.apiKey}`) refuse(401, 'invalid key');
    const { endpoint, query } = call;
    if (endpoint === '/v1/usage') return usage(call, account);
    if (endpoint === '/v1/members') return listing(account.members, query);
    if (endpoint === '/v1/workspaces') return listing([{ id: 'ws-1', name: 'Larkspur' }], query);
    if (endpoint === '/v1/projects') return listing([{ id: 'prj-shop', title: 'Shop demo' }], query);
    return null;
  }, trouble);
}

function listing(items: readonly unknown[], query: URLSearchParams) {
  if (Number(query.get('limit') ?? 50) > 100) refuse(400, 'limit: at most 100');
  const page = pageOf(items, query.get('cursor'), PAGE);
  return { data: page.items, pagination: { nextCursor: page.next === null ? null : `c${page.next}` } };
}

function usage({ query }: FakeCall, account: ReplitAccount): FakeReply {
  const groupBy = need(query, 'groupBy');
  if (groupBy !== 'member' && groupBy !== 'project') refuse(400, 'groupBy');
  if (query.has('granularity')) refuse(400, 'granularity needs groupBy=timeseries');
  const [start, end] = [need(query, 'startTime'), need(query, 'endTime')];
  const rows = account.spend.filter(({ day }) => start <= `${day}T00:00:00Z` && `${day}T00:00:00Z` < end);
  const groups = new Map<string, ReplitSpend[]>();
  for (const row of rows) {
    const key = JSON.stringify(groupBy === 'member' ? { userId: row.userId } : { projectId: row.projectId });
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const ordered = [...groups].toSorted(([, a], [, b]) => (replitNanos(a) < replitNanos(b) ? 1 : -1));
  const page = pageOf(ordered, query.get('cursor'), PAGE);
  const pagination = { nextCursor: page.next === null ? null : `c${page.next}` };
  const data = { groups: page.items.map(([key, spend]) => toGroup(JSON.parse(key), spend)), pagination };
  return new FakeReply(
    { data },
    {
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': page.next === null ? '0' : '5',
      'x-ratelimit-reset': '3',
    },
  );
}

function toGroup(key: unknown, spend: readonly ReplitSpend[]) {
  const metrics = [...new Set(spend.map(({ metric }) => metric))].map((metric) => {
    const rows = spend.filter((row) => row.metric === metric);
    const used = rows.reduce((sum, { usage: amount }) => sum + (amount ?? 0), 0);
    return {
      id: metric,
      name: metric,
      category: 'ai',
      usage: used === 0 ? null : used,
      usageUnit: used === 0 ? null : 'compute_units',
      costUsd: Number(replitNanos(rows)) / 1e9,
    };
  });
  return { key, totalCostUsd: Number(replitNanos(spend)) / 1e9, metrics };
}
