import type { Role, Viewer } from '../../core/access/visibility.js';
import { dayIn } from '../../core/base/time.js';
import { createDirectory } from '../../core/people/directory.js';
import { teamsBelow, teamsLedBy } from '../../core/people/org-tree.js';
import type { Context } from '../context.js';

/** Who somebody is to the directory today, with the roles that the surface has found for them. */
export async function viewAs(
  { store, company, clock }: Pick<Context, 'store' | 'company' | 'clock'>,
  who: { readonly email: string | null; readonly roles: readonly Role[] },
): Promise<Viewer> {
  const { email, roles } = who;
  if (email === null) return { email, roles, team: null, teamsLed: [], teamsBelow: [] };
  const data = await store.directory();
  const today = dayIn(company.timeZone, clock());
  const directory = createDirectory(data);
  const address = directory.findPerson(email)?.email ?? email.toLowerCase();
  const team = directory.membershipOn(address, today)?.team ?? null;
  return {
    email: address,
    roles,
    team,
    teamsLed: teamsLedBy(data, address, today),
    teamsBelow: team === null ? [] : teamsBelow(data, team),
  };
}
