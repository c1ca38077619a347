import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveTarget } from '../../../src/core/allocation/resolve-target.js';
import { addDays, covers, type Day } from '../../../src/core/base/time.js';
import { changePlace } from '../../../src/core/people/change-place.js';
import type { Membership, Place } from '../../../src/core/people/data.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import { createFacts } from '../../../src/core/rules/facts.js';
import { compileCondition } from '../../../src/core/rules/predicate.js';
import { day, directoryData, member, person } from '../../support/build/directory.js';

const EMAIL = 'ana@larkspur.test';
const place = (team: string): Place => ({ team, managerEmail: null, costCentre: null });
const lines = (rows: readonly Membership[]) =>
  rows.map(({ team, from, to }) => `${from}..${to ?? ''} ${team}`);

describe('changing a place', () => {
  const search = member('ana', 'Search', '2026-01-01');

  it('ends the standing membership on the day and begins another', () => {
    expect(lines(changePlace([search], EMAIL, { from: day('2026-10-16'), at: place('Ads') }))).toEqual([
      '2026-01-01..2026-10-16 Search',
      '2026-10-16.. Ads',
    ]);
  });

  it('keeps the history of a leaver, and begins a new membership for a rehire', () => {
    const left = changePlace([search], EMAIL, { from: day('2026-10-16'), at: null });
    expect(lines(left)).toEqual(['2026-01-01..2026-10-16 Search']);
    expect(lines(changePlace(left, EMAIL, { from: day('2027-01-01'), at: place('Search') }))).toEqual([
      '2026-01-01..2026-10-16 Search',
      '2027-01-01.. Search',
    ]);
  });

  it('takes back what began on the same day, and keeps what is planned for later', () => {
    const planned = [
      member('ana', 'Search', '2026-10-16', { to: day('2027-01-01') }),
      member('ana', 'Labs', '2027-01-01'),
    ];
    expect(lines(changePlace(planned, EMAIL, { from: day('2026-10-16'), at: place('Ads') }))).toEqual([
      '2026-10-16..2027-01-01 Ads',
      '2027-01-01.. Labs',
    ]);
    expect(changePlace(planned, EMAIL, { from: day('2026-10-16'), at: null })).toEqual([]);
  });

  /** Days of a small calendar, and histories of it without overlaps. */
  const anyDay = fc.integer({ min: 0, max: 60 }).map((n) => addDays(day('2026-09-01'), n));
  const anyPlace = fc.option(fc.constantFrom('Search', 'Ads', 'Labs').map(place));
  const history = fc
    .uniqueArray(anyDay, { maxLength: 5 })
    .chain((days) =>
      fc.tuple(fc.constant(days.toSorted()), fc.array(anyPlace, { minLength: 5, maxLength: 5 })),
    )
    .map(([days, places]) =>
      days.flatMap((from, i): Membership[] => {
        const at = places[i] ?? null;
        return at === null ? [] : [{ email: EMAIL, ...at, from, to: days[i + 1] ?? null }];
      }),
    );
  const teamOn = (rows: readonly Membership[], on: Day) =>
    rows.filter((row) => covers(row, on)).map(({ team }) => team);
  const calendar = Array.from({ length: 80 }, (_, n) => addDays(day('2026-08-25'), n));

  it('changes no day before, holds from its day to the next planned one, and never overlaps', () => {
    fc.assert(
      fc.property(history, anyDay, anyPlace, (held, from, at) => {
        const after = changePlace(held, EMAIL, { from, at });
        const planned = held
          .filter((row) => row.from > from)
          .map((row) => row.from)
          .toSorted()[0];
        const standing = held.find((row) => covers(row, from));
        for (const on of calendar) {
          expect(teamOn(after, on).length).toBeLessThanOrEqual(1);
          if (on < from) expect(teamOn(after, on)).toEqual(teamOn(held, on));
          else if (at === null) expect(teamOn(after, on)).toEqual([]);
          else if (standing?.team === at.team) expect(teamOn(after, on)).toEqual(teamOn(held, on));
          else
            expect(teamOn(after, on)).toEqual(
              planned !== undefined && on >= planned ? teamOn(held, on) : [at.team],
            );
        }
        expect(changePlace(after, EMAIL, { from, at })).toEqual(after);
      }),
    );
  });
});

describe('a service account without a team', () => {
  const bot = person('bot', { kind: 'service' });
  const people = [bot, person('ana'), person('bo')];
  const answers = (memberships: Membership[]) => createDirectory(directoryData({ people, memberships }));
  const owned = (by: string, from: string, to: string | null) =>
    member('bot', '', from, {
      team: null,
      managerEmail: `${by}@larkspur.test`,
      to: to === null ? null : day(to),
    });

  it('stands where its owner stands on the day, also when either of them changes', () => {
    const directory = answers([
      member('ana', 'Search', '2026-01-01', { to: day('2026-10-10'), costCentre: 'S1' }),
      member('ana', 'Ads', '2026-10-10'),
      member('bo', 'Labs', '2026-01-01'),
      owned('ana', '2026-01-01', '2026-10-20'),
      owned('bo', '2026-10-20', null),
    ]);
    const set = { attributes: { email: bot.email }, tags: {} };
    const team = (on: string) => directory.membershipOn(bot.email, day(on))?.team;
    expect([team('2026-10-09'), team('2026-10-10'), team('2026-10-20')]).toEqual(['Search', 'Ads', 'Labs']);
    expect(directory.membershipOn(bot.email, day('2026-10-09'))?.costCentre).toBe('S1');
    expect(directory.boundaries(set, { from: day('2026-10-01'), to: day('2026-11-01') })).toEqual([
      '2026-10-10',
      '2026-10-20',
    ]);
  });

  it('stands nowhere when its owner has left, or owners own each other in a circle', () => {
    const left = answers([
      member('ana', 'Search', '2026-01-01', { to: day('2026-10-10') }),
      owned('ana', '2026-01-01', null),
    ]);
    expect(left.membershipOn(bot.email, day('2026-10-10'))).toBeNull();
    expect(answers([owned('bot', '2026-01-01', null)]).membershipOn(bot.email, day('2026-10-10'))).toBeNull();
  });

  it('keeps the cost centre of its own row when nobody has a team on the day', () => {
    const directory = answers([{ ...owned('ana', '2026-01-01', null), costCentre: 'CC-9' }]);
    expect(directory.membershipOn(bot.email, day('2026-10-10'))).toBeNull();
    expect(directory.costCentreOn(bot.email, day('2026-10-10'))).toBe('CC-9');
    const facts = createFacts(
      { attributes: { email: bot.email }, tags: {} },
      { from: day('2026-10-01'), to: day('2026-11-01') },
      directory,
    );
    expect(resolveTarget({ owner: 'costCentre' }, facts, day('2026-10-10')).target).toBe('CC-9');
    const test = compileCondition({ person: { costCentre: 'CC-9' } });
    expect(test(facts, day('2026-10-10'))).toBe(true);
  });
});
