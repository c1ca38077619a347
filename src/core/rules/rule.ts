import { z } from 'zod';
import { Day } from '../base/time.js';
import { Condition } from './condition.js';
import { OwnerName, Split, Target } from './target.js';

/** An id that people type: lower case, digits and dashes. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, at most 63 of them');

const headline = {
  id: Slug,
  name: z.string().trim().min(1).max(120),
  effective: z
    .strictObject({ from: Day.optional(), to: Day.optional() })
    .refine(
      ({ from, to }) => from === undefined || to === undefined || from < to,
      'must start before it ends',
    )
    .optional(),
};

/** A line of allocation logic. `effective` says for which charge days it is in force (half-open; open where absent). */
export const Rule = z.strictObject({ ...headline, when: Condition, allocateTo: Target });
export type Rule = z.infer<typeof Rule>;

/**
 * A shared cost that is passed on (step-down): whatever `owner` has been allocated once the rules are done, directly or from
 * splits and pools before this one, is split among others. An owner never gets its own money back, and nothing
 * flows to the owner of an earlier pool.
 */
export const Pool = z.strictObject({ ...headline, owner: OwnerName, split: Split });
export type Pool = z.infer<typeof Pool>;

/** How many rules one dimension may have. */
export const MOST_RULES = 20_000;

/**
 * Something the company allocates to (team, product ...): its rules in order of precedence, first match wins, then
 * its shared costs in the order in which they are passed on.
 */
export const DimensionRules = z.strictObject({
  id: Slug,
  rules: z.array(Rule).max(MOST_RULES),
  shared: z.array(Pool).max(200).optional(),
});
export type DimensionRules = z.infer<typeof DimensionRules>;

/** Dimensions that exist from the first day, in the order in which they are worked out. */
export const DEFAULT_DIMENSIONS = [
  'team',
  'product',
  'customer',
  'feature',
  'cost-centre',
  'treatment',
] as const;

/** All rules of all dimensions: the logical content of a ruleset version and of a rules file. */
export const Ruleset = z.strictObject({ version: z.literal(1), dimensions: z.array(DimensionRules).max(50) });
export type Ruleset = z.infer<typeof Ruleset>;

/** One recorded edition of the whole ruleset; editions are only ever appended. */
export interface RulesetVersion {
  /** 0 is the empty ruleset before the first edit. */
  readonly number: number;
  readonly hash: string;
  readonly author: string;
  /** The second person, where the change moved more than one may decide. */
  readonly approver: string | null;
  readonly note: string | null;
  readonly recordedAtMs: number;
}
