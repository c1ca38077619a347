import { type Day, type DayRange, utcDay } from '../../../../core/base/time.js';
import { type AdminKeyConfig, VendorRefusal, type VendorRequest } from '../../../http/http.js';
import { inWindows } from '../../../parts/pull-window.js';
import {
  type AnthropicAccount,
  type AnthropicLists,
  fetchLists,
  openAnthropic,
  type ReportPage,
} from '../account-client.js';
import { CostBuckets, type CostResult, TotalBuckets, UsageBuckets, type UsageResult } from './schema.js';

/** A result and the UTC day of its bucket. */
export type OfDay<T> = T & { readonly day: Day };

/** All that one pull of the legacy reports read. */
export interface LegacyFacts extends AnthropicLists {
  readonly account: AnthropicAccount;
  readonly costs: readonly OfDay<CostResult>[];
  readonly usage: readonly OfDay<UsageResult>[];
  /** Null where the vendor refuses them. */
  readonly totals: readonly OfDay<{ readonly amount: string }>[] | null;
  /** What usage could be grouped by: the vendor does not allow every organisation everything. */
  readonly told: { readonly accounts: boolean; readonly speed: boolean };
}

/** Buckets a page at most, which is also how far one call may span. */
const MAX_DAYS = 31;
const USAGE_GROUPS = [
  'api_key_id',
  'workspace_id',
  'model',
  'service_tier',
  'context_window',
  'inference_geo',
];
const ACCOUNT_GROUPS = ['account_id', 'service_account_id'];
/** Grouping by speed is refused without it. */
const SPEED_HEADER = { 'anthropic-beta': 'fast-mode-2026-02-01' };
/** Tried in this order until one is not refused. */
const TOLD: readonly LegacyFacts['told'][] = [
  { accounts: true, speed: true },
  { accounts: true, speed: false },
  { accounts: false, speed: true },
  { accounts: false, speed: false },
];

/** Reads everything of the range, all pages. Throws what `collectPages` throws. */
export async function fetchLegacy(config: AdminKeyConfig, range: DayRange): Promise<LegacyFacts> {
  const account = openAnthropic(config, { credentialNeeded: 'an Admin API key of the organisation' });
  const read = createReader(account, range);
  const cost = '/v1/organizations/cost_report';
  const costs = await read(cost, CostBuckets, ['workspace_id', 'description']);
  const without = 'The charges stand without keys and people.';
  const { usage, told } = (await account.part({ is: 'weights', without }, () => readUsage(read))) ?? NO_USAGE;
  return {
    account,
    costs,
    usage,
    told,
    totals: await account.part({ is: 'control', without: 'The total could not be checked.' }, () =>
      read(cost, TotalBuckets, []),
    ),
    ...(await fetchLists(account)),
  };
}

interface Bucket<Result> {
  readonly starting_at: string;
  readonly results: readonly Result[];
}
type Read = ReturnType<typeof createReader>;

/** Reads a bucketed report over all parts of the range, results with their day. */
function createReader(account: AnthropicAccount, range: DayRange) {
  return <Result>(
    endpoint: string,
    schema: VendorRequest<ReportPage<Bucket<Result>>>['schema'],
    groups: readonly string[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<readonly OfDay<Result>[]> =>
    inWindows(range, MAX_DAYS, async (part) => {
      const query = [
        ['starting_at', `${part.from}T00:00:00Z`],
        ['ending_at', `${part.to}T00:00:00Z`],
        ['bucket_width', '1d'],
        ['limit', String(MAX_DAYS)],
        ...groups.map((group) => ['group_by[]', group] as const),
      ] as const;
      const buckets = await account.report({ endpoint, query, schema, headers });
      return buckets.flatMap(({ starting_at, results }) => {
        const day = utcDay(Date.parse(starting_at));
        return results.map((result) => ({ ...result, day }));
      });
    });
}

const NO_USAGE: Pick<LegacyFacts, 'usage' | 'told'> = {
  told: { accounts: true, speed: true },
  usage: [],
};

async function readUsage(read: Read): Promise<Pick<LegacyFacts, 'usage' | 'told'>> {
  const endpoint = '/v1/organizations/usage_report/messages';
  for (const [index, told] of TOLD.entries()) {
    const groups = [
      ...USAGE_GROUPS,
      ...(told.accounts ? ACCOUNT_GROUPS : []),
      ...(told.speed ? ['speed'] : []),
    ];
    try {
      const headers = told.speed ? SPEED_HEADER : {};
      return { told, usage: await read(endpoint, UsageBuckets, groups, headers) };
    } catch (error) {
      const refused = error instanceof VendorRefusal && error.status === 400;
      if (!refused || index === TOLD.length - 1) throw error;
    }
  }
  return NO_USAGE;
}
