import type { Day } from '../../core/base/time.js';
import { emailOf, type Staff, teamOn } from './people.js';
import { stableId } from './random.js';
import { TEAMS } from './teams.js';

/** What the sandbox's Slack workspace is filled with. */
export interface LarkspurSlack {
  readonly teamName: string;
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly title: string;
  }[];
  readonly channels: readonly {
    readonly id: string;
    readonly name: string;
    readonly purpose: string;
    readonly members: readonly string[];
  }[];
  readonly userGroups: readonly {
    readonly id: string;
    readonly handle: string;
    readonly name: string;
    readonly users: readonly string[];
  }[];
  /** Id of the user group whose members may edit rules. */
  readonly finopsUserGroup: string;
  /** Id of the channel for what concerns the whole company. */
  readonly finopsChannel: string;
  /** Id of the channel in which the leaders meet. */
  readonly leadershipChannel: string;
  /** Id of each team's channel, by the team's name. */
  readonly teamChannels: Readonly<Record<string, string>>;
  /** User ids of those who have a role besides FinOps. */
  readonly roles: { readonly finance: readonly string[]; readonly leader: readonly string[] };
  /** User ids that a visitor may be, the analyst first. */
  readonly personas: readonly string[];
}

/** Closes the books; runs engineering. */
const [FINANCE, LEADER] = ['Helena Marsh', 'Ingrid Solheim'] as const;
/** FinOps analyst with rights; lead of Search; engineer without; finance; leader; leads of Platform, Data Science, FinOps. */
const PERSONAS = [
  'Ana Ruiz',
  'Mia Chen',
  'Ben Okoye',
  FINANCE,
  LEADER,
  'Priya Raman',
  'Jonas Weber',
  'Grace Lindqvist',
];

function channelId(name: string): string {
  return stableId('C0', name, 9).toUpperCase();
}

/** The workspace as it is today: everyone who works there, a channel for each team, FinOps's channel and group. */
export function createSlackWorkspace(today: Day, staff: readonly Staff[]): LarkspurSlack {
  const people = staff.flatMap(({ slackId, name, email, title, stays }) =>
    slackId === null ? [] : [{ id: slackId, name, email, title, team: teamOn({ stays }, today) }],
  );
  const idOf = new Map(people.map(({ email, id }) => [email, id]));
  const ids = (names: readonly string[]) => names.flatMap((name) => idOf.get(emailOf(name)) ?? []);
  const inTeam = (team: string) => people.filter((person) => person.team === team).map(({ id }) => id);
  const group = stableId('S0', 'finops', 9).toUpperCase();
  const analysts = ids(['Ana Ruiz', 'Grace Lindqvist']);
  const leads = ids(TEAMS.map(({ lead }) => lead));
  return {
    teamName: 'Larkspur',
    people: people.map(({ id, name, email, title }) => ({ id, name, email, title })),
    channels: [
      {
        id: channelId('general'),
        name: 'general',
        purpose: 'Everyone at Larkspur',
        members: people.map(({ id }) => id),
      },
      {
        id: channelId('finops'),
        name: 'finops',
        purpose: 'Bills, rules and what nobody owns yet',
        members: [...new Set([...inTeam('FinOps'), ...leads, ...ids([FINANCE])])],
      },
      ...TEAMS.map(({ name, channel }) => ({
        id: channelId(channel),
        name: channel,
        purpose: `${name}: Monday’s digest and alerts`,
        members: [...new Set([...inTeam(name), ...analysts])],
      })),
    ],
    userGroups: [{ id: group, handle: 'finops', name: 'FinOps', users: inTeam('FinOps') }],
    finopsUserGroup: group,
    finopsChannel: channelId('finops'),
    leadershipChannel: channelId('team-leadership'),
    teamChannels: Object.fromEntries(TEAMS.map(({ name, channel }) => [name, channelId(channel)])),
    roles: { finance: ids([FINANCE]), leader: ids([LEADER]) },
    personas: ids(PERSONAS),
  };
}
