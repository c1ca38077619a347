import { z } from 'zod';
import { AttributeRef } from './condition.js';

/** The owner of what no rule claimed. Reserved: no rule may allocate to it by name. */
export const UNALLOCATED = 'Unallocated';

const owner = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(
    (value) => value !== UNALLOCATED,
    `may not be "${UNALLOCATED}": it is what is left when no rule matches`,
  );

/**
 * Where a matching charge goes: a fixed value; the value of an attribute (through a template in which `{value}`
 * stands for it); or the directory's answer for the charge's person, key or seat on that day.
 */
export const Target = z.union(
  [
    z.strictObject({ value: owner }),
    z.strictObject({
      attribute: AttributeRef,
      template: z
        .string()
        .max(200)
        .refine((template) => template.includes('{value}'), 'must contain {value}')
        .optional(),
    }),
    z.strictObject({ owner: z.enum(['team', 'person', 'costCentre']) }),
  ],
  { error: 'is no target: write value, attribute or owner' },
);
export type Target = z.infer<typeof Target>;
