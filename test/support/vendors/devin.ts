import { addDays, type Day, parseDay } from '../../../src/core/base/time.js';
import { need, pageOf, refuse, startFake, type Trouble } from './server.js';

/** ACUs of one session; `orgId` null: Cascade or Terminal. */
export interface DevinSession {
  readonly day: Day;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly acus: string;
}

export interface DevinEnterprise {
  readonly key: string;
  sessions: DevinSession[];
}

export const DEVIN_KEY = 'apk_user_TopSecretOfLarkspur';
const MEMBERS = [
  {
    user_id: 'user-ana',
    email: 'Ana.Ruiz@larkspur.example',
    name: 'Ana Ruiz',
    enterprise_role: 'account_member',
  },
  {
    user_id: 'user-tom',
    email: 'tom.lee@larkspur.example',
    name: 'Tom Lee',
    enterprise_role: 'account_admin',
  },
];

/** Two users, one of them in Cascade, and some ACUs that no user is named for. */
export function devinEnterprise(): DevinEnterprise {
  const sessions = Array.from({ length: 20 }, (_, index): DevinSession[] => {
    const day = addDays(parseDay('2026-11-05'), index);
    return [
      { day, userId: 'user-ana', orgId: 'org_platform', acus: '24.4' },
      { day, userId: 'user-tom', orgId: null, acus: `17.${index}1` },
      { day, userId: null, orgId: 'org_platform', acus: '0.333333333' },
    ];
  }).flat();
  return { key: DEVIN_KEY, sessions };
}

/** Devin's v2 API as documented: days from 08:00 UTC, the end exclusive, members by `skip`. */
export async function startDevin(enterprise: DevinEnterprise, trouble?: Trouble) {
  return await startFake(({ endpoint, query, headers }) => {
    if (headers.authorization !== `Bearer ${enterprise.key}`) refuse(401, 'Unauthorized');
    if (endpoint === '/v2/enterprise/members') {
      const page = pageOf(MEMBERS, query.get('skip'), 1);
      const skip = Number(query.get('skip') ?? 0);
      return {
        items: page.items,
        has_more: page.next !== null,
        limit: 1,
        skip,
        total: 2,
        next_cursor: page.next,
      };
    }
    if (endpoint !== '/v2/enterprise/consumption/daily') return null;
    if (query.has('org_ids')) refuse(400, 'filtering by organisation drops Cascade');
    const [start, end] = [need(query, 'start_date'), need(query, 'end_date')];
    const inside = enterprise.sessions.filter(
      ({ day }) => start <= `${day}T08:00:00Z` && `${day}T08:00:00Z` < end,
    );
    return {
      total_acus: Number(inside.reduce((sum, { acus }) => sum + Number(acus), 0).toFixed(9)),
      consumption_by_date: sums(inside, ({ day }) => day),
      consumption_by_org_id: sums(inside, ({ orgId }) => orgId),
      consumption_by_user: sums(inside, ({ userId }) => userId),
    };
  }, trouble);
}

function sums(sessions: readonly DevinSession[], keyOf: (session: DevinSession) => string | null) {
  const totals: Record<string, number> = {};
  for (const session of sessions) {
    const key = keyOf(session);
    if (key !== null) totals[key] = (totals[key] ?? 0) + Number(session.acus);
  }
  return totals;
}
