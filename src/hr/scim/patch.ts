import { z } from 'zod';
import { ScimFault } from './fault.js';
import { type Filter, type Path, parsePath } from './path.js';

/** A resource in JSON, open to changes. */
type Json = Record<string, unknown>;

/** A PATCH request. Entra writes `Add` and `Replace` with capitals. */
export const PatchRequest = z.object({
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .toLowerCase()
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().nullish(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(1_000),
});
type Operation = z.infer<typeof PatchRequest>['Operations'][number];

/** Attributes that hold lists. */
const LISTS = new Set(['emails', 'members', 'schemas']);

/**
 * The resource after the operations, all of them or none (RFC 7644, 3.5.2), in the shapes that Okta and Entra send:
 * dotted and schema-qualified names as keys of a value without a path, a manager as a bare id, `members` removed
 * by value, single values wrapped in a list, a filtered element that is not there yet.
 * @throws ScimFault 400 for what cannot be understood.
 */
export function applyPatch(resource: Readonly<Json>, operations: readonly Operation[]): Json {
  const patched = structuredClone(resource) as Json;
  for (const { op, path, value } of operations) {
    if (typeof path === 'string' && path.trim() !== '') apply(patched, op, { path: parsePath(path), value });
    else if (isObject(value))
      for (const [key, part] of Object.entries(value))
        apply(patched, op, { path: parsePath(key), value: part });
    else
      throw new ScimFault(400, 'invalidSyntax', 'An operation without a path needs an object as its value.');
  }
  return patched;
}

function apply(resource: Json, op: Operation['op'], { path, value }: { path: Path; value: unknown }): void {
  const holder = holderOf(resource, path.schema);
  const { attribute, filter, sub } = path;
  if (attribute === null) {
    if (op === 'remove') delete resource[path.schema ?? ''];
    else if (isObject(value))
      for (const [key, part] of Object.entries(value))
        apply(resource, op, { path: { ...parsePath(key), schema: path.schema }, value: part });
    return;
  }
  if (LISTS.has(attribute)) {
    holder[attribute] = patchList(listOf(holder[attribute]), op, { filter, sub, value });
    return;
  }
  const next = op === 'remove' ? null : unwrapped(attribute, value);
  if (sub !== null) setOrDrop(objectIn(holder, attribute), sub, next);
  else if (isObject(next) && isObject(holder[attribute])) Object.assign(holder[attribute], next);
  else setOrDrop(holder, attribute, next);
}

function holderOf(resource: Json, schema: string | null): Json {
  return schema === null ? resource : objectIn(resource, schema);
}

function objectIn(holder: Json, name: string): Json {
  const held = holder[name];
  if (isObject(held)) return held;
  const fresh: Json = {};
  holder[name] = fresh;
  return fresh;
}

function setOrDrop(holder: Json, name: string, value: unknown): void {
  if (value === null || value === undefined) delete holder[name];
  else holder[name] = value;
}

/** Entra wraps single values in a list of one, and sends a manager as a bare id. */
function unwrapped(attribute: string, value: unknown): unknown {
  const [only] = Array.isArray(value) && value.length === 1 ? (value as unknown[]) : [value];
  if (attribute === 'manager') {
    if (typeof only === 'string') return only === '' ? null : { value: only };
    return isObject(only) && !hasText(only['value']) ? null : only;
  }
  return only !== value && isObject(only) && 'value' in only ? only['value'] : only;
}

function patchList(
  held: readonly Json[],
  op: Operation['op'],
  { filter, sub, value }: { filter: Filter | null; sub: string | null; value: unknown },
): Json[] {
  if (filter !== null) return patchElements(held, op, { filter, sub, value });
  const given = listOf(value);
  const ids = new Set(given.map((element) => element['value']));
  // Entra removes members by value; a remove without one takes all.
  if (op === 'remove') return given.length === 0 ? [] : held.filter((element) => !ids.has(element['value']));
  if (op === 'replace') return [...given];
  return [...held.filter((element) => !ids.has(element['value'])), ...given];
}

function patchElements(
  held: readonly Json[],
  op: Operation['op'],
  { filter, sub, value }: { filter: Filter; sub: string | null; value: unknown },
): Json[] {
  const fits = (element: Json): boolean =>
    filter.every((condition) => isSame(element[condition.attribute], condition.value));
  if (op === 'remove' && sub === null) return held.filter((element) => !fits(element));
  const part =
    sub === null ? (isObject(value) ? value : { value }) : { [sub]: op === 'remove' ? null : value };
  const blank = Object.fromEntries(filter.map((condition) => [condition.attribute, condition.value]));
  const elements = held.some(fits) || op === 'remove' ? held : [...held, blank];
  return elements
    .map((element) => (fits(element) ? { ...element, ...part } : element))
    .filter((element) => hasText(element['value']));
}

function isSame(held: unknown, wanted: string | boolean): boolean {
  return String(held).toLowerCase() === String(wanted).toLowerCase();
}

function listOf(value: unknown): readonly Json[] {
  if (value === null || value === undefined) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => (isObject(item) ? item : { value: item }));
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
