import { z } from 'zod';
import { ATTRIBUTES } from '../ledger/charge.js';

/** An attribute a condition may test: a FOCUS or own attribute, `tag:KEY`, or `dimension:ID`. */
export const AttributeRef = z.union(
  [
    z.enum(ATTRIBUTES),
    z.templateLiteral(['tag:', z.string().min(1)]),
    z.templateLiteral(['dimension:', z.string().min(1)]),
  ],
  { error: `is no attribute: write tag:KEY, dimension:ID or one of ${ATTRIBUTES.join(', ')}` },
);
export type AttributeRef = z.infer<typeof AttributeRef>;

/** The comparisons, in the order in which forms offer them. */
export const OPERATORS = ['is', 'in', 'startsWith', 'endsWith', 'contains', 'matches', 'exists'] as const;
export type Operator = (typeof OPERATORS)[number];

const text = z.string().min(1).max(500);
const comparison = {
  is: text.optional(),
  in: z.array(text).min(1).max(5000).optional(),
  startsWith: text.optional(),
  endsWith: text.optional(),
  contains: text.optional(),
  matches: text.optional(),
  exists: z.boolean().optional(),
  ignoreCase: z.boolean().optional(),
};
/** Exactly one operator with its operand (the schema sees to it), and whether case matters. */
export type Comparison = {
  readonly [K in keyof typeof comparison]?: z.infer<(typeof comparison)[K]> | undefined;
};

function hasOneOperator(value: Comparison): boolean {
  return OPERATORS.filter((operator) => value[operator] !== undefined).length === 1;
}
const ONE_OPERATOR = `needs exactly one of ${OPERATORS.join(', ')}`;

/** A comparison of an attribute, a tag or an earlier dimension's value: a leaf of a condition. */
export type Leaf = ({ readonly attribute: AttributeRef } | { readonly dimension: string }) & Comparison;

/** Addresses are kept in lower case: written otherwise, a comparison could never match. Patterns ignore case instead. */
function asStored<T extends { readonly attribute: AttributeRef } & Comparison>(leaf: T): T {
  if (leaf.attribute !== 'email') return leaf;
  if (leaf.matches !== undefined) return { ...leaf, ignoreCase: true };
  const { is, in: among, startsWith, endsWith, contains } = leaf;
  const operands = {
    is: is?.trim().toLowerCase(),
    in: among?.map((each) => each.trim().toLowerCase()),
    startsWith: startsWith?.toLowerCase(),
    endsWith: endsWith?.toLowerCase(),
    contains: contains?.toLowerCase(),
  };
  const given = Object.entries(operands).filter(([, operand]) => operand !== undefined);
  return { ...leaf, ...Object.fromEntries(given) };
}

/** A question to the directory about the charge's person on the day; exactly one of the three is present. */
export interface PersonTest {
  readonly team?: string | undefined;
  readonly costCentre?: string | undefined;
  readonly reportsTo?: string | undefined;
}

/**
 * What must be true of a charge's dimension set on its day. `person` looks the charge's person up in the directory
 * on that day; `dimension` looks at the value an earlier dimension gave.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Leaf
  | { readonly person: PersonTest };

/** Parses a condition; depth and sizes are bounded by the rules file's own limits. */
export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ all: z.array(Condition).min(1).max(200) }),
      z.strictObject({ any: z.array(Condition).min(1).max(200) }),
      z.strictObject({ not: Condition }),
      z
        .strictObject({ attribute: AttributeRef, ...comparison })
        .refine(hasOneOperator, ONE_OPERATOR)
        .transform(asStored),
      z.strictObject({ dimension: text, ...comparison }).refine(hasOneOperator, ONE_OPERATOR),
      z.strictObject({
        person: z
          .strictObject({ team: text.optional(), costCentre: text.optional(), reportsTo: text.optional() })
          .refine(
            (person) => Object.values(person).filter((value) => value !== undefined).length === 1,
            'needs exactly one of team, costCentre, reportsTo',
          ),
      }),
    ],
    { error: 'is no condition: write all, any, not, attribute, dimension or person with one comparison' },
  ),
);
