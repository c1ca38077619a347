import { z } from 'zod';
import { parseNanos, sumNanos } from '../base/money.js';
import { AttributeRef, Condition } from './condition.js';

/** The owner of what no rule claimed. Reserved: no rule may allocate to it by name. */
export const UNALLOCATED = 'Unallocated';

/** The name of an owner, as rules write it. */
export const OwnerName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(
    (value) => value !== UNALLOCATED,
    `may not be "${UNALLOCATED}": it is what is left when no rule matches`,
  );

/** Fixed shares are percentages and make the whole: `parseNanos('100')`. */
const WHOLE = 100_000_000_000n;

const owners = z
  .array(OwnerName)
  .min(1)
  .max(5000)
  .refine((names) => new Set(names).size === names.length, 'names an owner twice');
const shares = z
  .record(OwnerName, z.number().min(0).max(100))
  .refine(
    (parts) => sumNanos(Object.values(parts).map((part) => parseNanos(String(part)))) === WHOLE,
    'must total exactly 100',
  );
/** Who gets everything where all weights are zero; without one it stays Unallocated. */
const fallback = OwnerName.optional();

/**
 * How one charge's money is divided among several owners. `even` and `fixed` need no figures. `proportional`
 * weighs by the month's direct spend of the owners in the same dimension: of those in `among` or, without it, of
 * everyone; only charges `where` a condition matches count; `partitionBy` lets only charges count that share the
 * divided charge's value of an attribute; `base: cumulative` adds what earlier splits of the dimension gave.
 * `measure` weighs by the month's amounts of an imported measure, or by person-days for `headcount`; by a measure of
 * token records (`gateway:customer`) it weighs each charge by who used its model, key and class of tokens on its day,
 * and what no record covers goes to the fallback or stays Unallocated.
 */
export const Split = z.discriminatedUnion(
  'method',
  [
    z.strictObject({ method: z.literal('even'), among: owners, fallback }),
    z.strictObject({ method: z.literal('fixed'), shares, fallback }),
    z.strictObject({
      method: z.literal('proportional'),
      to: z.literal('spend'),
      among: owners.optional(),
      where: Condition.optional(),
      partitionBy: AttributeRef.optional(),
      base: z.enum(['direct', 'cumulative']).optional(),
      fallback,
    }),
    z.strictObject({
      method: z.literal('measure'),
      measure: z.string().trim().min(1).max(200),
      among: owners.optional(),
      fallback,
    }),
  ],
  { error: 'is no split: its method must be even, fixed, proportional or measure' },
);
export type Split = z.infer<typeof Split>;

/**
 * Where a matching charge goes: a fixed value; the value of an attribute (through a template in which `{value}`
 * stands for it); the directory's answer for the charge's person, key or seat on that day; or several owners,
 * among whom its money is split.
 */
export const Target = z.union(
  [
    z.strictObject({ value: OwnerName }),
    z.strictObject({
      attribute: AttributeRef,
      template: z
        .string()
        .max(200)
        .refine((template) => template.includes('{value}'), 'must contain {value}')
        .optional(),
    }),
    z.strictObject({ owner: z.enum(['team', 'person', 'costCentre']) }),
    z.strictObject({ split: Split }),
  ],
  { error: 'is no target: write value, attribute, owner or split' },
);
export type Target = z.infer<typeof Target>;
