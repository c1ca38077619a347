import type { DayRange } from '../../../core/base/time.js';
import type { AdminKeyConfig, Query, VendorRequest } from '../../http/http.js';
import { inWindows } from '../../parts/pull-window.js';
import {
  ADMIN_KEY,
  type AnthropicAccount,
  type AnthropicLists,
  fetchLists,
  openAnthropic,
  type ReportPage,
  USAGE,
} from './account-client.js';
import { earliest } from './freshness.js';
import {
  CostPage,
  type CostRow,
  type Detail,
  DetailCostPage,
  type DetailCostRow,
  DetailUsagePage,
  type DetailUsageRow,
  TotalPage,
  type TotalRow,
  UsagePage,
  type UsageRow,
} from './schema.js';

/** The rows that tell one further dimension. */
export interface DetailFacts {
  readonly detail: Detail;
  readonly costs: readonly DetailCostRow[];
  readonly usage: readonly DetailUsageRow[];
}

/** All that one pull read. */
export interface AnthropicFacts extends AnthropicLists {
  readonly account: AnthropicAccount;
  readonly costs: readonly CostRow[];
  /** Null when this credential may not ask for usage: the money stands without quantities then. */
  readonly usage: readonly UsageRow[] | null;
  readonly details: readonly DetailFacts[];
  /** Ungrouped daily totals of the same money; null where the vendor refuses them. */
  readonly totals: readonly TotalRow[] | null;
  /** Earliest `data_refreshed_at` of any answer; null when the vendor gave none. */
  readonly refreshedAtMs: number | null;
}

const ANALYTICS = '/v1/organizations/analytics';
const MAX_SPAN_DAYS = 31;
/** At most five; `cost_type` and `token_type` do not count. */
const DIMENSIONS = ['actor', 'api_key_id', 'workspace_id', 'model', 'service_tier'];
/** The workspace makes room for one further dimension: a key has one, so it is hardly ever missed. */
const DETAIL_DIMENSIONS = DIMENSIONS.filter((name) => name !== 'workspace_id');
const COST_DIMENSIONS = ['token_type', 'cost_type'];

/** Reads everything of the range, all pages. Throws what `collectPages` throws. */
export async function fetchFacts(
  config: AdminKeyConfig,
  range: DayRange,
  details: readonly Detail[],
): Promise<AnthropicFacts> {
  const beta = 'analytics-usage-cost-2026-08-24';
  const account = openAnthropic(config, { beta, credentialNeeded: ADMIN_KEY });
  const read = createReader(account, range);
  const costs = await read('cost', CostPage, [...DIMENSIONS, ...COST_DIMENSIONS]);
  const usage = await account.part(USAGE, () => read('usage', UsagePage, DIMENSIONS));
  const found: DetailFacts[] = [];
  for (const detail of details) {
    const dimensions = [...DETAIL_DIMENSIONS, detail];
    const without = `The charges do not tell ${detail}.`;
    const told = await account.part({ is: 'weights', without }, async () => ({
      detail,
      costs: await read('cost', DetailCostPage, [...dimensions, ...COST_DIMENSIONS]),
      usage: usage === null ? [] : await read('usage', DetailUsagePage, dimensions),
    }));
    if (told !== null) found.push(told);
  }
  return {
    account,
    costs,
    usage,
    details: found,
    totals: await account.part({ is: 'control', without: 'The total could not be checked.' }, () =>
      read('cost', TotalPage, []),
    ),
    refreshedAtMs: earliest(account.refreshedAt),
    ...(await fetchLists(account)),
  };
}

type PageSchema<Row> = VendorRequest<ReportPage<Row>>['schema'];

/** Reads a report over all parts of the range. */
function createReader(account: AnthropicAccount, range: DayRange) {
  return <Row>(
    report: 'cost' | 'usage',
    schema: PageSchema<Row>,
    dimensions: readonly string[],
  ): Promise<readonly Row[]> =>
    inWindows(range, MAX_SPAN_DAYS, (part) =>
      account.report({ endpoint: `${ANALYTICS}/${report}`, query: analyticsQuery(part, dimensions), schema }),
    );
}

function analyticsQuery(part: DayRange, dimensions: readonly string[]): Query {
  return [
    ['starting_at', `${part.from}T00:00:00Z`],
    ['ending_at', `${part.to}T00:00:00Z`],
    ['time_bucket_width', '1d'],
    ['order_by', 'time'],
    ['limit', '1000'],
    // `exclude_deleted_users` stays away: it would drop the cost of former staff.
    ...dimensions.map((dimension) => ['group_by[]', dimension] as const),
  ];
}
