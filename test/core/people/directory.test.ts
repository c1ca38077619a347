import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Day, daysIn, monthRange } from '../../../src/core/base/time.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import { createDirectory, type Directory } from '../../../src/core/people/directory.js';
import { anyDirectoryData, anyMonthSets, OCTOBER } from '../../support/arbitrary/rules.js';
import { day, directoryData, link, member, person } from '../../support/build/directory.js';
import { dimensionSet } from '../../support/build/rules.js';

const TODAY = day('2026-10-15');
const ana = 'ana@larkspur.test';
const bo = 'bo@larkspur.test';

/** The owner of a set today in few words. */
function ownerOf(
  data: Partial<DirectoryData>,
  attributes: Parameters<typeof dimensionSet>[0],
  on = TODAY,
): string {
  const owner = createDirectory(directoryData(data)).ownerOf(dimensionSet(attributes), on);
  if (owner.kind === 'person') return owner.person.email;
  return owner.kind === 'team' ? `team ${owner.team}` : owner.reason;
}

describe('The owner of a charge', () => {
  const people = [person('ana', { aliases: ['Ana.Ruiz@old.test'] }), person('bo')];

  it.each(['ana@larkspur.test', ' ANA@Larkspur.test', 'ana.ruiz@OLD.test'])(
    'is the person with the e-mail %j',
    (email) => {
      expect(ownerOf({ people }, { email })).toBe(ana);
    },
  );

  it('is who the e-mail names, whoever the key belongs to', () => {
    const links = [link('apiKey', 'k', { person: bo }), link('email', ana, { team: 'Search' })];
    expect(ownerOf({ people, links }, { email: ana, apiKeyId: 'k' })).toBe(ana);
  });

  it('is found through the key, the principal or the seat, in this order, where the e-mail tells nothing', () => {
    const links = [
      link('seat', 's', { person: ana }),
      link('principal', 'p', { team: 'Search' }),
      link('apiKey', 'k', { person: 'ANA.Ruiz@old.test' }),
      link('email', 'Shared@larkspur.test', { team: 'Support' }),
    ];
    const found = (attributes: Parameters<typeof dimensionSet>[0]) => ownerOf({ people, links }, attributes);
    expect(found({ seatId: 's' })).toBe(ana);
    expect(found({ seatId: 's', principalId: 'p' })).toBe('team Search');
    expect(found({ seatId: 's', principalId: 'p', apiKeyId: 'k' })).toBe(ana);
    expect(found({ principalId: 'p', email: 'who@else.test' })).toBe('team Search');
    expect(found({ principalId: 'p', email: 'shared@LARKSPUR.test' })).toBe('team Support');
    expect(found({ apiKeyId: 'K' })).toBe('key has no owner');
  });

  it('holds from the first day of the link to the day before its last', () => {
    const links = [link('apiKey', 'k', { person: ana }, { from: '2026-10-10', to: '2026-10-20' })];
    const on = (text: string) => ownerOf({ people, links }, { apiKeyId: 'k' }, day(text));
    expect([on('2026-10-09'), on('2026-10-10'), on('2026-10-19'), on('2026-10-20')]).toEqual([
      'key has no owner',
      ana,
      ana,
      'key has no owner',
    ]);
  });

  it.each([
    [{}, 'charge names no e-mail, key, principal or seat'],
    [{ email: 'X@y.test' }, 'e-mail x@y.test is not in the directory'],
    [{ email: 'x@y.test', apiKeyId: 'nobodys' }, 'e-mail x@y.test is not in the directory'],
    [{ apiKeyId: 'nobodys' }, 'key has no owner'],
    [{ principalId: 'nobodys' }, 'principal has no owner'],
    [{ seatId: 'nobodys' }, 'seat has no owner'],
    [{ apiKeyId: 'strangers' }, 'key belongs to gone@larkspur.test, who is not in the directory'],
  ])('of %j is nobody: %s', (attributes, reason) => {
    const links = [link('apiKey', 'strangers', { person: 'gone@larkspur.test' })];
    expect(ownerOf({ people, links }, attributes)).toBe(reason);
  });

  it('is the person whose own address it is, before one who has it as an alias', () => {
    const rivals = [
      person('abe', { aliases: [bo, 'shared@larkspur.test'] }),
      person('bo', { aliases: ['shared@larkspur.test'] }),
    ];
    expect(ownerOf({ people: rivals }, { email: bo })).toBe(bo);
    expect(ownerOf({ people: rivals.toReversed() }, { email: 'shared@larkspur.test' })).toBe(
      'abe@larkspur.test',
    );
  });
});

describe('A membership', () => {
  it('is the one that holds on the day; of two, the one that started last', () => {
    const directory = createDirectory(
      directoryData({
        people: [person('ana', { aliases: ['a@old.test'] })],
        memberships: [
          member('ana', 'Search', '2026-01-01'),
          member('ana', 'Support', '2026-10-10', { to: day('2026-10-20') }),
        ],
      }),
    );
    const teams = ['2025-12-31', '2026-10-09', '2026-10-10', '2026-10-20'].map(
      (text) => directory.membershipOn('A@old.test', day(text))?.team,
    );
    expect(teams).toEqual([undefined, 'Search', 'Support', 'Search']);
  });

  it('may be written under an alias', () => {
    const directory = createDirectory(
      directoryData({
        people: [person('ana', { aliases: ['a@old.test'] })],
        memberships: [{ ...member('ana', 'Search', '2026-01-01'), email: 'a@old.test' }],
      }),
    );
    expect(directory.membershipOn(ana, TODAY)?.team).toBe('Search');
  });
});

const reporting = (managers: Readonly<Record<string, string>>): Directory =>
  createDirectory(
    directoryData({
      people: ['ana', 'bo', 'cy', 'di'].map((name) => person(name)),
      memberships: Object.entries(managers).map(([name, manager]) =>
        member(name, 'Search', '2026-01-01', { managerEmail: `${manager}@larkspur.test` }),
      ),
    }),
  );

const asks = (directory: Directory, name: string, boss: string): boolean =>
  directory.reportsTo(`${name}@larkspur.test`, `${boss.toUpperCase()}@larkspur.test`, TODAY);

describe('The chain of command', () => {
  it('goes up any number of steps, and never down or to oneself', () => {
    const directory = reporting({ ana: 'bo', bo: 'cy', cy: 'di' });
    expect(['bo', 'cy', 'di'].map((boss) => asks(directory, 'ana', boss))).toEqual([true, true, true]);
    expect(asks(directory, 'cy', 'ana')).toBe(false);
    expect(asks(directory, 'ana', 'ana')).toBe(false);
  });

  it('ends where it goes in a circle', () => {
    const directory = reporting({ ana: 'bo', bo: 'cy', cy: 'bo' });
    expect(asks(directory, 'ana', 'cy')).toBe(true);
    expect(asks(directory, 'ana', 'di')).toBe(false);
    expect(asks(directory, 'bo', 'bo')).toBe(false);
  });
});

describe('The boundaries of a set', () => {
  it('are the days on which its links, its people or managers above them change', () => {
    const directory = createDirectory(
      directoryData({
        people: [person('ana'), person('bo'), person('cy')],
        memberships: [
          member('ana', 'Search', '2026-10-01', { managerEmail: bo, to: day('2026-10-05') }),
          member('ana', 'Support', '2026-10-05', { managerEmail: bo }),
          member('bo', 'Support', '2026-01-01', { managerEmail: 'cy@larkspur.test', to: day('2026-10-12') }),
          member('cy', 'Support', '2026-10-20', { managerEmail: ana }),
          member('di', 'Support', '2026-10-25'),
        ],
        links: [link('apiKey', 'k', { person: ana }, { from: '2026-09-01', to: '2026-10-28' })],
      }),
    );
    const october = monthRange(OCTOBER);
    expect(directory.boundaries(dimensionSet({ apiKeyId: 'k' }), october)).toEqual([
      '2026-10-05',
      '2026-10-12',
      '2026-10-20',
      '2026-10-28',
    ]);
    expect(directory.boundaries(dimensionSet({ apiKeyId: 'other' }), october)).toEqual([]);
    expect(
      directory.boundaries(dimensionSet({ email: ana }), { from: day('2026-10-05'), to: day('2026-10-12') }),
    ).toEqual([]);
  });

  it('leave no answer to change on any other day, for any directory', () => {
    // Two directories laid over each other: rows overlap.
    const doubled = fc.tuple(anyDirectoryData, anyDirectoryData).map(([a, b]) => ({
      people: a.people,
      memberships: [...a.memberships, ...b.memberships],
      teams: [],
      links: [...a.links, ...b.links],
    }));
    fc.assert(
      fc.property(doubled, anyMonthSets, (data, sets) => {
        const directory = createDirectory(data);
        for (const { set } of sets) {
          const range = monthRange(OCTOBER);
          const boundaries = directory.boundaries(set, range);
          const days = daysIn(range);
          const changed = days.filter(
            (each, i) =>
              i > 0 && answers(directory, set, each) !== answers(directory, set, days[i - 1] ?? each),
          );
          expect(boundaries).toEqual(expect.arrayContaining(changed));
          expect(boundaries).toEqual([...new Set(boundaries)].toSorted());
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** Every answer that a rule could get about a set on a day. */
function answers(directory: Directory, set: Parameters<Directory['ownerOf']>[0], on: Day): string {
  const owner = directory.ownerOf(set, on);
  if (owner.kind !== 'person') return JSON.stringify(owner);
  const { email } = owner.person;
  const membership = directory.membershipOn(email, on);
  const bosses = ['ana', 'bo', 'cy', 'di', 'ed'].filter((name) =>
    directory.reportsTo(email, `${name}@larkspur.test`, on),
  );
  return JSON.stringify([email, membership?.team, membership?.costCentre, bosses]);
}
