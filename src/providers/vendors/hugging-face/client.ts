import { AppError } from '../../../core/base/errors.js';
import { addDays, type Day, type DayRange, daysIn, utcDay } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import {
  type AdminKeyConfig,
  createHttpClient,
  type HttpClient,
  type Query,
  VendorRefusal,
  type VendorRequest,
} from '../../http/http.js';
import { askOptional } from '../../http/optional.js';
import { collectPages, linkQuery } from '../../http/pages.js';
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
  readonly inference: readonly (InferenceUsage & { readonly day: Day })[];
  /** All products by day; null where the key may not ask for them. */
  readonly products: ReadonlyMap<Day, ProductAnswer> | null;
  readonly groupUsage: ResourceGroupUsage | null;
  readonly jobs: JobUsage | null;
  /** Null where they could not be listed: then no seat is known to have ended. */
  readonly members: readonly Member[] | null;
  readonly resourceGroups: readonly ResourceGroup[];
  readonly raw: readonly RawResponse[];
  readonly remarks: readonly string[];
}

const SECOND = 1000;
const MS_PER_DAY = 86_400 * SECOND;

interface Asker {
  readonly client: HttpClient;
  readonly raw: RawResponse[];
  /** Of the organisation: `/api/organizations/larkspur`. */
  readonly path: string;
}

/** Reads everything of the range. Throws what `collectPages` throws about money, remarks what else is missing. */
export async function fetchFacts(
  config: AdminKeyConfig & { readonly organization: string },
  range: DayRange,
): Promise<HuggingFaceFacts> {
  const asker = createAsker(config);
  const { path } = asker;
  const remarks: string[] = [];
  const span: Query = [
    ['startDate', `${range.from}T00:00:00.000Z`],
    ['endDate', `${range.to}T00:00:00.000Z`],
  ];
  const inference = await walk(asker, `${path}/billing/usage/inference`, InferencePage, [
    ...span,
    ['limit', '31'],
  ]);
  const optional = <T>(without: string, ask: () => Promise<T>) => askOptional(remarks, without, ask);
  const products = await askRefusable(remarks, () => fetchProducts(asker, range, remarks));
  return {
    inference: inference.flatMap(({ period, usage }) =>
      usage.map((row) => ({ ...row, day: utcDay(Date.parse(period)) })),
    ),
    products,
    groupUsage: await optional('Resource groups could not be compared.', () =>
      ask(asker, `${path}/billing/usage-by-resource-group`, ResourceGroupUsage, span),
    ),
    jobs: await optional("Jobs of the key's own account were not looked at.", () =>
      ask(asker, '/api/settings/billing/usage/jobs', JobUsage, []),
    ),
    members: await optional('Members keep the e-mail addresses known before.', () =>
      walk(asker, `${path}/members`, MemberPage, [['limit', '100']]),
    ),
    resourceGroups:
      (await optional('Resource groups were not listed.', () =>
        walk(asker, `${path}/resource-groups`, ResourceGroupPage, []),
      )) ?? [],
    raw: asker.raw,
    remarks,
  };
}

function createAsker(config: AdminKeyConfig & { readonly organization: string }): Asker {
  const client = createHttpClient(
    {
      vendor: 'Hugging Face',
      source: config.source,
      baseUrl: config.baseUrl ?? 'https://huggingface.co',
      headers: { authorization: `Bearer ${config.adminKey}` },
      credential: config.adminKey,
      credentialNeeded: "an organisation admin's token that may read billing (hf_...)",
      clock: config.clock,
    },
    config.http,
  );
  return { client, raw: [], path: `/api/organizations/${encodeURIComponent(config.organization)}` };
}

async function ask<T>(
  { client, raw }: Asker,
  endpoint: string,
  schema: VendorRequest<T>['schema'],
  query: Query,
): Promise<T> {
  const answer = await client.get({ endpoint, query, schema });
  raw.push(answer.raw);
  return answer.value;
}

async function walk<Item>(
  { client, raw }: Asker,
  endpoint: string,
  schema: VendorRequest<Item[]>['schema'],
  query: Query,
): Promise<readonly Item[]> {
  const walked = await collectPages(client, { endpoint, query, schema }, (_, headers) => linkQuery(headers));
  raw.push(...walked.raw);
  return walked.pages.flat();
}

/** The products are money: only a refusal of the whole endpoint is taken, never an unknown form. */
async function askRefusable<T>(remarks: string[], asking: () => Promise<T>): Promise<T | null> {
  try {
    return await asking();
  } catch (error) {
    if (!(error instanceof VendorRefusal) || (error.status !== 403 && error.status !== 404)) throw error;
    remarks.push(
      `${error.message} Only inference is in the ledger, rounded to cents; Spaces, Endpoints, Jobs and storage are not.`,
    );
    return null;
  }
}

/**
 * One call a day. Whether the vendor wants its dates in seconds or milliseconds differs by report: seconds first,
 * and the period that comes back must be the day that was asked for.
 */
async function fetchProducts(
  asker: Asker,
  range: DayRange,
  remarks: string[],
): Promise<ReadonlyMap<Day, ProductAnswer>> {
  const days = new Map<Day, ProductAnswer>();
  let unit: number | null = null;
  let unverified = 0;
  for (const day of daysIn(range)) {
    const tries: readonly number[] = unit === null ? [SECOND, 1] : [unit];
    const found = await firstOfDay(asker, day, tries);
    unit = found.unit;
    if (found.answer.period === null) unverified++;
    days.set(day, found.answer);
  }
  if (unverified > 0)
    remarks.push(
      `Hugging Face did not say for which period its product totals are (${unverified} of ${days.size} calls).`,
    );
  return days;
}

async function firstOfDay(
  asker: Asker,
  day: Day,
  units: readonly number[],
): Promise<{ readonly unit: number; readonly answer: ProductAnswer }> {
  const endpoint = `${asker.path}/billing/usage-v2`;
  let last: unknown = null;
  for (const unit of units) {
    const instant = (of: Day) => String(Date.parse(`${of}T00:00:00Z`) / unit);
    const query: Query = [
      ['startDate', instant(day)],
      ['endDate', instant(addDays(day, 1))],
    ];
    try {
      const answer = await ask(asker, endpoint, ProductAnswer, query);
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
