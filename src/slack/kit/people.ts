import type { WebClient } from '@slack/web-api';
import type { Log } from './context.js';

const FRESH_MS = 5 * 60_000;
const MAX_PEOPLE = 5_000;

/** What somebody is to the workspace; `unknown` where Slack does not say. */
export type Standing = 'colleague' | 'guest' | 'foreign' | 'unknown';

/** The workspace that Apportion is installed in, and its organisation on Enterprise Grid. */
interface Home {
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
}

/** Looks Slack users up by id, remembering each for five minutes. */
export interface People {
  /** The user's e-mail in lower case; null when Slack does not tell (a bot, a missing scope, Slack in trouble). */
  emailOf(client: WebClient, userId: string): Promise<string | null>;
  /** Guests are `guest`, people of other workspaces (Slack Connect) and deactivated accounts are `foreign`. */
  standingOf(client: WebClient, userId: string, home: Home): Promise<Standing>;
}

type User = NonNullable<Awaited<ReturnType<WebClient['users']['info']>>['user']>;

export function createPeople(log: Log, clock: () => number): People {
  const known = new Map<string, { readonly user: User; readonly untilMs: number }>();
  async function find(client: WebClient, userId: string): Promise<User | null> {
    const held = known.get(userId);
    if (held !== undefined && held.untilMs > clock()) return held.user;
    try {
      const { user } = await client.users.info({ user: userId });
      if (user === undefined) return null;
      if (known.size >= MAX_PEOPLE) known.clear();
      known.set(userId, { user, untilMs: clock() + FRESH_MS });
      return user;
    } catch (error) {
      log.warn('A Slack user could not be looked up.', { userId, error });
      return null;
    }
  }
  return {
    emailOf: async (client, userId) => (await find(client, userId))?.profile?.email?.toLowerCase() ?? null,
    async standingOf(client, userId, home) {
      const user = await find(client, userId);
      return user === null ? 'unknown' : standingAt(user, home);
    },
  };
}

/** Slack's flags (users.info): `is_stranger` for Slack Connect, `is_restricted` and `is_ultra_restricted` for guests. */
function standingAt(user: User, home: Home): Standing {
  const enterprise = user.enterprise_user?.enterprise_id;
  const isHere =
    user.team_id === undefined ||
    home.teamId === null ||
    user.team_id === home.teamId ||
    (enterprise !== undefined && enterprise === home.enterpriseId);
  if (user.is_stranger === true || user.deleted === true || !isHere) return 'foreign';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'colleague';
}

const REFERENCE =
  /<(?:@(?<user>[UW][A-Z0-9]+)(?:\|[^>]*)?|#C[A-Z0-9]+\|(?<channel>[^>]*)|mailto:[^|>]*\|(?<mail>[^>]*)|https?:[^|>]*\|(?<link>[^>]*))>/g;

/** What a person typed, with Slack's references (`<@U1|ana>`, `<mailto:..>`) put back into words: a user becomes their e-mail. */
export async function resolveReferences(
  text: string,
  emailOf: (userId: string) => Promise<string | null>,
): Promise<string> {
  let resolved = '';
  let last = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const { user, channel, mail, link } = match.groups ?? {};
    const words = user === undefined ? (channel ?? mail ?? link ?? '') : ((await emailOf(user)) ?? user);
    resolved += text.slice(last, match.index) + words;
    last = match.index + match[0].length;
  }
  return resolved + text.slice(last);
}
