import type { WebClient } from '@slack/web-api';
import type { Log } from '../../usecases/context.js';

const FRESH_MS = 5 * 60_000;
const MAX_PEOPLE = 5_000;

/** Looks Slack users up by id, remembering each for five minutes. */
export interface People {
  /** The user's e-mail in lower case; null when Slack does not tell (a bot, a missing scope, Slack in trouble). */
  emailOf(client: WebClient, userId: string): Promise<string | null>;
}

export function createPeople(log: Log, clock: () => number): People {
  const known = new Map<string, { readonly email: string | null; readonly untilMs: number }>();
  return {
    async emailOf(client, userId) {
      const held = known.get(userId);
      if (held !== undefined && held.untilMs > clock()) return held.email;
      try {
        const { user } = await client.users.info({ user: userId });
        const email = user?.profile?.email?.toLowerCase() ?? null;
        if (known.size >= MAX_PEOPLE) known.clear();
        known.set(userId, { email, untilMs: clock() + FRESH_MS });
        return email;
      } catch (error) {
        log.warn('A Slack user could not be looked up.', { userId, error });
        return null;
      }
    },
  };
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
