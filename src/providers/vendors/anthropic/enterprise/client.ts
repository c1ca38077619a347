import { addDays, type Day, type DayRange, utcDay } from '../../../../core/base/time.js';
import type { Part } from '../../../http/account.js';
import type { AdminKeyConfig, Query, VendorRequest } from '../../../http/http.js';
import { inWindows } from '../../../parts/pull-window.js';
import {
  type AnthropicAccount,
  fetchOrganization,
  openAnthropic,
  type ReportPage,
  USAGE,
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
  readonly account: AnthropicAccount;
  readonly organization: Organization | null;
  readonly costs: readonly UserCost[];
  readonly usage: readonly UserUsage[] | null;
  readonly totals: readonly ProductTotal[] | null;
  readonly assignedSeats: number | null;
  readonly activity: readonly Activity[] | null;
  readonly limits: readonly SpendLimit[] | null;
  readonly refreshedAtMs: number | null;
}

const ANALYTICS = '/v1/organizations/analytics';
const MAX_SPAN_DAYS = 31;
/** How far back a last activity is looked for. */
const ACTIVITY_DAYS = 90;
const FIRST_DAY = '2026-01-01';
const ALL_COST: Part = {
  is: 'money',
  without: 'Cost without a user (Code Review, Claude Tag ...) would be missing.',
};
/** Who has a seat: what an earlier pull listed stays. */
const SEATS: Part = { is: 'names', without: null };

/** Reads everything of the range, all pages. Throws what `collectPages` throws. */
export async function fetchEnterprise(
  config: AdminKeyConfig,
  range: DayRange,
  today: Day,
): Promise<EnterpriseFacts> {
  const account = openAnthropic(config, {
    credentialNeeded:
      'an analytics key with scope read:analytics, which the Primary Owner creates in claude.ai',
  });
  const read = createReader(account, range);
  const costGroups = ['product', 'model', 'cost_type', 'token_type'];
  const costs = await read('user_cost_report', UserCostPage, [...by(costGroups), ['limit', '1000']]);
  const usage = await account.part(USAGE, () =>
    read('user_usage_report', UserUsagePage, [...by(['product', 'model']), ['limit', '1000']]),
  );
  const buckets = await account.part(ALL_COST, () =>
    read('cost_report', CostBuckets, [...by(['product']), ['limit', '31']]),
  );
  return {
    account,
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
    ...(await fetchSeats(account, today)),
    refreshedAtMs: earliest(account.refreshedAt),
    organization: await fetchOrganization(account),
  };
}

function by(groups: readonly string[]): Query {
  return groups.map((group) => ['group_by[]', group] as const);
}

/** Reads a report by day over all parts of the range. */
function createReader(account: AnthropicAccount, range: DayRange) {
  return <Row>(
    report: string,
    schema: VendorRequest<ReportPage<Row>>['schema'],
    rest: Query,
  ): Promise<readonly Row[]> =>
    inWindows(range, MAX_SPAN_DAYS, (part) => {
      const query: Query = [
        ['starting_at', `${part.from}T00:00:00Z`],
        ['ending_at', `${part.to}T00:00:00Z`],
        ['bucket_width', '1d'],
        // `exclude_deleted_users` stays away: it would drop the cost of former staff.
        ...rest,
      ];
      return account.report({ endpoint: `${ANALYTICS}/${report}`, query, schema });
    });
}

/** Who has a seat and when they were last active: whatever of it this key may read. */
async function fetchSeats(
  account: AnthropicAccount,
  today: Day,
): Promise<Pick<EnterpriseFacts, 'assignedSeats' | 'activity' | 'limits'>> {
  const back = addDays(today, -ACTIVITY_DAYS);
  const since = back < FIRST_DAY ? FIRST_DAY : back;
  const summaries = await account.part(SEATS, () =>
    account.report({
      endpoint: `${ANALYTICS}/summaries`,
      query: [['starting_date', addDays(today, -7)]],
      schema: SummaryPage,
    }),
  );
  const activity = await account.part(SEATS, () =>
    account.report<Activity>({
      endpoint: `${ANALYTICS}/users`,
      query: [
        ['starting_date', since],
        ['limit', '100'],
      ],
      schema: ActivityPage,
    }),
  );
  const limits = await account.part(SEATS, () =>
    account.report<SpendLimit>({
      endpoint: '/v1/organizations/spend_limits/effective',
      query: [['limit', '100']],
      schema: SpendLimitPage,
      headers: { 'anthropic-beta': 'spend-limit-reads-2026-09-26' },
    }),
  );
  const latest = summaries?.toSorted((a, b) => (a.starting_at < b.starting_at ? -1 : 1)).at(-1);
  return { assignedSeats: latest?.assigned_seat_count ?? null, activity, limits };
}
