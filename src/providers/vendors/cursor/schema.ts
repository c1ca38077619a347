import { z } from 'zod';
import { Decimal, Id } from '../../parts/amounts.js';

const Count = z.number().int().nonnegative();
/** Milliseconds since 1970; a string in events, a number elsewhere. */
const Instant = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^\d{1,15}$/, 'no milliseconds')
    .transform(Number),
]);

const TokenUsage = z.object({
  inputTokens: Count.nullish(),
  outputTokens: Count.nullish(),
  cacheWriteTokens: Count.nullish(),
  cacheReadTokens: Count.nullish(),
});

export const UsageEvent = z
  .object({
    timestamp: Instant,
    userEmail: z.string().nullish(),
    serviceAccountId: Id.nullish(),
    serviceAccountName: z.string().nullish(),
    cloudAgentId: z.string().nullish(),
    automationId: z.string().nullish(),
    conversationId: z.string().nullish(),
    model: z.string().nullish(),
    kind: z.string(),
    isChargeable: z.boolean().nullish(),
    /** False: a request at a flat price. */
    isTokenBasedCall: z.boolean().nullish(),
    isHeadless: z.boolean().nullish(),
    /** Disjoint counters: input excludes what was written to or read from the cache. */
    tokenUsage: TokenUsage.nullish(),
    /** A float with six and more decimals (59.62475); contains `cursorTokenFee`; nominal where the seat includes it. */
    chargedCents: Decimal.nullish(),
  })
  .refine(({ isChargeable, chargedCents }) => isChargeable !== true || typeof chargedCents === 'string', {
    path: ['chargedCents'],
    message: 'a chargeable event without an amount',
  });
export type UsageEvent = z.infer<typeof UsageEvent>;
/** `POST /teams/filtered-usage-events` (cursor.com/docs/account/teams/admin-api.md). */
export const UsageEventPage = z.object({
  totalUsageEventsCount: Count,
  pagination: z.object({ numPages: Count, currentPage: Count.nullish() }),
  usageEvents: z.array(UsageEvent),
});

const MemberSpend = z.object({
  userId: Id.nullish(),
  email: z.string().nullish(),
  /** On demand only. */
  spendCents: Decimal,
  /** On demand and included. */
  overallSpendCents: Decimal.nullish(),
});
export type MemberSpend = z.infer<typeof MemberSpend>;
/** `POST /teams/spend`: the open cycle alone. */
export const SpendPage = z.object({
  teamMemberSpend: z.array(MemberSpend),
  subscriptionCycleStart: Instant,
  totalPages: Count,
});

const Member = z.object({
  id: Id,
  email: z.string().nullish(),
  name: z.string().nullish(),
  role: z.string().nullish(),
  isRemoved: z.boolean().nullish(),
});
export type Member = z.infer<typeof Member>;
/** `GET /teams/members`: removed people are kept. */
export const MemberList = z.object({ teamMembers: z.array(Member) });

const GroupMember = z.object({
  userId: Id.nullish(),
  email: z.string().nullish(),
  joinedAt: z.string().nullish(),
  leftAt: z.string().nullish(),
});
const Group = z.object({
  id: Id,
  name: z.string(),
  currentMembers: z.array(GroupMember).nullish(),
  formerMembers: z.array(GroupMember).nullish(),
});
export type Group = z.infer<typeof Group>;
/** `GET /teams/groups?billingCycle=`: Enterprise only. */
export const GroupList = z.object({ groups: z.array(Group), unassignedGroup: Group.nullish() });

const Activity = z.object({
  /** A number, unlike the `user_...` of members: joined by e-mail. */
  userId: Id.nullish(),
  email: z.string().nullish(),
  day: z.string().nullish(),
  date: z.number().int().nullish(),
  isActive: z.boolean().nullish(),
});
export type Activity = z.infer<typeof Activity>;
/** `POST /teams/daily-usage-data`; no money in it. */
export const ActivityPage = z.object({
  data: z.array(Activity),
  pagination: z.object({ totalPages: Count.nullish(), hasNextPage: z.boolean().nullish() }).nullish(),
});

const AuditEvent = z.object({
  timestamp: z.union([z.string(), z.number()]),
  event_type: z.string(),
  event_data: z.record(z.string(), z.unknown()).nullish(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;
/** `GET /teams/audit-logs`: Enterprise only, 30 days. */
export const AuditPage = z.object({
  events: z.array(AuditEvent),
  pagination: z.object({ totalPages: Count.nullish(), hasNextPage: z.boolean().nullish() }).nullish(),
});
