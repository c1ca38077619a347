import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageUnowned } from '../../../src/core/claims/ageing.js';
import { type ClaimClues, findCandidates } from '../../../src/core/claims/candidates.js';
import { type Claim, waitingAsk } from '../../../src/core/claims/claim.js';
import { advance, endAsk, endClaim, putFirst, resolve } from '../../../src/core/claims/steps.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import { createDirectory } from '../../../src/core/people/directory.js';
import { claimOf } from '../../support/build/claims.js';
import { day, directoryData, member, person } from '../../support/build/directory.js';

const TODAY = day('2026-11-18');
const BOSS = { managerEmail: 'eva@larkspur.test' };
const DATA = directoryData({
  people: [
    person('eva', { name: 'Eva Stone' }),
    person('mia', { name: 'Mia Chen' }),
    person('sam', { name: 'Sam Whitlock' }),
    person('kim', { name: 'Kim Park' }),
    person('bot', { name: 'CI bot', kind: 'service' }),
  ],
  memberships: [
    member('eva', 'Search', '2026-01-01'),
    member('mia', 'Search', '2026-01-01', BOSS),
    member('sam', 'Search', '2026-01-01', { ...BOSS, to: day('2026-10-01') }),
    member('kim', 'Ads', '2026-01-01'),
    member('bot', 'Search', '2026-01-01', BOSS),
  ],
  teams: [{ name: 'Search', parent: null, ownerEmail: null, channel: null }],
});
const CLUES: ClaimClues = { label: 'k-1', createdBy: null, pastOwners: [], neighbours: [], place: 'Ranking' };
const find = (clues: Partial<ClaimClues>, data: DirectoryData = DATA) =>
  findCandidates({ ...CLUES, ...clues }, { data, directory: createDirectory(data), today: TODAY });
const said = (clues: Partial<ClaimClues>) =>
  find(clues).map(({ email, reasons }) => `${email.split('@')[0]}: ${reasons.join('; ')}`);

describe('candidates for a claim', () => {
  it('are found by who created it, who owned it, who owns what is beside it, and its name', () => {
    expect(said({ createdBy: 'kim@larkspur.test' })).toEqual(['kim: created it']);
    expect(said({ pastOwners: [{ email: 'kim@larkspur.test', until: day('2026-03-01') }] })).toEqual([
      'kim: owned it until 2026-03-01',
    ]);
    expect(
      said({
        neighbours: [
          { email: 'mia@larkspur.test', identifiers: 3 },
          { email: 'kim@larkspur.test', identifiers: 1 },
        ],
      }),
    ).toEqual(['mia: owns 3 of 4 others in Ranking', 'kim: owns 1 of 4 others in Ranking']);
    for (const label of ['mia-chen-notebook', 'MiaChen_dev', 'mchen', 'prod-chen'])
      expect(said({ label })).toEqual(['mia: has a name like it']);
    expect(said({ label: 'search-backfill' })).toEqual(['eva: leads Search, which has a name like it']);
    expect(said({ label: 'api-key-prod-2' })).toEqual([]);
  });

  it('are the managers of those who have left and of service accounts, who can answer', () => {
    expect(said({ label: 'sam-whitlock-notebook' })).toEqual([
      'eva: is above Sam Whitlock, who has a name like it and has left',
    ]);
    expect(said({ createdBy: 'bot@larkspur.test' })).toEqual(['eva: is above CI bot, who created it']);
  });

  it('gather the points of several clues and say the strongest first', () => {
    const [first, second] = find({
      label: 'kim-park',
      createdBy: 'kim@larkspur.test',
      neighbours: [{ email: 'mia@larkspur.test', identifiers: 1 }],
    });
    expect(first).toMatchObject({
      name: 'Kim Park',
      score: 90,
      reasons: ['created it', 'has a name like it'],
    });
    expect(second).toMatchObject({ name: 'Mia Chen', score: 30 });
  });

  it('do not depend on the order in which anything comes', () => {
    const email = fc.constantFrom(...DATA.people.map((each) => each.email), 'stranger@larkspur.test');
    const clues = fc.record({
      label: fc.constantFrom('mia-chen', 'sam', 'search-kim', 'x'),
      createdBy: fc.option(email),
      pastOwners: fc.array(
        fc.record({ email, until: fc.option(fc.constantFrom(day('2026-01-02'), day('2026-05-01'))) }),
      ),
      neighbours: fc.uniqueArray(fc.record({ email, identifiers: fc.integer({ min: 1, max: 9 }) }), {
        selector: (one) => one.email,
      }),
    });
    fc.assert(
      fc.property(clues, fc.shuffledSubarray([...DATA.people], { minLength: 5 }), (given, people) => {
        const turned = {
          ...given,
          pastOwners: given.pastOwners.toReversed(),
          neighbours: given.neighbours.toReversed(),
        };
        const data = { ...DATA, people, memberships: DATA.memberships.toReversed() };
        expect(find(turned, data)).toEqual(find(given));
      }),
    );
  });
});

describe('the steps of a claim', () => {
  const candidates = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
    email: `${name}@x.test`,
    name,
    score: 10,
    reasons: ['created it'],
  }));
  const always = { nowMs: 1_000, mayAsk: () => true };
  const asked = (claim: Claim) => claim.asks.map(({ name, outcome }) => `${name} ${outcome}`);

  it('ask three candidates, three days each, then go to FinOps', () => {
    let claim = advance(claimOf({ candidates }), always);
    expect(waitingAsk(claim)).toMatchObject({ name: 'a', deadlineMs: 1_000 + 3 * 86_400_000 });
    claim = advance(endAsk(claim, 'not-mine'), always);
    claim = advance(endAsk(claim, 'timed-out'), always);
    claim = advance(endAsk(claim, 'not-mine'), always);
    expect(claim).toMatchObject({ state: 'escalated', escalatedAtMs: 1_000 });
    expect(asked(claim)).toEqual(['a not-mine', 'b timed-out', 'c not-mine']);
  });

  it('ask whom somebody names first, one more for each name, but never the same twice', () => {
    const named = { email: 'z@x.test', name: 'z', score: 100, reasons: ['was named by a'] };
    let claim = advance(claimOf({ candidates }), always);
    claim = advance(putFirst(endAsk(claim, 'passed-on'), named), always);
    expect(waitingAsk(claim)?.name).toBe('z');
    claim = advance(putFirst(endAsk(claim, 'not-mine'), named), always);
    expect(waitingAsk(claim)?.name).toBe('b');
  });

  it('wait while the next may not be asked, and go to FinOps when there is nobody', () => {
    const claim = claimOf({ candidates });
    expect(advance(claim, { nowMs: 1, mayAsk: () => false })).toBe(claim);
    expect(advance(claimOf(), always).state).toBe('escalated');
  });

  it('end with an owner or without, also the question that still waits', () => {
    const waiting = advance(claimOf({ candidates }), always);
    const resolution = {
      ownerEmail: 'a@x.test',
      ownerName: 'a',
      from: day('2026-09-01'),
      by: 'a',
      atMs: 1,
      followed: true,
    };
    expect(asked(resolve(waiting, resolution))).toEqual(['a mine']);
    expect(asked(resolve(waiting, { ...resolution, ownerEmail: 'q@x.test' }))).toEqual(['a settled']);
    const declined = endClaim(waiting, 'declined');
    expect([declined.state, ...asked(declined)]).toEqual(['declined', 'a settled']);
    expect(endClaim(declined, 'closed')).toBe(declined);
  });

  it('show as ageing: days, money, and the likeliest who has not said otherwise', () => {
    const waiting = advance(claimOf({ candidates }), always);
    const dear = claimOf({
      id: 2,
      cost: 900_000_000_000n,
      subject: { kind: 'seat', value: 's', source: 'cursor', label: 'seat 7' },
    });
    const lines = ageUnowned([endAsk(waiting, 'not-mine'), dear, endClaim(dear, 'closed')]);
    expect(lines).toMatchObject([
      { label: 'seat 7', days: 78, guess: null },
      { label: 'stray', days: 78, cost: 300_000_000_000n, guess: 'b' },
    ]);
  });
});
