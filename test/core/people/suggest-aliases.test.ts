import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggestAliases } from '../../../src/core/people/suggest-aliases.js';
import { person } from '../../support/build/directory.js';

const MIA = person('mia.chen', { name: 'Mia Chen' });
const TOM = person('tom', { name: 'Tomás Müller', aliases: ['tmueller@larkspur.test'] });
const people = [MIA, TOM, person('ci', { name: 'CI', kind: 'service' })];
const suggest = (email: string) =>
  suggestAliases([email], people).map(({ person: who, reason }) => `${who}: ${reason}`)[0];

describe('alias suggestions', () => {
  it.each([
    [
      'Mia.Chen+claude@larkspur.test',
      'mia.chen@larkspur.test: the same address without what follows the plus',
    ],
    ['mia.chen@old-name.example', 'mia.chen@larkspur.test: the same name before the @'],
    ['miachen@gmail.example', 'mia.chen@larkspur.test: the same name before the @, written otherwise'],
    ['mchen@larkspur.test', 'mia.chen@larkspur.test: the same name before the @, written otherwise'],
    ['tmuller@larkspur.test', 'tom@larkspur.test: the same name before the @, written otherwise'],
    ['mia.chem@larkspur.test', 'mia.chen@larkspur.test: a name that is almost the same'],
  ])('%s may be %s', (email, expected) => {
    expect(suggest(email)).toBe(expected);
  });

  it('say nothing of strangers, of service accounts, of known addresses and of what is no address', () => {
    for (const email of [
      'zoe@larkspur.test',
      'ci@other.example',
      'TOM@larkspur.test',
      'tmueller@larkspur.test',
      '',
      '@',
      'x',
    ])
      expect(suggest(email)).toBeUndefined();
  });

  it('say nothing where two people fit equally well', () => {
    const twins = [
      person('sam', { name: 'Sam Lee' }),
      { ...person('sam'), email: 'sam@subsidiary.test', name: 'Sam Low' },
    ];
    expect(suggestAliases(['sam@gmail.example'], twins)).toEqual([]);
  });

  it('do not depend on the order of the people, and never fail', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.emailAddress(), fc.string())),
        fc.shuffledSubarray(people, { minLength: 3 }),
        (emails, order) => {
          expect(suggestAliases(emails, order)).toEqual(suggestAliases(emails.toReversed(), people));
        },
      ),
    );
  });
});
