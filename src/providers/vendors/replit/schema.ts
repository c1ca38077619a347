import { z } from 'zod';
import { Count, Decimal, Id } from '../../parts/amounts.js';

const Metric = z.object({
  id: z.string(),
  name: z.string().nullish(),
  category: z.string().nullish(),
  usage: Count.nullish(),
  usageUnit: z.string().nullish(),
  costUsd: Decimal,
});

export const UsageGroup = z.object({
  key: z.object({ userId: Id.nullish(), projectId: Id.nullish() }),
  totalCostUsd: Decimal,
  metrics: z.array(Metric),
});
export type UsageGroup = z.infer<typeof UsageGroup>;

const Pagination = z.object({ nextCursor: z.string().nullish() });

/** `GET /v1/usage?groupBy=...` (docs.replit.com/teams/admin-api.md): gross ledger cost in dollars. */
export const UsagePage = z
  .object({ data: z.object({ groups: z.array(UsageGroup), pagination: Pagination.nullish() }) })
  .transform(({ data }) => ({ items: data.groups, nextCursor: data.pagination?.nextCursor ?? null }));

const Envelope = z.object({
  data: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  pagination: Pagination.nullish(),
});

/**
 * A directory page. The envelope is not documented: the list may be `data` itself or stand inside it under the
 * endpoint's own name, the cursor beside either.
 */
const listing = <T extends z.ZodType>(item: T, name: string) =>
  z.preprocess(
    (body) => {
      const parsed = Envelope.safeParse(body);
      if (!parsed.success) return body;
      const { data, pagination } = parsed.data;
      if (Array.isArray(data)) return { items: data, nextCursor: pagination?.nextCursor ?? null };
      const inner = Pagination.safeParse(data['pagination']);
      const nextCursor = (inner.success ? inner.data : pagination)?.nextCursor ?? null;
      return { items: data[name], nextCursor };
    },
    z.object({ items: z.array(item), nextCursor: z.string().nullable() }),
  );

export const Member = z.object({
  id: Id,
  username: z.string().nullish(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  role: z.string().nullish(),
});
export type Member = z.infer<typeof Member>;
/** `GET /v1/members`. */
export const MemberPage = listing(Member, 'members');

export const Named = z.object({ id: Id, name: z.string().nullish(), title: z.string().nullish() });
export type Named = z.infer<typeof Named>;
/** `GET /v1/workspaces`. */
export const WorkspacePage = listing(Named, 'workspaces');
/** `GET /v1/projects`. */
export const ProjectPage = listing(Named, 'projects');
