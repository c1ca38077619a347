import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig, Query, VendorRequest } from '../../http/http.js';
import { byCursor } from '../../http/pages.js';
import {
  type Member,
  MemberPage,
  type Named,
  ProjectPage,
  type UsageGroup,
  UsagePage,
  WorkspacePage,
} from './schema.js';

/** A group of one UTC day. */
export type DayGroup = UsageGroup & { readonly day: Day };

/** All that one pull read. */
export interface ReplitFacts {
  readonly account: VendorAccess;
  readonly byMember: readonly DayGroup[];
  /** The same money by project; null where the vendor refuses that view. */
  readonly byProject: readonly DayGroup[] | null;
  readonly members: readonly Member[];
  readonly workspaces: readonly Named[];
  readonly projects: readonly Named[];
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/**
 * Reads everything of the range: one walk a day and grouping, since the vendor has no series by member. Entity
 * groups come by cost, so every page is walked. Throws what `collectPages` throws.
 */
export async function fetchFacts(config: AdminKeyConfig, range: DayRange): Promise<ReplitFacts> {
  const account = openAccount(config, {
    vendor: 'Replit',
    address: 'https://api.replit.com',
    credentialNeeded: 'an Admin API key (rpl_...) made by an account admin of an Enterprise account',
    isPaced: true,
  });
  const walk = async <Item>(
    endpoint: string,
    schema: VendorRequest<Page<Item>>['schema'],
    query: Query,
  ): Promise<readonly Item[]> => {
    const request = { endpoint: `/v1/${endpoint}`, schema, query };
    const pages = await account.pages(
      request,
      byCursor('cursor', ({ nextCursor }) => [Boolean(nextCursor), nextCursor]),
    );
    return pages.flatMap(({ items }) => items);
  };
  const usage = async (groupBy: string): Promise<readonly DayGroup[]> => {
    const groups: DayGroup[] = [];
    for (const day of daysIn(range)) {
      const items = await walk<UsageGroup>('usage', UsagePage, [
        ['groupBy', groupBy],
        ['startTime', `${day}T00:00:00Z`],
        ['endTime', `${addDays(day, 1)}T00:00:00Z`],
      ]);
      groups.push(...items.map((item) => ({ ...item, day })));
    }
    return groups;
  };
  const list = async <Item>(
    name: string,
    schema: VendorRequest<Page<Item>>['schema'],
    without: string,
  ): Promise<readonly Item[]> =>
    (await account.part({ is: 'names', without }, () => walk(name, schema, [['limit', '100']]))) ?? [];
  return {
    account,
    byMember: await usage('member'),
    byProject: await account.part(
      { is: 'control', without: 'The total could not be checked by project.' },
      () => usage('project'),
    ),
    members: await list<Member>('members', MemberPage, 'Members keep the e-mail addresses known before.'),
    workspaces: await list<Named>('workspaces', WorkspacePage, 'Workspaces were not listed.'),
    projects: await list<Named>('projects', ProjectPage, 'Projects stand under their ids.'),
  };
}
