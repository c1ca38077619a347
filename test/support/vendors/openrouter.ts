import { addDays, type Day, parseDay, utcDay } from '../../../src/core/base/time.js';
import { NOW_MS } from './all.js';
import { type FakeCall, groupBy, pageOf, refuse, startFake, type Trouble } from './server.js';

/** What one key did on one day; dollars as decimal text. */
interface RouterUse {
  readonly day: Day;
  readonly hash: string;
  readonly model: string;
  readonly usd: string;
  readonly ownKeyUsd: string;
  readonly tokens: number;
}

export interface RouterAccount {
  readonly key: string;
  uses: RouterUse[];
  keys: { hash: string; name: string; workspace_id: string; usage: number }[];
  totalCredits: number;
}

export const ROUTER_KEY = 'sk-or-v1-TopSecretOfLarkspur';
const PAGE = 1;
const WORKSPACES = [
  { id: 'ws-default', name: 'Default' },
  { id: 'ws-growth', name: 'Growth' },
];

/** Two listed keys and one that was deleted, on each of the last 40 days. */
export function openRouterAccount(): RouterAccount {
  const today = utcDay(NOW_MS);
  const uses = Array.from({ length: 40 }, (_, index): RouterUse[] => {
    const day = addDays(today, -index);
    const at = { day, ownKeyUsd: '0', tokens: 1000 };
    return [
      { ...at, hash: 'growth', model: 'openai/gpt-6-luna', usd: `0.41${index}` },
      { ...at, hash: 'search', model: 'openai/gpt-6-luna', usd: '1.1000000001' },
      { ...at, hash: 'gone', model: 'openai/gpt-6-luna', usd: '0.25' },
      { ...at, hash: 'search', model: 'anthropic/claude-sonnet-5', usd: '0.05', ownKeyUsd: '1.5' },
    ];
  }).flat();
  return {
    key: ROUTER_KEY,
    uses,
    keys: [
      { hash: 'growth', name: 'growth-experiments', workspace_id: 'ws-growth', usage: 431.2 },
      { hash: 'search', name: 'search-prod', workspace_id: 'ws-default', usage: 900 },
      { hash: 'idle', name: 'never-used', workspace_id: 'ws-default', usage: 0 },
    ],
    totalCredits: 500,
  };
}

/** OpenRouter's management API: 30 completed days only, keys by offset and workspace, filters instead of groups. */
export async function startOpenRouter(account: RouterAccount, trouble?: Trouble) {
  return await startFake((call) => {
    if (call.headers.authorization !== `Bearer ${account.key}`)
      refuse(401, 'No cookie auth credentials found');
    switch (call.endpoint) {
      case '/api/v1/activity':
        return { data: activity(call, account) };
      case '/api/v1/keys': {
        const workspace = call.query.get('workspace_id') ?? 'ws-default';
        const keys = account.keys.filter(({ workspace_id: id }) => id === workspace);
        return { data: pageOf(keys.map(toKey), call.query.get('offset'), PAGE).items };
      }
      case '/api/v1/workspaces':
        return { data: pageOf(WORKSPACES, call.query.get('offset'), PAGE).items };
      case '/api/v1/credits':
        return { data: { total_credits: account.totalCredits, total_usage: 123.4 } };
      default:
        return null;
    }
  }, trouble);
}

function toKey(key: RouterAccount['keys'][number]) {
  return { ...key, label: 'sk-or-v1-abc...def', disabled: false, byok_usage: 0, creator_user_id: 'user_Ana' };
}

function activity({ query }: FakeCall, account: RouterAccount) {
  if (query.get('group_by') !== 'workspace') refuse(400, 'group_by');
  const today = utcDay(NOW_MS);
  const hash = query.get('api_key_hash');
  const seen = account.uses.filter(
    ({ day, hash: own }) => addDays(today, -30) <= day && day < today && (hash === null || own === hash),
  );
  const cells = groupBy(seen, ({ day, model }) => `${day} ${model}`);
  return [...cells.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    const sum = (of: (row: RouterUse) => string) => rows.reduce((total, row) => total + Number(of(row)), 0);
    return [
      {
        date: first.day,
        model: first.model,
        model_permaslug: `${first.model}-2026-09-01`,
        endpoint_id: '0b0f3c4e',
        provider_name: 'OpenAI',
        usage: Number(sum(({ usd }) => usd).toFixed(12)),
        byok_usage_inference: sum(({ ownKeyUsd }) => ownKeyUsd),
        requests: rows.length,
        prompt_tokens: rows.reduce((total, { tokens }) => total + tokens, 0),
        completion_tokens: 0,
        reasoning_tokens: 0,
        workspace_id: 'ws-default',
      },
    ];
  });
}

/** The window's days in which the vendor still has activity. */
export const ROUTER_FIRST = parseDay('2026-10-24');
