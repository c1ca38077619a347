import { addDays, type Day, type DayRange, daysIn } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import { type AdminKeyConfig, createHttpClient, type Query, type VendorRequest } from '../../http/http.js';
import { askOptional } from '../../http/optional.js';
import { collectPages, cursorQuery } from '../../http/pages.js';
import { withRateLimit } from '../../http/rate-limit.js';
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
  readonly byMember: readonly DayGroup[];
  /** The same money by project; null where the vendor refuses that view. */
  readonly byProject: readonly DayGroup[] | null;
  readonly members: readonly Member[];
  readonly workspaces: readonly Named[];
  readonly projects: readonly Named[];
  readonly raw: readonly RawResponse[];
  readonly remarks: readonly string[];
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
  const { walk, raw } = createWalker(config);
  const remarks: string[] = [];
  const usage = async (groupBy: string): Promise<readonly DayGroup[]> => {
    const groups: DayGroup[] = [];
    for (const day of daysIn(range)) {
      const items = await walk<UsageGroup>('/v1/usage', UsagePage, [
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
    (await askOptional(remarks, without, () => walk(`/v1/${name}`, schema, [['limit', '100']]))) ?? [];
  return {
    byMember: await usage('member'),
    byProject: await askOptional(remarks, 'The total could not be checked by project.', () =>
      usage('project'),
    ),
    members: await list<Member>('members', MemberPage, 'Members keep the e-mail addresses known before.'),
    workspaces: await list<Named>('workspaces', WorkspacePage, 'Workspaces were not listed.'),
    projects: await list<Named>('projects', ProjectPage, 'Projects stand under their ids.'),
    raw,
    remarks,
  };
}

function createWalker(config: AdminKeyConfig) {
  const raw: RawResponse[] = [];
  const client = withRateLimit(
    createHttpClient(
      {
        vendor: 'Replit',
        source: config.source,
        baseUrl: config.baseUrl ?? 'https://api.replit.com',
        headers: { authorization: `Bearer ${config.adminKey}` },
        credential: config.adminKey,
        credentialNeeded: 'an Admin API key (rpl_...) made by an account admin of an Enterprise account',
        clock: config.clock,
      },
      config.http,
    ),
    config.clock,
    config.http,
  );
  const walk = async <Item>(
    endpoint: string,
    schema: VendorRequest<Page<Item>>['schema'],
    query: Query,
  ): Promise<readonly Item[]> => {
    const walked = await collectPages(client, { endpoint, query, schema }, ({ nextCursor }) =>
      cursorQuery('cursor', nextCursor !== null && nextCursor !== '', nextCursor),
    );
    raw.push(...walked.raw);
    return walked.pages.flatMap(({ items }) => items);
  };
  return { raw, walk };
}
