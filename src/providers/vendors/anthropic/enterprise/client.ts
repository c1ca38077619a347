import { addDays, type Day, type DayRange, utcDay } from '../../../../core/base/time.js';
import type { RawResponse } from '../../../../core/sources/feed.js';
import type { AdminKeyConfig, Query, VendorRequest } from '../../../http/http.js';
import { splitRange } from '../../../parts/pull-window.js';
import {
  type AnthropicClient,
  createAnthropicClient,
  fetchOrganization,
  ifAllowed,
  type ReportPage,
} from '../account-client.js';
import { earliest } from '../freshness.js';
import type { Organization } from '../schema.js';
import {
  type Activity,
  ActivityPage,
  CostBuckets,
  type SpendLimit,
  SpendLimitPage,
  SummaryPage,
  type UserCost,
  UserCostPage,
  type UserUsage,
  UserUsagePage,
} from './schema.js';

/** All cost of a product on a day, whoever caused it. */
export interface ProductTotal {
  readonly day: Day;
  readonly product: string | null;
  readonly amount: string;
  readonly list_amount: string;
  readonly currency: string;
}

/** All that one pull of the Claude Enterprise reports read; null for what this key may not ask. */
export interface EnterpriseFacts {
  readonly organization: Organization | null;
  readonly costs: readonly UserCost[];
  readonly usage: readonly UserUsage[] | null;
  readonly totals: readonly ProductTotal[] | null;
  readonly assignedSeats: number | null;
  readonly activity: readonly Activity[] | null;
  readonly limits: readonly SpendLimit[] | null;
  readonly refreshedAtMs: number | null;
  readonly raw: readonly RawResponse[];
}

const ANALYTICS = '/v1/organizations/analytics';
const MAX_SPAN_DAYS = 31;
/** How far back a last activity is looked for. */
const ACTIVITY_DAYS = 90;
const FIRST_DAY = '2026-01-01';

/** Reads everything of the range, all pages. Throws what `collectPages` throws. */
export async function fetchEnterprise(
  config: AdminKeyConfig,
  range: DayRange,
  today: Day,
): Promise<EnterpriseFacts> {
  const client = createAnthropicClient(config, {
    credentialNeeded:
      'an analytics key with scope read:analytics, which the Primary Owner creates in claude.ai',
  });
  const read = createReader(client, splitRange(range, MAX_SPAN_DAYS));
  const costGroups = ['product', 'model', 'cost_type', 'token_type'];
  const costs = await read('user_cost_report', UserCostPage, [...by(costGroups), ['limit', '1000']]);
  const usage = await ifAllowed(() =>
    read('user_usage_report', UserUsagePage, [...by(['product', 'model']), ['limit', '1000']]),
  );
  const buckets = await ifAllowed(() =>
    read('cost_report', CostBuckets, [...by(['product']), ['limit', '31']]),
  );
  return {
    costs,
    usage,
    totals:
      buckets === null
        ? null
        : buckets.flatMap(({ starting_at, results }) =>
            results.map((result) => ({
              ...result,
              day: utcDay(Date.parse(starting_at)),
              product: result.product ?? null,
            })),
          ),
    ...(await fetchSeats(client, today)),
    refreshedAtMs: earliest(client.refreshedAt),
    organization: await fetchOrganization(client),
    raw: client.raw,
  };
}

function by(groups: readonly string[]): Query {
  return groups.map((group) => ['group_by[]', group] as const);
}

/** Reads a report by day over all parts of the range. */
function createReader(client: AnthropicClient, parts: readonly DayRange[]) {
  return async <Row>(
    report: string,
    schema: VendorRequest<ReportPage<Row>>['schema'],
    rest: Query,
  ): Promise<readonly Row[]> => {
    const rows: (readonly Row[])[] = [];
    for (const part of parts) {
      const query: Query = [
        ['starting_at', `${part.from}T00:00:00Z`],
        ['ending_at', `${part.to}T00:00:00Z`],
        ['bucket_width', '1d'],
        // `exclude_deleted_users` stays away: it would drop the cost of former staff.
        ...rest,
      ];
      rows.push(await client.report({ endpoint: `${ANALYTICS}/${report}`, query, schema }));
    }
    return rows.flat();
  };
}

/** Who has a seat and when they were last active: whatever of it this key may read. */
async function fetchSeats(
  client: AnthropicClient,
  today: Day,
): Promise<Pick<EnterpriseFacts, 'assignedSeats' | 'activity' | 'limits'>> {
  const back = addDays(today, -ACTIVITY_DAYS);
  const since = back < FIRST_DAY ? FIRST_DAY : back;
  const summaries = await ifAllowed(() =>
    client.report({
      endpoint: `${ANALYTICS}/summaries`,
      query: [['starting_date', addDays(today, -7)]],
      schema: SummaryPage,
    }),
  );
  const activity = await ifAllowed(() =>
    client.report<Activity>({
      endpoint: `${ANALYTICS}/users`,
      query: [
        ['starting_date', since],
        ['limit', '100'],
      ],
      schema: ActivityPage,
    }),
  );
  const limits = await ifAllowed(() =>
    client.report<SpendLimit>({
      endpoint: '/v1/organizations/spend_limits/effective',
      query: [['limit', '100']],
      schema: SpendLimitPage,
      headers: { 'anthropic-beta': 'spend-limit-reads-2026-09-26' },
    }),
  );
  const latest = summaries?.toSorted((a, b) => (a.starting_at < b.starting_at ? -1 : 1)).at(-1);
  return { assignedSeats: latest?.assigned_seat_count ?? null, activity, limits };
}
