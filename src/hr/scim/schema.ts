import { z } from 'zod';
import type { PersonKind } from '../../core/people/data.js';
import type { ProvisionedGroup, ProvisionedUser } from '../../core/people/provisioned.js';
import { ScimFault } from './fault.js';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from './path.js';

const EMAIL = /^[^\s@,;]+@[^\s@,;]+$/;
const text = z.string().trim().max(1_000);
const optionalText = text.nullish().transform((value) => (value === '' ? null : (value ?? null)));
/** Entra writes booleans as `"True"` and `"False"`. */
const flag = z.union([
  z.boolean(),
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .transform((word) => word === 'true'),
]);
const manager = z
  .union([
    text.transform((value) => ({ value })),
    z.object({ value: text.nullish(), displayName: text.nullish() }),
  ])
  .nullish()
  .transform((held) => (held?.value ? { ...held, value: held.value } : null));

/** What we keep of a user: no more of a person's data than allocation needs. Everything else is dropped unread. */
const User = z.object({
  userName: text.min(1, 'is empty'),
  externalId: optionalText,
  name: z
    .object({ formatted: optionalText, givenName: optionalText, familyName: optionalText })
    .partial()
    .nullish(),
  displayName: optionalText,
  emails: z
    .array(z.object({ value: text.toLowerCase(), type: text.optional(), primary: flag.optional() }))
    .max(100)
    .default([]),
  active: flag.default(true),
  userType: optionalText,
  [ENTERPRISE_SCHEMA]: z
    .object({ department: optionalText, costCenter: optionalText, manager })
    .partial()
    .nullish(),
});

const Group = z.object({
  displayName: text.min(1, 'is empty'),
  externalId: optionalText,
  members: z
    .array(z.object({ value: text.min(1), display: text.nullish() }))
    .max(100_000)
    .default([]),
});

/** A resource as it is kept: what it says, and its JSON without id and meta. */
export interface ReadResource<T> {
  readonly facts: T;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Reads a user. @throws ScimFault 400 naming the attribute, also for a user without any e-mail address. */
export function readUser(json: unknown): ReadResource<ProvisionedUser> {
  const user = parsed(User, json);
  const enterprise = user[ENTERPRISE_SCHEMA] ?? {};
  const { userName, externalId, name, displayName, active } = user;
  const [own, ...others] = addressesOf(user);
  if (own === undefined) {
    throw new ScimFault(
      400,
      'invalidValue',
      `User ${userName} has no e-mail address, by which bills know people; map emails or userName to one.`,
    );
  }
  const given = [name?.givenName, name?.familyName].filter(Boolean).join(' ');
  return {
    facts: {
      userName,
      externalId,
      emails: [own, ...others],
      name: displayName ?? name?.formatted ?? (given === '' ? userName : given),
      kind: kindOf(user.userType),
      active,
      department: enterprise.department ?? null,
      costCentre: enterprise.costCenter ?? null,
      manager: enterprise.manager?.value ?? null,
    },
    document: pruned({ schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA], ...user }),
  };
}

/** Reads a group. @throws ScimFault 400 naming the attribute. */
export function readGroup(json: unknown): ReadResource<ProvisionedGroup> {
  const group = parsed(Group, json);
  const { displayName, externalId } = group;
  const members = [...new Set(group.members.map(({ value }) => value))];
  return {
    facts: { displayName, externalId, members },
    document: pruned({ schemas: [GROUP_SCHEMA], ...group }),
  };
}

function parsed<T>(schema: z.ZodType<T>, json: unknown): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.join('.') || 'the resource';
  throw new ScimFault(400, 'invalidValue', `${where}: ${issue?.message ?? 'is wrong'}`);
}

/** The primary address, else that of work, else the first; then the others, the user name among them if it is one. */
function addressesOf({ emails, userName }: z.infer<typeof User>): readonly string[] {
  const rank = ({ type, primary }: (typeof emails)[number]): number =>
    primary === true ? 0 : type?.toLowerCase() === 'work' ? 1 : 2;
  const ordered = emails.toSorted((a, b) => rank(a) - rank(b)).map(({ value }) => value);
  return [...new Set([...ordered, userName.toLowerCase()])].filter((address) => EMAIL.test(address));
}

function kindOf(userType: string | null): PersonKind {
  const word = userType?.toLowerCase() ?? '';
  if (word.includes('service')) return 'service';
  return word.includes('contract') || word.includes('external') ? 'contractor' : 'employee';
}

/** Without what is empty: providers take null and absent for the same, and Entra stumbles over a null manager. */
function pruned(resource: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const entries = Object.entries(resource).flatMap(([key, value]): [string, unknown][] => {
    if (value === null || value === undefined) return [];
    if (typeof value !== 'object' || Array.isArray(value)) return [[key, value]];
    const inner = pruned({ ...value });
    return Object.keys(inner).length === 0 ? [] : [[key, inner]];
  });
  return Object.fromEntries(entries);
}
