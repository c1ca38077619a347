import { z } from 'zod';
import { formatNanos, parseNanos } from '../../core/base/money.js';
import { addDays, type Day, daysIn, monthRange, parseDay, parseMonth } from '../../core/base/time.js';
import type { GithubCredits, GithubDataset } from './github-dataset.js';
import {
  listen,
  type Misbehave,
  Refused,
  type VendorCall,
  type VendorReply,
  type VendorServer,
} from './listen.js';

/** Options of the fake GitHub. */
export interface GithubServerOptions {
  readonly port?: number;
  readonly misbehave?: Misbehave;
  /** Seats of one page at most. */
  readonly seatsPerPage?: number;
}

/** GitHub's Copilot and billing endpoints as documented, on 127.0.0.1. */
export async function startGithubServer(
  dataset: GithubDataset,
  options: GithubServerOptions = {},
): Promise<VendorServer> {
  return await listen({
    port: options.port,
    misbehave: options.misbehave,
    errorBody: (_status, message) =>
      JSON.stringify({ message, documentation_url: 'https://docs.github.com/rest' }),
    handle: (call) => answerGithub(dataset, call, options.seatsPerPage),
  });
}

/**
 * What the vendor answers to a question. @throws Refused as it refuses.
 * @internal The servers of the tests answer with it.
 */
export function answerGithub(dataset: GithubDataset, call: VendorCall, seatsPerPage = 100): VendorReply {
  // A signed link is its own key: anyone who shows the token there has sent it to a foreign host.
  const expected = call.query.has('sig') ? undefined : `Bearer ${dataset.token}`;
  if (call.headers.authorization !== expected) throw new Refused(401, 'Bad credentials');
  const path = pathOf(dataset, call.endpoint);
  switch (path) {
    case 'copilot/billing/seats':
      return seatPage(dataset, call, seatsPerPage);
    case 'billing/usage':
      return billOfDay(dataset, call.query);
    case 'billing/ai_credit/usage':
    case 'billing/premium_request/usage':
      return creditUsage(dataset, call.query, path.includes('premium'));
    case 'billing/cost-centers':
      return costCenters(dataset, call.query);
    case 'billing/reports':
      return json({ id: reportId(call.body), status: 'processing', download_urls: null });
    case 'graphql':
      return saml(dataset, call.body);
    case 'copilot/metrics/reports/users-1-day':
      if (dataset.hasUserReports === false) throw new Refused(403, 'Copilot usage metrics are not enabled');
      return json({
        report_day: call.query.get('day'),
        download_links: [
          `https://copilot-reports.github.com/users-1-day/${call.query.get('day')}.ndjson?sig=SignedForAnHour`,
        ],
      });
    default:
      return fileOf(dataset, path);
  }
}

function json(body: unknown, headers: Readonly<Record<string, string>> = {}): VendorReply {
  return { status: 200, body: JSON.stringify(body), page: 1, headers };
}

/** The endpoint without whose it is. */
function pathOf({ organization, enterprise }: GithubDataset, endpoint: string): string {
  const prefixes: readonly (readonly [string, string])[] = [
    [`/orgs/${organization}/copilot/`, 'copilot/'],
    [`/organizations/${organization}/settings/billing/`, 'billing/'],
    ...(enterprise === null
      ? []
      : ([
          [`/enterprises/${enterprise}/copilot/`, 'copilot/'],
          [`/enterprises/${enterprise}/settings/billing/`, 'billing/'],
        ] as const)),
  ];
  const own = prefixes.find(([prefix]) => endpoint.startsWith(prefix));
  return own === undefined ? endpoint.replace(/^\//, '') : own[1] + endpoint.slice(own[0].length);
}

/** A listing by page, with a `Link` to the next one; one entry per granting organisation. */
function seatPage(dataset: GithubDataset, { endpoint, query }: VendorCall, most: number): VendorReply {
  const entries = dataset.seats.flatMap((seat) =>
    seat.organizations.map((organization) => ({
      created_at: seat.createdAt,
      pending_cancellation_date: seat.cancelsOn,
      last_activity_at: seat.lastActivityAt,
      last_activity_editor: null,
      plan_type: seat.plan,
      assignee: { login: seat.login, id: seat.id, type: 'User' },
      assigning_team: seat.team === undefined ? null : { name: seat.team, slug: seat.team },
      organization: { login: organization },
    })),
  );
  const page = Number(query.get('page') ?? '1');
  const size = Math.min(Number(query.get('per_page') ?? '50'), most);
  if (size > 100) throw new Refused(422, 'per_page must be 100 or less');
  const more = page * size < entries.length;
  const next = `<https://api.github.com${endpoint}?per_page=${query.get('per_page')}&page=${page + 1}>; rel="next"`;
  const body = { total_seats: dataset.seats.length, seats: entries.slice((page - 1) * size, page * size) };
  return { ...json(body, more ? { link: next } : {}), page };
}

function dayOf(query: URLSearchParams): { readonly days: readonly Day[]; readonly hasDay: boolean } {
  const [year, month, day] = ['year', 'month', 'day'].map((name) => query.get(name));
  if (!year || !month) throw new Refused(400, 'year and month are asked for');
  const text = `${year}-${month.padStart(2, '0')}`;
  if (!day) return { days: daysIn(monthRange(parseMonth(text))), hasDay: false };
  return { days: [parseDay(`${text}-${day.padStart(2, '0')}`)], hasDay: true };
}

/** Without a cost centre only what has none. */
function billOfDay({ bill }: GithubDataset, query: URLSearchParams): VendorReply {
  const centre = query.get('cost_center_id');
  const usageItems = dayOf(query).days.flatMap((date) =>
    bill(date)
      .filter(({ costCenterId }) => costCenterId === centre)
      .map(({ costCenterId: _centre, organization, ...row }) => ({
        date,
        ...row,
        quantity: Number(row.quantity),
        pricePerUnit: Number(row.pricePerUnit),
        grossAmount: Number(row.grossAmount),
        discountAmount: Number(row.discountAmount),
        netAmount: Number(row.netAmount),
        organizationName: organization,
        repositoryName: '',
      })),
  );
  return json({ usageItems });
}

/** `user` is a filter: rows are by model, never by user. */
function creditUsage(dataset: GithubDataset, query: URLSearchParams, isPremium: boolean): VendorReply {
  const { days, hasDay } = dayOf(query);
  const user = query.get('user');
  const [first = parseDay('2026-01-01')] = days;
  const all = isPremium ? dataset.premium(first.slice(0, 7)) : days.flatMap((day) => dataset.credits(day));
  const rows = all.filter(({ login }) => user === null || login === user);
  const models = [...new Set(rows.map(({ model }) => model))];
  const sum = (model: string, field: 'credits' | 'grossAmount' | 'discountAmount' | 'netAmount') =>
    Number(
      formatNanos(
        rows.filter((row) => row.model === model).reduce((total, row) => total + parseNanos(row[field]), 0n),
      ),
    );
  const usageItems = models.map((model) => ({
    product: 'Copilot',
    sku: isPremium ? 'Copilot Premium Request' : 'Copilot AI Credits',
    model,
    unitType: isPremium ? 'requests' : 'credits',
    pricePerUnit: isPremium ? 0.04 : 0.01,
    grossQuantity: sum(model, 'credits'),
    grossAmount: sum(model, 'grossAmount'),
    discountQuantity: 0,
    discountAmount: sum(model, 'discountAmount'),
    netQuantity: 0,
    netAmount: sum(model, 'netAmount'),
  }));
  const timePeriod = {
    year: Number(first.slice(0, 4)),
    month: Number(first.slice(5, 7)),
    ...(hasDay && { day: Number(first.slice(8)) }),
  };
  return json({ timePeriod, usageItems, ...(user !== null && { user }) });
}

function costCenters(dataset: GithubDataset, query: URLSearchParams): VendorReply {
  const state = query.get('state');
  const listed = dataset.costCenters.filter((centre) => state === null || centre.state === state);
  return json({
    costCenters: listed.map(({ users, teams = [], ...centre }) => ({
      ...centre,
      resources: [
        ...users.map((name) => ({ type: 'User', name })),
        ...teams.map((name) => ({ type: 'Team', name })),
      ],
    })),
  });
}

const ReportBody = z.object({
  report_type: z.enum(['detailed', 'summarized', 'premium_request', 'ai_credit']),
  start_date: z.iso.date(),
  end_date: z.iso.date(),
});

/** A report is known by what it was asked for. */
function reportId(body: unknown): string {
  const parsed = ReportBody.safeParse(body);
  if (!parsed.success) throw new Refused(422, 'Invalid report');
  return `${parsed.data.start_date}_${parsed.data.end_date}`;
}

const GraphqlBody = z.object({ query: z.string(), variables: z.object({ name: z.string() }).loose() });

function saml(dataset: GithubDataset, body: unknown): VendorReply {
  const { query } = GraphqlBody.parse(body);
  const nodes = (dataset.saml ?? []).map(({ nameId, login, id }) => ({
    samlIdentity: { nameId },
    scimIdentity: { username: nameId },
    user: login === null ? null : { login, databaseId: id },
  }));
  const externalIdentities = { pageInfo: { hasNextPage: false, endCursor: null }, nodes };
  const samlIdentityProvider = dataset.saml === null ? null : { externalIdentities };
  return json({
    data: query.includes('enterprise(')
      ? { enterprise: { ownerInfo: { samlIdentityProvider } } }
      : { organization: { samlIdentityProvider } },
  });
}

/** Reports and the files behind their links. */
function fileOf(dataset: GithubDataset, path: string): VendorReply {
  const poll = /^billing\/reports\/(.+)$/.exec(path)?.[1];
  if (poll !== undefined)
    return json({
      id: poll,
      status: 'completed',
      download_urls: [`https://github.com/metered_exports/${poll}`],
    });
  const [, from, to] = /^metered_exports\/(.{10})_(.{10})$/.exec(path) ?? [];
  if (from !== undefined && to !== undefined) {
    const days = daysIn({ from: parseDay(from), to: addDays(parseDay(to), 1) });
    return text(usageCsv(dataset, days));
  }
  const day = /^users-1-day\/(.{10})\.ndjson$/.exec(path)?.[1];
  if (day === undefined) throw new Refused(404, 'Not Found');
  const rows = dataset.credits(parseDay(day));
  const lines = [...new Set(rows.map(({ login }) => login))].map((login) => {
    const own = rows.filter((row) => row.login === login).map(({ credits }) => parseNanos(credits));
    const used = Number(formatNanos(own.reduce((sum, credits) => sum + credits, 0n)));
    return `${JSON.stringify({ day, user_login: login, user_id: 1, ai_credits_used: used })}\n`;
  });
  return text(lines.join(''));
}

function text(body: string): VendorReply {
  return { status: 200, body, page: 1, headers: { 'content-type': 'text/plain' } };
}

function usageCsv(dataset: GithubDataset, days: readonly Day[]): string {
  const header =
    'date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,net_amount,exceeds_quota,total_monthly_quota,organization,cost_center_name';
  const lines = days.flatMap((day) => dataset.credits(day).map((row) => csvLine(dataset, day, row)));
  return `${[header, ...lines].join('\n')}\n`;
}

function csvLine(dataset: GithubDataset, day: Day, row: GithubCredits): string {
  const centre = dataset.costCenters.find(({ users }) => users.includes(row.login));
  return [
    day,
    row.login,
    'copilot',
    'copilot_ai_credits',
    row.model,
    row.credits,
    'ai-credits',
    '0.01',
    row.grossAmount,
    row.discountAmount,
    row.netAmount,
    'False',
    '1900',
    dataset.organization,
    centre?.name ?? '',
  ].join(',');
}
