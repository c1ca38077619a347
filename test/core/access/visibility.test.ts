import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mayRankPeople,
  maySee,
  ROLES,
  type Viewer,
  type VisibilityScope,
  visibleTeams,
} from '../../../src/core/access/visibility.js';
import { teamsBelow, teamsLedBy } from '../../../src/core/people/org-tree.js';
import { type PEOPLE_POLICIES, TEAM_POLICIES } from '../../../src/core/settings/settings.js';
import { day, directoryData, member, person } from '../../support/build/directory.js';

const team = (name: string, parent: string | null, owner: string | null = null) => ({
  name,
  parent,
  ownerEmail: owner === null ? null : `${owner}@larkspur.test`,
  channel: null,
});
const COMPANY = directoryData({
  people: ['eva', 'lee', 'ana', 'bo', 'cy'].map((name) => person(name)),
  teams: [
    team('Engineering', null, 'eva'),
    team('Search', 'Engineering'),
    team('Ranking', 'Search'),
    team('Support', null),
  ],
  memberships: [
    member('eva', 'Engineering', '2026-01-01'),
    member('lee', 'Search', '2026-01-01', { managerEmail: 'eva@larkspur.test' }),
    member('ana', 'Search', '2026-01-01', { managerEmail: 'lee@larkspur.test' }),
    member('bo', 'Ranking', '2026-01-01', { managerEmail: 'ana@larkspur.test' }),
    member('cy', 'Support', '2026-01-01'),
  ],
});
const led = (name: string) => teamsLedBy(COMPANY, `${name}@larkspur.test`, day('2026-11-18'));

describe('the org tree', () => {
  it('knows the teams below one, and survives a circle', () => {
    expect(teamsBelow(COMPANY, 'Engineering')).toEqual(['Search', 'Ranking']);
    const circle = { teams: [team('A', 'B'), team('B', 'A')] };
    expect(teamsBelow(circle, 'A')).toEqual(['B']);
  });

  it('says who leads which teams: by the team file, and where everybody else reports to them', () => {
    expect(led('eva')).toEqual(['Engineering', 'Ranking', 'Search']);
    expect(led('lee')).toEqual(['Ranking', 'Search']);
    expect(led('ana')).toEqual(['Ranking']);
    expect(led('bo')).toEqual([]);
    expect(led('stranger')).toEqual([]);
  });
});

const viewer = (more: Partial<Viewer> = {}): Viewer => ({
  email: 'ana@larkspur.test',
  roles: [],
  team: 'Search',
  teamsLed: [],
  teamsBelow: ['Ranking'],
  ...more,
});
const ofTeam = (owner: string): VisibilityScope => ({ dimension: 'team', owner });
const ofPerson = (value: string): VisibilityScope => ({ key: 'person', value });
const policy = (
  teams: (typeof TEAM_POLICIES)[number],
  people: (typeof PEOPLE_POLICIES)[number] = 'finops',
) => ({
  teams,
  people,
});

describe('who sees which figures', () => {
  it('is one’s own team, those below it, or all, by the policy', () => {
    expect(visibleTeams(viewer(), policy('own-team'))).toEqual(['Search']);
    expect(visibleTeams(viewer(), policy('sub-teams'))).toEqual(['Search', 'Ranking']);
    expect(visibleTeams(viewer(), policy('all'))).toBe('all');
    expect(visibleTeams(viewer({ teamsLed: ['Support'] }), policy('own-team'))).toEqual([
      'Search',
      'Support',
    ]);
  });

  it('refuses what is beyond with a sentence that names what may be asked', () => {
    expect(maySee(viewer(), policy('own-team'), ofTeam('Support'))).toEqual({
      ok: false,
      sentence:
        'The figures of team Support are for FinOps, finance and leaders here; ask for your own: team Search.',
    });
    expect(maySee(viewer(), policy('sub-teams'), null)).toMatchObject({ ok: false });
    expect(maySee(viewer(), policy('sub-teams'), ofTeam('Ranking'))).toEqual({ ok: true });
  });

  it('never keeps anything from a role, nor one’s own use from anybody', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TEAM_POLICIES), fc.constantFrom(...ROLES), (teams, role) => {
        expect(maySee(viewer({ roles: [role] }), policy(teams), null)).toEqual({ ok: true });
        expect(maySee(viewer(), policy(teams), ofPerson('ANA@larkspur.test'))).toEqual({ ok: true });
      }),
      { numRuns: 20 },
    );
  });
});

describe('who sees people one by one', () => {
  const teamOf = (email: string) => (email === 'bo@larkspur.test' ? 'Ranking' : null);
  const may = (who: Viewer, people: (typeof PEOPLE_POLICIES)[number], scope: VisibilityScope) =>
    mayRankPeople(who, policy('all', people), { scope, teamOf }).ok;

  it.each([
    ['nobody', viewer({ roles: ['finops'] }), null, false],
    ['nobody', viewer(), ofPerson('ana@larkspur.test'), true],
    ['finops', viewer({ roles: ['finops'] }), null, true],
    ['finops', viewer({ roles: ['leader', 'finance'] }), null, false],
    ['finops-and-leaders', viewer({ roles: ['leader'] }), ofTeam('Search'), true],
    ['finops-and-leaders', viewer({ teamsLed: ['Search'] }), ofTeam('Search'), false],
    ['managers', viewer({ teamsLed: ['Search'] }), ofTeam('Search'), true],
    ['managers', viewer({ teamsLed: ['Search'] }), ofTeam('Support'), false],
    ['managers', viewer({ teamsLed: ['Ranking'] }), ofPerson('bo@larkspur.test'), true],
    ['managers', viewer({ teamsLed: ['Search'] }), ofPerson('cy@larkspur.test'), false],
    ['managers', viewer({ teamsLed: ['Search'] }), null, false],
  ] as const)('policy %s, viewer %j, scope %j: %s', (people, who, scope, expected) => {
    expect(may(who, people, scope)).toBe(expected);
  });

  it('is nobody without an address but through a role', () => {
    expect(may(viewer({ email: null, team: null }), 'managers', ofPerson(''))).toBe(false);
  });
});
