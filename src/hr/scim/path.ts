import { ScimFault } from './fault.js';

/** Schema URNs of what we keep. */
export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** `attribute eq value` conditions, all of which must hold. */
export type Filter = readonly { readonly attribute: string; readonly value: string | boolean }[];

/** Where a PATCH operation points. `schema` is set inside an extension; `attribute` null is the whole of it. */
export interface Path {
  readonly schema: string | null;
  readonly attribute: string | null;
  readonly filter: Filter | null;
  readonly sub: string | null;
}

// Attribute names are case-insensitive (RFC 7643, 2.1); these are the spellings we keep them under.
const NAMES = new Map(
  `schemas userName externalId name formatted givenName familyName displayName emails value type primary active
   userType title employeeNumber costCenter organization division department manager members display id meta`
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);

/** The usual spelling of an attribute's name. */
export function canonicalName(name: string): string {
  return NAMES.get(name.toLowerCase()) ?? name;
}

const CONDITION =
  /^\s*([\w$.:-]+(?:\[[^\]]*\])?[\w$.]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*(?:and\s+(.+))?$/i;

/** Reads a filter of `eq` conditions joined by `and`. @throws ScimFault 400 `invalidFilter` for anything else. */
export function parseFilter(text: string): Filter {
  const match = CONDITION.exec(text);
  const [, attribute, literal, rest] = match ?? [];
  if (attribute === undefined || literal === undefined) {
    throw new ScimFault(
      400,
      'invalidFilter',
      `Only filters like userName eq "x" are answered, not: ${text.slice(0, 200)}`,
    );
  }
  const name = stripSchema(attribute).replace(/^(\w+)/, (word) => canonicalName(word));
  const condition = { attribute: name, value: readLiteral(literal) };
  return rest === undefined ? [condition] : [condition, ...parseFilter(rest)];
}

function readLiteral(literal: string): string | boolean {
  if (!literal.startsWith('"')) return literal.toLowerCase() === 'true';
  try {
    return String(JSON.parse(literal));
  } catch {
    throw new ScimFault(400, 'invalidFilter', `This is no quoted text: ${literal.slice(0, 100)}`);
  }
}

function stripSchema(name: string): string {
  for (const schema of [USER_SCHEMA, GROUP_SCHEMA])
    if (name.toLowerCase().startsWith(`${schema.toLowerCase()}:`)) return name.slice(schema.length + 1);
  return name;
}

const PLAIN = /^([\w$-]+)(?:\[(.+)\])?(?:\.([\w$-]+))?$/;

/** Reads the path of a PATCH operation. @throws ScimFault 400 `invalidPath`. */
export function parsePath(text: string): Path {
  const whole = stripSchema(text.trim());
  const lower = whole.toLowerCase();
  const extension = ENTERPRISE_SCHEMA.toLowerCase();
  if (lower === extension) return { schema: ENTERPRISE_SCHEMA, attribute: null, filter: null, sub: null };
  if (lower.startsWith(`${extension}:`) || lower.startsWith(`${extension}.`))
    return { ...parsePlain(whole.slice(extension.length + 1)), schema: ENTERPRISE_SCHEMA };
  return parsePlain(whole);
}

function parsePlain(text: string): Path {
  const match = PLAIN.exec(text);
  const [, attribute, filter, sub] = match ?? [];
  if (attribute === undefined)
    throw new ScimFault(400, 'invalidPath', `This path is not understood: ${text.slice(0, 200)}`);
  return {
    schema: null,
    attribute: canonicalName(attribute),
    filter: filter === undefined ? null : parseFilter(filter),
    sub: sub === undefined ? null : canonicalName(sub),
  };
}
