import { z } from 'zod';
import { Count, Decimal, Id, Price } from '../../parts/amounts.js';

/** Settings of a source of this kind. */
export const HuggingFaceOptions = z.strictObject({
  /** The organisation's name, as in huggingface.co/NAME. */
  organization: z
    .string()
    .regex(/^[\w.-]+$/, 'must be the name of the organisation as in huggingface.co/NAME'),
  /** Dollars per seat and month, from the contract. */
  seatPrice: Price.optional(),
});
export type HuggingFaceOptions = z.infer<typeof HuggingFaceOptions>;

const Instant = z.iso.datetime({ offset: true });

export const InferenceUsage = z.object({
  /** Null: nobody is named. */
  user: z.union([
    z.string().nullable(),
    z
      .object({ user: z.string().nullish(), name: z.string().nullish() })
      .transform(({ user, name }) => user ?? name ?? null),
  ]),
  model: z.string().nullable(),
  provider: z.string(),
  requestCount: Count,
  /** Rounded by the vendor, row by row: tiny requests read 0. */
  costCents: Decimal,
  inputTokens: Count.nullish(),
  outputTokens: Count.nullish(),
});
export type InferenceUsage = z.infer<typeof InferenceUsage>;

/** `GET /api/organizations/{name}/billing/usage/inference`: one period is one UTC day. */
export const InferencePage = z.array(z.object({ period: Instant, usage: z.array(InferenceUsage) }));

const Bound = z.union([z.string(), z.number()]).nullish();
/** Compared with what was asked for: an instant out of all bounds is a wrong answer, not a wrong form. */
const Period = z.looseObject({
  periodStart: Bound,
  periodEnd: Bound,
  start: Bound,
  end: Bound,
  startDate: Bound,
  endDate: Bound,
});

/** Texts are instants as they are; numbers are Unix seconds, or milliseconds when they are too large for seconds. */
function toInstant(bound: string | number | null | undefined): string | null {
  if (typeof bound !== 'number') return bound ?? null;
  const ms = bound < 100_000_000_000 ? bound * 1000 : bound;
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(bound);
}

/** The spellings of a cost: third-party clients and the OpenAPI document have four. */
interface CostFields {
  readonly totalCostMicroUSD?: string | null | undefined;
  readonly totalCostMicroUsd?: string | null | undefined;
  readonly usedMicroUsd?: string | null | undefined;
  readonly usedNanoUsd?: string | null | undefined;
}

/** The cost of a row: a decimal and the power of ten that makes it dollars; null when it has none that is known. */
export function costOf(row: CostFields): { readonly text: string; readonly shift: number } | null {
  const micro = row.totalCostMicroUSD ?? row.totalCostMicroUsd ?? row.usedMicroUsd;
  if (micro !== null && micro !== undefined) return { text: micro, shift: -6 };
  return row.usedNanoUsd ? { text: row.usedNanoUsd, shift: -9 } : null;
}

/** One product's row. */
const ProductUsage = z
  .looseObject({
    product: z.string().nullish(),
    productPrettyName: z.string().nullish(),
    label: z.string().nullish(),
    entityId: Id.nullish(),
    quantity: Count.nullish(),
    unitLabel: z.string().nullish(),
    freeGrant: z.boolean().nullish(),
    totalCostMicroUSD: Decimal.nullish(),
    totalCostMicroUsd: Decimal.nullish(),
    usedMicroUsd: Decimal.nullish(),
    usedNanoUsd: Decimal.nullish(),
    numRequests: Count.nullish(),
    periodStart: z.string().nullish(),
    periodEnd: z.string().nullish(),
  })
  .refine((row) => costOf(row) !== null, 'holds no cost that is known (totalCostMicroUSD, usedNanoUsd ...)');

/**
 * `GET /api/organizations/{name}/billing/usage-v2`: all products, as a list or by product, with the period that the
 * answer is for where the vendor says so.
 */
export const ProductAnswer = z.preprocess(
  (body) => (Array.isArray(body) ? { usage: body } : body),
  z
    .looseObject({
      ...Period.shape,
      period: Period.nullish(),
      usage: z.union([
        z.array(ProductUsage),
        z.record(z.string(), z.union([z.array(ProductUsage), ProductUsage])),
      ]),
    })
    .transform(({ period, usage, ...top }) => {
      const named = Array.isArray(usage)
        ? usage.map((row) => ['other', row] as const)
        : Object.entries(usage).flatMap(([name, rows]) => [rows].flat().map((row) => [name, row] as const));
      const rows = named.map(([name, row]) => ({ ...row, product: row.product ?? name, group: name }));
      const own = rows.find((row) => row.periodStart && row.periodEnd);
      const said = period ?? top;
      const start = toInstant(said.periodStart ?? said.start ?? said.startDate ?? own?.periodStart);
      const end = toInstant(said.periodEnd ?? said.end ?? said.endDate ?? own?.periodEnd);
      return { rows, period: start === null || end === null ? null : { start, end } };
    }),
);
export type ProductAnswer = z.infer<typeof ProductAnswer>;

/** `GET /api/organizations/{name}/billing/usage-by-resource-group`: the form is not documented, so what fits is taken. */
export const ResourceGroupUsage = z.preprocess(
  firstList,
  z.array(
    z
      .looseObject({
        resourceGroup: z
          .union([z.string(), z.looseObject({ id: Id.nullish(), name: z.string().nullish() })])
          .nullish(),
        resourceGroupName: z.string().nullish(),
        resourceGroupId: Id.nullish(),
        name: z.string().nullish(),
        totalCostMicroUSD: Decimal.nullish(),
        totalCostMicroUsd: Decimal.nullish(),
        usedMicroUsd: Decimal.nullish(),
        usedNanoUsd: Decimal.nullish(),
      })
      .refine((row) => costOf(row) !== null, 'holds no cost that is known'),
  ),
);
export type ResourceGroupUsage = z.infer<typeof ResourceGroupUsage>;

function firstList(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.values(body).find(Array.isArray) ?? body;
}

/** `GET /api/settings/billing/usage/jobs`: jobs billed to the account of the key itself, in the present period. */
export const JobUsage = z.object({
  usage: z.object({ usedMicroUsd: Decimal, jobDetails: z.array(z.unknown()) }).nullish(),
});
export type JobUsage = z.infer<typeof JobUsage>;

export const Member = z
  .object({
    user: z.string().nullish(),
    name: z.string().nullish(),
    fullname: z.string().nullish(),
    email: z.string().nullish(),
    role: z.string().nullish(),
    type: z.string().nullish(),
  })
  .transform(({ user, name, ...rest }, context) => {
    const login = user ?? name;
    if (login) return { ...rest, login };
    context.addIssue({ code: 'custom', message: 'names no user' });
    return z.NEVER;
  });
export type Member = z.infer<typeof Member>;
/** `GET /api/organizations/{name}/members`. */
export const MemberPage = z.array(Member);

export const ResourceGroup = z.object({ id: Id, name: z.string() });
export type ResourceGroup = z.infer<typeof ResourceGroup>;
/** `GET /api/organizations/{name}/resource-groups`. */
export const ResourceGroupPage = z.array(ResourceGroup);
