import { type Viewer, visibleTeams } from '../../core/access/visibility.js';
import { type Silence, teamsOf } from '../../core/alerts/alert.js';
import { utcDay } from '../../core/base/time.js';
import type { Team } from '../../core/people/data.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

/** What is open, and what is not to be told of. */
export interface AlertList {
  /** Those that wait for an answer first, then the most expensive. */
  readonly cases: readonly AlertCase[];
  readonly silences: readonly Silence[];
  /** Who leads the teams, by team; teams without a lead are not in it. */
  readonly leads: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

/** Open cases, bookings and mutes of what the viewer may see. */
export async function listAlerts(
  context: Context,
  { viewer }: { readonly viewer: Viewer },
): Promise<AlertList> {
  const { store, clock } = context;
  const { visibility } = (await readSettings(context)).settings;
  const seen = visibleTeams(viewer, visibility);
  const maySee = ({ figures }: Pick<AlertCase, 'figures'>) =>
    seen === 'all' || teamsOf(figures).some((team) => seen.includes(team));
  const cases = (await store.listOpenCases()).filter(maySee);
  const today = utcDay(clock());
  const silences: Silence[] = [];
  for (const silence of await store.listSilences()) {
    const of = await store.findCase(silence.caseId);
    if (silence.until >= today && of !== null && maySee(of)) silences.push(silence);
  }
  const { teams, people } = await store.directory();
  const names = new Map(people.map(({ email, name }) => [email, name]));
  return {
    cases: cases.toSorted(compareCases),
    silences,
    leads: new Map(teams.flatMap((team) => leadOf(team, names))),
    nowMs: clock(),
  };
}

function compareCases(a: AlertCase, b: AlertCase): number {
  if (a.state !== b.state) return a.state === 'open' ? -1 : 1;
  return b.figures.excess > a.figures.excess ? 1 : -1;
}

function leadOf({ name, ownerEmail }: Team, names: ReadonlyMap<string, string>): [string, string][] {
  return ownerEmail === null ? [] : [[name, names.get(ownerEmail) ?? ownerEmail]];
}
