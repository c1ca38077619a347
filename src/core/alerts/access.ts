import type { Permission, Viewer } from '../access/visibility.js';
import type { Actor } from '../base/actor.js';
import type { Team } from '../people/data.js';
import { UNALLOCATED } from '../rules/target.js';
import { type AlertFigures, teamsOf } from './alert.js';

/**
 * Whether somebody may answer for a case: FinOps, who leads one of its teams, whom it is assigned to, and the members
 * of a team that nobody leads.
 */
export function mayActOn(
  figures: AlertFigures,
  by: { readonly viewer: Viewer; readonly actor: Actor; readonly teams: readonly Team[] },
): Permission {
  const { viewer, actor } = by;
  const teams = teamsOf(figures);
  if (viewer.roles.includes('finops')) return { ok: true };
  if (teams.some((team) => viewer.teamsLed.includes(team))) return { ok: true };
  if (actor.kind === 'slack' && figures.assignee?.userId === actor.userId) return { ok: true };
  const own = teams.find((team) => team === viewer.team);
  const isLed = by.teams.some(({ name, ownerEmail }) => name === own && ownerEmail !== null);
  if (own !== undefined && !isLed) return { ok: true };
  const [first = UNALLOCATED] = teams;
  const lead = first === UNALLOCATED ? '' : `the lead of team ${first}, `;
  return {
    ok: false,
    sentence: `Only ${lead}the person this alert is assigned to, or FinOps may do this. You can comment on it.`,
  };
}
