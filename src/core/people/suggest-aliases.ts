import { compareText } from '../base/money.js';
import { editDistance, nameTokens } from '../base/names.js';
import type { Person } from './data.js';
import { normaliseEmail } from './index-people.js';

/** Whose an unknown address may be. */
export interface AliasSuggestion {
  readonly email: string;
  /** The person's own address. */
  readonly person: string;
  readonly name: string;
  /** Why, in words. */
  readonly reason: string;
}

/**
 * Suggests for each unknown address the one person whose it most likely is; none where nobody or several fit
 * equally well. Known addresses get none.
 */
export function suggestAliases(
  unknown: readonly string[],
  people: readonly Person[],
): readonly AliasSuggestion[] {
  const humans = people.filter(({ kind }) => kind !== 'service');
  const known = new Set(people.flatMap(({ email, aliases }) => [email, ...aliases].map(normaliseEmail)));
  const addresses = [...new Set(unknown.map(normaliseEmail))].filter((email) => !known.has(email));
  return addresses.toSorted(compareText).flatMap((email) => suggestAlias(email, humans) ?? []);
}

/** Ways to recognise someone, surest first; the first that fits anybody decides, and must fit only one. */
const WAYS: readonly {
  readonly reason: string;
  readonly fits: (unknown: Address, person: Person) => boolean;
}[] = [
  {
    reason: 'the same address without what follows the plus',
    fits: (unknown, person) => addressesOf(person).some((own) => own.bare === unknown.bare),
  },
  {
    reason: 'the same name before the @',
    fits: (unknown, person) => addressesOf(person).some((own) => own.local === unknown.local),
  },
  {
    reason: 'the same name before the @, written otherwise',
    fits: (unknown, person) =>
      unknown.letters.length > 3 && lettersOf(person).some((letters) => letters === unknown.letters),
  },
  {
    reason: 'a name that is almost the same',
    fits: (unknown, person) =>
      unknown.letters.length > 5 &&
      lettersOf(person).some((letters) => letters.length > 5 && editDistance(letters, unknown.letters) === 1),
  },
];

function suggestAlias(email: string, people: readonly Person[]): AliasSuggestion | null {
  const address = readAddress(email);
  if (address.local === '') return null;
  for (const { reason, fits } of WAYS) {
    const found = people.filter((person) => fits(address, person));
    const [person, ...others] = found;
    if (person === undefined) continue;
    return others.length > 0 ? null : { email, person: person.email, name: person.name, reason };
  }
  return null;
}

interface Address {
  /** Before the @, without `+...`. */
  readonly local: string;
  /** The whole address without `+...`. */
  readonly bare: string;
  /** The local part's letters and digits. */
  readonly letters: string;
}

function readAddress(email: string): Address {
  const at = email.lastIndexOf('@');
  const [local = ''] = email.slice(0, Math.max(at, 0)).split('+');
  return { local, bare: `${local}${email.slice(at)}`, letters: local.replaceAll(/[^\p{L}\p{N}]/gu, '') };
}

function addressesOf({ email, aliases }: Person): readonly Address[] {
  return [email, ...aliases].map((each) => readAddress(normaliseEmail(each)));
}

/** The ways in which a person's name is run together: mia.chen, miachen, mchen, chenmia. */
function lettersOf(person: Person): readonly string[] {
  const words = nameTokens(person.name);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  const names = words.length < 2 ? [] : [words.join(''), `${first.slice(0, 1)}${last}`, `${last}${first}`];
  return [...addressesOf(person).map(({ letters }) => letters), ...names];
}
