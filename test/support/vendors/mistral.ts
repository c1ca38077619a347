import { addDays, type Day, monthOf, parseDay } from '../../../src/core/base/time.js';
import { need, refuse, startFake, type Trouble } from './server.js';

/** Tokens of a model on a day in a workspace. */
interface MistralTokens {
  readonly day: Day;
  readonly workspace: string;
  readonly model: string;
  readonly group: 'input' | 'output';
  readonly tokens: number;
}

export interface MistralOrganisation {
  readonly key: string;
  tokens: MistralTokens[];
  /** Euros of Le Chat by month and workspace, which the vendor dates no day of. */
  chat: { month: string; workspace: string; eur: string }[];
  /** Workspaces as listed; others have been deleted. */
  workspaces: string[];
  prices: { event_type: string; billing_metric: string; billing_group: string; price: string }[];
}

export const MISTRAL_KEY = 'mistral-admin-TopSecretOfLarkspur';
const METRICS = ['mistral-large-2411', 'codestral-2508'];

/** Two listed workspaces and one that was deleted, October and November. */
export function mistralOrganisation(): MistralOrganisation {
  const tokens = Array.from({ length: 50 }, (_, index) =>
    METRICS.flatMap((model, at) =>
      (['input', 'output'] as const).map(
        (group): MistralTokens => ({
          day: addDays(parseDay('2026-10-05'), index),
          workspace: ['ws-prod', 'ws-lab', 'ws-gone'][(index + at) % 3] ?? 'ws-prod',
          model,
          group,
          tokens: 1000 + index * 7 + at,
        }),
      ),
    ),
  ).flat();
  return {
    key: MISTRAL_KEY,
    tokens,
    chat: [
      { month: '2026-10', workspace: 'ws-prod', eur: '120.5' },
      { month: '2026-11', workspace: 'ws-prod', eur: '80.25' },
      { month: '2026-11', workspace: 'ws-gone', eur: '3.01' },
    ],
    workspaces: ['ws-prod', 'ws-lab'],
    prices: METRICS.flatMap((metric) =>
      ['input', 'output'].map((group) => ({
        event_type: 'api_tokens',
        billing_metric: metric,
        billing_group: group,
        price: group === 'input' ? '0.0000017' : '0.0000051',
      })),
    ),
  };
}

/** The Admin API as documented, its body in the forms that clients report: entries beside prices, plain amounts. */
export async function startMistral(organisation: MistralOrganisation, trouble?: Trouble) {
  return await startFake(({ endpoint, query, headers }) => {
    if (headers['x-api-key'] !== organisation.key) refuse(401, 'Unauthorized');
    if (endpoint === '/v1/admin/workspaces') {
      return { data: organisation.workspaces.map((id) => ({ id, name: id.replace('ws-', '') })) };
    }
    if (endpoint !== '/v1/admin/usage') return null;
    const month = `${need(query, 'year')}-${need(query, 'month').padStart(2, '0')}`;
    const workspace = query.get('workspace_id');
    if (workspace !== null && !organisation.workspaces.includes(workspace)) refuse(404, 'no such workspace');
    return usage(organisation, month, workspace);
  }, trouble);
}

function usage(organisation: MistralOrganisation, month: string, workspace: string | null) {
  const here = ({ workspace: own }: { workspace: string }) => workspace === null || own === workspace;
  const tokens = organisation.tokens.filter((row) => monthOf(row.day) === month && here(row));
  const chat = organisation.chat.filter((row) => row.month === month && here(row));
  const models = METRICS.map((model) => {
    const entries = (group: string) =>
      tokens
        .filter((row) => row.model === model && row.group === group)
        .map(({ day, tokens: value }) => ({
          usage_type: 'api',
          event_type: 'api_tokens',
          billing_metric: model,
          billing_display_name: model,
          billing_group: group,
          timestamp: `${day}T00:00:00Z`,
          value,
          value_paid: value,
        }));
    return [`${model}::latest`, { input: entries('input'), output: entries('output') }] as const;
  });
  return {
    chat: { cost: Number(chat.reduce((sum, { eur }) => sum + Number(eur), 0).toFixed(6)) },
    completion: { models: Object.fromEntries(models) },
    ocr: { models: {} },
    audio: null,
    vibe_usage: 0,
    start_date: `${month}-01T00:00:00Z`,
    end_date: `${month}-28T23:59:59Z`,
    currency: 'eur',
    currency_symbol: '€',
    prices: organisation.prices,
  };
}
