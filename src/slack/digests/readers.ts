import type { WebClient } from '@slack/web-api';
import type { DigestReaders } from '../../usecases/digests/write-digests.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import type { SlackContext } from '../kit/context.js';

/** Direct messages a month and role: beyond that a channel is the better place. */
const MOST_READERS = 50;

/** Who gets the monthly digest: everybody with the role. A group that Slack does not tell is left out this time. */
export async function digestReaders(context: SlackContext, client: WebClient): Promise<DigestReaders> {
  const { roles } = (await readSettings(context)).settings;
  const of = async (role: 'finance' | 'leader'): Promise<readonly string[]> => {
    const found = new Set(roles[role].users);
    for (const usergroup of roles[role].groups) {
      try {
        const { users } = await client.usergroups.users.list({ usergroup });
        for (const user of users ?? []) found.add(user);
      } catch (error) {
        context.log.warn('A user group could not be read for the monthly digest.', { usergroup, error });
      }
    }
    return [...found].slice(0, MOST_READERS);
  };
  return { finance: await of('finance'), leader: await of('leader') };
}
