import { mayRankPeople, maySee, type Permission, type Viewer } from '../../core/access/visibility.js';
import { dayIn } from '../../core/base/time.js';
import { createDirectory } from '../../core/people/directory.js';
import { NO_VALUE, type SpendQuestion } from '../../core/spend/spend.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';

/** Whether somebody may have the answer to a question: its scope, and people one by one where it names them. */
export async function mayAsk(
  context: Context,
  viewer: Viewer,
  question: Pick<SpendQuestion, 'scope' | 'by'>,
): Promise<Permission> {
  const { visibility } = (await readSettings(context)).settings;
  const { scope, by } = question;
  const isPerson = scope !== null && 'key' in scope && scope.key === 'person' && scope.value !== NO_VALUE;
  if (by !== 'person' && !isPerson) return maySee(viewer, visibility, scope);
  const directory = createDirectory(await context.store.directory());
  const today = dayIn(context.company.timeZone, context.clock());
  const teamOf = (email: string): string | null => directory.membershipOn(email, today)?.team ?? null;
  // HR's address stands for all of a person's: one's alias is oneself.
  const known = isPerson
    ? { key: scope.key, value: directory.findPerson(scope.value)?.email ?? scope.value }
    : scope;
  const seen = maySee(viewer, visibility, known);
  return seen.ok ? mayRankPeople(viewer, visibility, { scope: known, teamOf }) : seen;
}

/** What somebody who was refused may ask instead, as `/spend` texts. */
export function askInstead(viewer: Viewer): readonly string[] {
  return [...(viewer.team === null ? [] : [`team ${viewer.team}`]), ...(viewer.email === null ? [] : ['me'])];
}
