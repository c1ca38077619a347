import { z } from 'zod';
import { type Day, utcDay } from '../../../core/base/time.js';
import { Count, Decimal, exactProduct, Id } from '../../parts/amounts.js';

/** One line of a month's usage: money of a category, of one day where the vendor dates it. */
export interface UsageLine {
  readonly category: string;
  /** What is metered, mostly a model; null: the category as a whole. */
  readonly metric: string | null;
  /** `input`, `output`, `cached` ... */
  readonly group: string | null;
  readonly day: Day | null;
  /** A decimal of the answer's currency; null: used and to be paid, but without a price. */
  readonly cost: string | null;
  readonly quantity: number | null;
  readonly unit: string | null;
}

const Price = z.object({
  event_type: z.string().nullish(),
  billing_metric: z.string().nullish(),
  billing_group: z.string().nullish(),
  price: Decimal,
});
type Price = z.infer<typeof Price>;

const Entry = z
  .object({
    event_type: z.string().nullish(),
    billing_metric: z.string().nullish(),
    billing_group: z.string().nullish(),
    timestamp: z.string().nullish(),
    value: Decimal.nullish(),
    /** What of `value` is to be paid. */
    value_paid: Decimal.nullish(),
  })
  .refine(({ value, value_paid: paid }) => (paid ?? value ?? null) !== null);
type Entry = z.infer<typeof Entry>;

/** Names that say what the answer is about, not what was used. */
const FRAME = new Set([
  'period',
  'object',
  'currency',
  'currency_symbol',
  'start_date',
  'end_date',
  'date',
  'month',
  'year',
  'previous_month',
  'next_month',
  'prices',
  'workspace_id',
  'organization_id',
]);
const COSTS = ['cost', 'total_cost', 'amount', 'total_amount', 'total'];
const TOTALS = new Set(['total', 'total_cost', 'total_amount', 'cost', 'amount']);

/**
 * `GET /v1/admin/usage?month&year&workspace_id` (docs.mistral.ai/admin/admin-api/usage-metrics): the categories, the
 * period and the currency are documented, their form is not. Taken are: a category as an amount; as an object with a
 * cost; and, as the console's own API has it, entries by model with quantities and dates beside a list of prices.
 * Any other form is refused by name: money is never guessed.
 */
export const UsageAnswer = z
  .looseObject({
    currency: z.string().regex(/^[A-Za-z]{3}$/, 'not a currency'),
    start_date: z.string().nullish(),
    end_date: z.string().nullish(),
    prices: z.array(Price).nullish(),
    period: z.looseObject({ start_date: z.string().nullish() }).nullish(),
    usage: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).nullish(),
  })
  .transform((answer, context) => {
    const { currency, prices, usage, ...rest } = answer;
    const start = rest.start_date ?? rest.period?.start_date;
    const lines: UsageLine[] = [];
    let total: string | null = null;
    for (const [category, value] of Array.isArray(usage)
      ? usage.map(byName)
      : Object.entries(usage ?? rest)) {
      const stated = TOTALS.has(category) ? Decimal.safeParse(value) : null;
      if (stated?.success === true) total = stated.data;
      if (FRAME.has(category) || stated !== null) continue;
      const read = readCategory(category, value, prices ?? []);
      if (read !== null) lines.push(...read);
      else context.addIssue({ code: 'custom', path: [category], message: 'holds no cost that is known' });
    }
    return { currency: currency.toUpperCase(), startDate: start ?? null, total, lines };
  });
export type UsageAnswer = z.infer<typeof UsageAnswer>;

const Named = z.object({
  category: z.string().nullish(),
  type: z.string().nullish(),
  name: z.string().nullish(),
});

/** An element of a list of categories under its own name. */
function byName(element: unknown): readonly [string, unknown] {
  const parsed = Named.safeParse(element);
  const { category, type, name } = parsed.success ? parsed.data : {};
  return [category ?? type ?? name ?? 'usage', element];
}

/** Null: the value has none of the known forms. */
function readCategory(
  category: string,
  value: unknown,
  prices: readonly Price[],
  isWhole = true,
): readonly UsageLine[] | null {
  if (value === null || value === undefined) return [];
  const whole = { category, metric: null, group: null, day: null, quantity: null, unit: null };
  const amount = Decimal.safeParse(value);
  if (amount.success) return [{ ...whole, cost: amount.data }];
  if (typeof value !== 'object') return null;
  const entry = Entry.safeParse(value);
  if (entry.success) return [toLine(category, entry.data, prices)];
  const cost = directCost(value);
  if (cost !== null) return [{ ...whole, cost }];
  // A category that is there without anything in it tells no cost: nothing used is an empty list, or zero.
  if (isWhole && !Array.isArray(value) && Object.keys(value).length === 0) return null;
  const parts = Object.values(value).map((part: unknown) =>
    // A bare number inside an object may be anything: tokens, pages, money.
    typeof part === 'object' ? readCategory(category, part, prices, false) : null,
  );
  return parts.every((part) => part !== null) ? parts.flat() : null;
}

function directCost(value: object): string | null {
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const name of COSTS) {
    const parsed = Decimal.safeParse(fields.get(name));
    if (parsed.success) return parsed.data;
  }
  return null;
}

function toLine(category: string, entry: Entry, prices: readonly Price[]): UsageLine {
  const paid = entry.value_paid ?? entry.value ?? '0';
  const atMs = Date.parse(entry.timestamp ?? '');
  const price = prices.find(
    (one) =>
      one.billing_metric === entry.billing_metric &&
      one.billing_group === entry.billing_group &&
      (one.event_type ?? entry.event_type) === entry.event_type,
  );
  const free = Number(paid) === 0;
  return {
    category,
    metric: entry.billing_metric ?? null,
    group: entry.billing_group ?? null,
    day: Number.isNaN(atMs) ? null : utcDay(atMs),
    cost: price === undefined ? (free ? '0' : null) : exactProduct(paid, price.price),
    quantity: Count.parse(entry.value ?? paid),
    unit: /token/i.test(entry.event_type ?? '') ? 'Tokens' : 'Units',
  };
}

export const Workspace = z
  .object({ id: Id.nullish(), uuid: Id.nullish(), workspace_id: Id.nullish(), name: z.string().nullish() })
  .transform(({ id, uuid, workspace_id: other, name }, context) => {
    const known = id ?? uuid ?? other;
    if (known) return { id: known, name: name ?? null };
    context.addIssue({ code: 'custom', message: 'names no id' });
    return z.NEVER;
  });
export type Workspace = z.infer<typeof Workspace>;

/** `GET /v1/admin/workspaces`: the envelope is not documented; the first list in it is taken. */
export const WorkspaceList = z.preprocess(
  (body) =>
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (Object.values(body).find(Array.isArray) ?? body)
      : body,
  z.array(Workspace),
);
