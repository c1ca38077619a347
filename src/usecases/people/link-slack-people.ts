import type { PersonChange } from '../../core/people/data.js';
import { indexDirectory, normaliseEmail } from '../../core/people/index-people.js';
import type { Context } from '../context.js';

/** A Slack user as a profile shows them. */
export interface SlackUser {
  readonly id: string;
  readonly email: string | null;
  /** A deactivated account gets no messages. */
  readonly isActive: boolean;
}

/**
 * Links people to Slack users by e-mail or alias. A link that HR or an earlier run made stays, unless its account
 * is deactivated. Bots should not be among the users. Again changes nothing.
 */
export async function linkSlackPeople(
  { store, actor, clock }: Context,
  users: readonly SlackUser[],
): Promise<{ readonly linked: number }> {
  const data = await store.directory();
  const index = indexDirectory(data);
  const gone = new Set(users.flatMap(({ id, isActive }) => (isActive ? [] : [id])));
  const next = new Map<string, string | null>();
  for (const { email, slackUserId } of data.people)
    if (slackUserId !== null && gone.has(slackUserId)) next.set(email, null);
  for (const { id, email, isActive } of users) {
    const person = email === null || !isActive ? null : index.person(normaliseEmail(email));
    if (person === null) continue;
    const held = next.has(person.email) ? next.get(person.email) : person.slackUserId;
    if (held === null) next.set(person.email, id);
  }
  const changes = [...next].map(([email, slackUserId]): PersonChange => ({ email, slackUserId }));
  const { changedPeople } = await store.changePeople(changes, actor, clock());
  return { linked: changedPeople };
}
