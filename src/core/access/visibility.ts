import { assertNever } from '../base/errors.js';
import type { Settings } from '../settings/settings.js';
import type { SpendQuestion } from '../spend/spend.js';

/** What somebody may do beyond looking at their own: `finops` runs this, `finance` closes and reads all, `leader` reads all. */
export const ROLES = ['finops', 'finance', 'leader'] as const;
export type Role = (typeof ROLES)[number];

/** Who looks. */
export interface Viewer {
  /** Their address in the directory, else Slack's; null: Slack does not say. */
  readonly email: string | null;
  readonly roles: readonly Role[];
  /** Their team today; null: in none, or not in the directory. */
  readonly team: string | null;
  /** Teams they lead, at any depth. */
  readonly teamsLed: readonly string[];
  /** Teams below their own. */
  readonly teamsBelow: readonly string[];
}

/** What is looked at: the whole company (null), one owner of a dimension, or one value of a spend key. */
export type VisibilityScope = SpendQuestion['scope'];

/** Whether it may be seen; if not, why, in one sentence that says what may. */
export type Permission = { readonly ok: true } | { readonly ok: false; readonly sentence: string };

type Policy = Pick<Settings['visibility'], 'teams' | 'people'>;

const YES: Permission = { ok: true };
const no = (sentence: string): Permission => ({ ok: false, sentence });

function has(viewer: Viewer, ...roles: readonly Role[]): boolean {
  return roles.some((role) => viewer.roles.includes(role));
}

function isSelf(viewer: Viewer, email: string): boolean {
  return viewer.email !== null && viewer.email.toLowerCase() === email.toLowerCase();
}

/** The teams whose figures the viewer may see under the policy; `all` where nothing is kept from them. */
export function visibleTeams(viewer: Viewer, { teams }: Pick<Policy, 'teams'>): 'all' | readonly string[] {
  if (teams === 'all' || has(viewer, 'finops', 'finance', 'leader')) return 'all';
  const own = [...(viewer.team === null ? [] : [viewer.team]), ...viewer.teamsLed];
  return [...new Set(teams === 'sub-teams' ? [...own, ...viewer.teamsBelow] : own)];
}

/** Whether the figures of a scope may be seen. One's own use always may. */
export function maySee(viewer: Viewer, policy: Policy, scope: VisibilityScope): Permission {
  const teams = visibleTeams(viewer, policy);
  if (teams === 'all') return YES;
  if (scope !== null && 'key' in scope && scope.key === 'person' && isSelf(viewer, scope.value)) return YES;
  const isTeam = scope !== null && 'dimension' in scope && scope.dimension === 'team';
  if (isTeam && teams.includes(scope.owner)) return YES;
  const what = isTeam ? `The figures of team ${scope.owner}` : 'Figures beyond a team';
  const [first] = teams;
  return no(
    `${what} are for FinOps, finance and leaders here${first === undefined ? '' : `; ask for your own: team ${first}`}.`,
  );
}

/**
 * Whether people may be named beside their spend in a scope, be it as rows or as the scope itself. One's own use
 * always may. `teamOf` says in which team a person is today; null: unknown.
 */
export function mayRankPeople(
  viewer: Viewer,
  policy: Policy,
  asked: { readonly scope: VisibilityScope; readonly teamOf: (email: string) => string | null },
): Permission {
  const { scope } = asked;
  const person = scope !== null && 'key' in scope && scope.key === 'person' ? scope.value : null;
  if (person !== null && isSelf(viewer, person)) return YES;
  switch (policy.people) {
    case 'nobody':
      return no('People are not shown one by one here; ask by team, key or model, or for yourself: me.');
    case 'finops':
      if (has(viewer, 'finops')) return YES;
      return no('Only FinOps sees people one by one here; ask by team, key or model, or for yourself: me.');
    case 'finops-and-leaders':
      if (has(viewer, 'finops', 'leader')) return YES;
      return no(
        'Only FinOps and leaders see people one by one here; ask by team, key or model, or for yourself: me.',
      );
    case 'managers': {
      if (has(viewer, 'finops', 'leader')) return YES;
      const team =
        person !== null
          ? asked.teamOf(person)
          : scope !== null && 'dimension' in scope && scope.dimension === 'team'
            ? scope.owner
            : null;
      if (team !== null && viewer.teamsLed.includes(team)) return YES;
      return no(
        'People are shown one by one only to those who lead their team; name a team of yours, or ask for yourself: me.',
      );
    }
    default:
      return assertNever(policy.people);
  }
}

/** `FinOps, finance or leaders`. */
const LIST = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Whether the viewer has one of the roles, as a verdict that says whom to ask. */
export function requiresRole(
  viewer: Pick<Viewer, 'roles'>,
  roles: readonly Role[],
  doing: string,
): Permission {
  if (roles.some((role) => viewer.roles.includes(role))) return YES;
  const names = { finops: 'FinOps', finance: 'finance', leader: 'leaders' } as const;
  const list = LIST.format(roles.map((role) => names[role]));
  return no(`Only ${list} may ${doing}; ask FinOps.`);
}
