import type { Settings } from '../../core/settings/settings.js';
import type { LarkspurSlack } from './workspace.js';

/** What Larkspur's FinOps have set in Slack before the visitor came, by area. */
export function startingSettings(
  slack: LarkspurSlack,
): Pick<Settings, 'channels' | 'subscriptions' | 'roles'> {
  const { leadershipChannel, roles } = slack;
  const nobody = { users: [], groups: [] };
  return {
    channels: { teams: slack.teamChannels },
    subscriptions: [
      { channel: leadershipChannel, scope: null, cadence: { kind: 'monthly', on: 1 }, hour: 9 },
    ],
    roles: {
      finops: nobody,
      finance: { users: [...roles.finance], groups: [] },
      leader: { users: [...roles.leader], groups: [] },
    },
  };
}
