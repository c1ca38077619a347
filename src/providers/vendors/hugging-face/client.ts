import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, daysIn, utcDay } from '../../../core/base/time.js';
import { openAccount, type Part, type VendorAccess, type VendorProfile } from '../../http/account.js';
import { type AdminKeyConfig, type Query, VendorRefusal, type VendorRequest } from '../../http/http.js';
import { byLink } from '../../http/pages.js';
import {
  InferencePage,
  type InferenceUsage,
  JobUsage,
  type Member,
  MemberPage,
  ProductAnswer,
  type ResourceGroup,
  ResourceGroupPage,
  ResourceGroupUsage,
} from './schema.js';

/** All that one pull read. */
export interface HuggingFaceFacts {
  readonly account: VendorAccess;
  readonly inference: readonly (InferenceUsage & { readonly day: Day })[];
  /** All products by day; null where the key may not ask for them. */
  readonly products: ReadonlyMap<Day, ProductAnswer> | null;
  readonly groupUsage: ResourceGroupUsage | null;
  readonly jobs: JobUsage | null;
  /** Null where they could not be listed: then no seat is known to have ended. */
  readonly members: readonly Member[] | null;
  readonly resourceGroups: readonly ResourceGroup[];
}

const SECOND = 1000;
const MS_PER_DAY = 86_400 * SECOND;

const PROFILE: VendorProfile = {
  vendor: 'Hugging Face',
  address: 'https://huggingface.co',
  credentialNeeded: "an organisation admin's token that may read billing (hf_...)",
};

const PRODUCTS: Part = {
  is: 'money',
  without:
    'Only inference would be in the ledger, rounded to cents; Spaces, Endpoints, Jobs and storage would not.',
};

/** Reads everything of the range. Throws what `collectPages` throws about money, remarks what else is missing. */
export async function fetchFacts(
  config: AdminKeyConfig & { readonly organization: string; readonly seatsMatter: boolean },
  range: DayRange,
): Promise<HuggingFaceFacts> {
  const account = openAccount(config, PROFILE);
  const path = `/api/organizations/${encodeURIComponent(config.organization)}`;
  const span: Query = [
    ['startDate', `${range.from}T00:00:00.000Z`],
    ['endDate', `${range.to}T00:00:00.000Z`],
  ];
  const inference = await walk(account, `${path}/billing/usage/inference`, InferencePage, [
    ...span,
    ['limit', '31'],
  ]);
  const optional = <T>(is: Part['is'], without: string, ask: () => Promise<T>) =>
    account.part({ is, without }, ask);
  const products = await account.part(PRODUCTS, () =>
    fetchProducts(account, `${path}/billing/usage-v2`, range),
  );
  return {
    account,
    inference: inference.flatMap(({ period, usage }) =>
      usage.map((row) => ({ ...row, day: utcDay(Date.parse(period)) })),
    ),
    products,
    groupUsage: await optional('control', 'Resource groups could not be compared.', () =>
      account.get({
        endpoint: `${path}/billing/usage-by-resource-group`,
        query: span,
        schema: ResourceGroupUsage,
      }),
    ),
    jobs: await optional('control', "Jobs of the key's own account were not looked at.", () =>
      account.get({ endpoint: '/api/settings/billing/usage/jobs', schema: JobUsage }),
    ),
    members: await optional(
      config.seatsMatter ? 'money' : 'names',
      'Members and seats are those known before.',
      () => walk(account, `${path}/members`, MemberPage, [['limit', '100']]),
    ),
    resourceGroups:
      (await optional('names', 'Resource groups were not listed.', () =>
        walk(account, `${path}/resource-groups`, ResourceGroupPage, []),
      )) ?? [],
  };
}

async function walk<Item>(
  account: VendorAccess,
  endpoint: string,
  schema: VendorRequest<Item[]>['schema'],
  query: Query,
): Promise<readonly Item[]> {
  return (await account.pages({ endpoint, query, schema }, byLink)).flat();
}

/**
 * One call a day. Whether the vendor wants its dates in seconds or milliseconds differs by report: seconds first,
 * and the period that comes back must be the day that was asked for.
 */
async function fetchProducts(
  account: VendorAccess,
  endpoint: string,
  range: DayRange,
): Promise<ReadonlyMap<Day, ProductAnswer>> {
  const days = new Map<Day, ProductAnswer>();
  let unit: number | null = null;
  let unverified = 0;
  for (const day of daysIn(range)) {
    const tries: readonly number[] = unit === null ? [SECOND, 1] : [unit];
    const found = await firstOfDay(account, { endpoint, day }, tries);
    unit = found.unit;
    if (found.answer.period === null) unverified++;
    days.set(day, found.answer);
  }
  if (unverified > 0)
    account.remarks.push(
      `Hugging Face did not say for which period its product totals are (${unverified} of ${days.size} calls).`,
    );
  return days;
}

async function firstOfDay(
  account: VendorAccess,
  { endpoint, day }: { readonly endpoint: string; readonly day: Day },
  units: readonly number[],
): Promise<{ readonly unit: number; readonly answer: ProductAnswer }> {
  let last: unknown = null;
  for (const unit of units) {
    const instant = (of: Day) => String(Date.parse(`${of}T00:00:00Z`) / unit);
    const query: Query = [
      ['startDate', instant(day)],
      ['endDate', instant(addDays(day, 1))],
    ];
    try {
      const answer = await account.get({ endpoint, query, schema: ProductAnswer });
      if (isOfDay(answer, day)) return { unit, answer };
      const { start, end } = answer.period ?? { start: 'nothing', end: 'nothing' };
      last = new AppError(
        'upstream',
        `Hugging Face answered ${endpoint} for ${start} to ${end} instead of ${day}. Nothing was stored.`,
      );
    } catch (error) {
      if (!(error instanceof VendorRefusal) || error.status !== 400) throw error;
      last = error;
    }
  }
  throw last;
}

function isOfDay({ period }: ProductAnswer, day: Day): boolean {
  if (period === null) return true;
  const [start, end] = [Date.parse(period.start), Date.parse(period.end)];
  const from = Date.parse(`${day}T00:00:00Z`);
  return start >= from && end >= start && end - from <= MS_PER_DAY;
}
