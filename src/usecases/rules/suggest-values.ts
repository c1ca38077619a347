import { invalid } from '../../core/base/errors.js';
import { addDays, addMonths, firstDay, monthOf, utcDay } from '../../core/base/time.js';
import { ATTRIBUTES, type AttributeName } from '../../core/ledger/charge.js';
import type { Context } from '../context.js';

const OWNER_MONTHS = 13;

/** Values the ledger really holds for an attribute (`apiKeyName`, `tag:env`, `dimension:team` ...), most expensive first. */
export async function suggestValues(
  context: Context,
  input: { readonly attribute: string; readonly contains: string; readonly limit: number },
): Promise<readonly string[]> {
  const { attribute, contains, limit } = input;
  if (attribute.startsWith('dimension:'))
    return suggestOwners(context, { dimension: attribute.slice('dimension:'.length), contains, limit });
  if (isTag(attribute) || isAttribute(attribute))
    return context.store.suggestValues(attribute, contains, limit);
  return invalid(`"${attribute}" is no attribute: write a FOCUS name, tag:KEY or dimension:ID.`);
}

/** Owners that have spend, then teams of the directory that have none yet: both may be allocated to. */
async function suggestOwners(
  { store, company, clock }: Context,
  wanted: { readonly dimension: string; readonly contains: string; readonly limit: number },
): Promise<readonly string[]> {
  const { dimension, contains, limit } = wanted;
  const today = utcDay(clock());
  const range = { from: firstDay(addMonths(monthOf(today), 1 - OWNER_MONTHS)), to: addDays(today, 1) };
  const owners = await store.listOwners(dimension, range, company.currency);
  const teams = dimension === 'team' ? (await store.directory()).teams.map((team) => team.name) : [];
  const names = new Set([...owners.map(({ owner }) => owner), ...teams.toSorted()]);
  const needle = contains.toLowerCase();
  return [...names].filter((name) => name.toLowerCase().includes(needle)).slice(0, limit);
}

/** Attributes a condition may look at: the fixed ones that the ledger has values for, then `tag:KEY`s. */
export async function listAttributes({ store }: Context): Promise<readonly string[]> {
  const known: string[] = [];
  for (const attribute of ATTRIBUTES)
    if ((await store.suggestValues(attribute, '', 1)).length > 0) known.push(attribute);
  return [...known, ...(await store.listTagKeys()).map((key) => `tag:${key}`)];
}

function isTag(attribute: string): attribute is `tag:${string}` {
  return attribute.startsWith('tag:') && attribute.length > 'tag:'.length;
}

function isAttribute(attribute: string): attribute is AttributeName {
  return ATTRIBUTES.some((name) => name === attribute);
}
