import { invalid } from '../../core/base/errors.js';
import type { Nanos } from '../../core/base/money.js';
import { type DayRange, parseDay } from '../../core/base/time.js';
import { createDirectory } from '../../core/people/directory.js';
import { normaliseEmail } from '../../core/people/index-people.js';
import { type AliasSuggestion, suggestAliases } from '../../core/people/suggest-aliases.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import type { Context } from '../context.js';

/** A suggestion with what the unknown address cost in the range that was asked for. */
export interface PricedAlias extends AliasSuggestion {
  readonly cost: Nanos;
  readonly currency: string;
}

/** Whom an address names is not dated. */
const EVER = parseDay('1970-01-01');

/** Unknown addresses with unallocated money in the range, most expensive first, where there is one person they may be. */
export async function listAliasSuggestions(
  { store, company }: Context,
  range: DayRange,
): Promise<readonly PricedAlias[]> {
  const { currency } = company;
  const where = [{ key: 'team', values: [UNALLOCATED] }];
  const { rows } = await store.querySpend({ by: ['person'], range, where, currency });
  const unknown = rows.map(({ values }) => values[0] ?? '').filter((label) => label.includes('@'));
  const suggestions = new Map(
    suggestAliases(unknown, (await store.directory()).people).map((each) => [each.email, each]),
  );
  return rows.flatMap(({ values, cost }) => {
    const found = suggestions.get(normaliseEmail(values[0] ?? ''));
    return found === undefined ? [] : [{ ...found, cost, currency }];
  });
}

/**
 * Takes an address as another of a person's own, for always; kept as a link, so that the next HR file does not
 * drop it. Months with charges are stale afterwards. Again changes nothing.
 * @throws AppError `invalid` when nobody in the directory has the person's address.
 */
export async function acceptAlias(
  { store, actor, clock }: Context,
  input: { readonly email: string; readonly person: string },
): Promise<{ readonly name: string }> {
  const owner = createDirectory(await store.directory()).findPerson(input.person);
  if (owner === null) return invalid(`The HR directory does not know ${input.person} any more.`);
  const value = normaliseEmail(input.email);
  const link = { kind: 'email', value, from: EVER, to: null, owner: { person: owner.email } } as const;
  await store.putLink(link, actor, clock());
  return { name: owner.name };
}
