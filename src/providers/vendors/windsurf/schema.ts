import { z } from 'zod';
import { Count, Price } from '../../parts/amounts.js';

/** Settings of a source of this kind. */
export const WindsurfOptions = z.strictObject({
  /** What a seat costs per month by contract; without it seats cost nothing here. */
  seatPrice: Price.optional(),
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency such as USD')
    .default('USD'),
});
export type WindsurfOptions = z.infer<typeof WindsurfOptions>;

/** A user of the team. The vendor sends the user's `apiKey` too: it is not read and must never be kept. */
export const User = z.object({
  email: z.string(),
  name: z.string().nullish(),
  role: z.string().nullish(),
  /** `USER_TEAM_STATUS_APPROVED`, `..._PENDING`, `..._REJECTED`. */
  teamStatus: z.string().nullish(),
  /** When they last used anything. */
  lastUpdateTime: z.string().nullish(),
});
export type User = z.infer<typeof User>;
/** `POST /api/v1/UserPageAnalytics` (docs.windsurf.com). */
export const UserPage = z.object({ userTableStats: z.array(User) });

export const Run = z.object({
  day: z.iso.datetime({ offset: true }),
  model: z.string().nullish(),
  /** Hundredths of a credit. */
  promptsUsed: Count.nullish(),
});
export type Run = z.infer<typeof Run>;
/** `POST /api/v1/CascadeAnalytics` with the data source `cascade_runs`. */
export const CascadeAnswer = z.object({
  queryResults: z.array(
    z.object({ cascadeRuns: z.object({ cascadeRuns: z.array(Run).nullish() }).nullish() }),
  ),
});
