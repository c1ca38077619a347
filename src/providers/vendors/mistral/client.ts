import { AppError } from '../../../core/base/errors.js';
import type { Month } from '../../../core/base/time.js';
import type { RawResponse } from '../../../core/sources/feed.js';
import { baseUrlOf } from '../../http/base-url.js';
import { type AdminKeyConfig, createHttpClient, type Query, VendorRefusal } from '../../http/http.js';
import { askOptional } from '../../http/optional.js';
import { UsageAnswer, type Workspace, WorkspaceList } from './schema.js';

/** One month: the whole organisation, which is the truth, and each workspace that could be asked for. */
export interface MistralMonth {
  readonly month: Month;
  readonly total: UsageAnswer;
  readonly byWorkspace: readonly { readonly id: string; readonly usage: UsageAnswer }[];
}

/** All that one pull read. */
export interface MistralFacts {
  readonly months: readonly MistralMonth[];
  readonly workspaces: readonly Workspace[];
  readonly raw: readonly RawResponse[];
  readonly remarks: readonly string[];
}

/**
 * Reads whole months, one call each for the organisation and for every workspace; `remembered` are workspaces that
 * may not be listed any more. Throws what the client throws about money, and AppError `upstream` when an answer is
 * for another month or one workspace's currency differs.
 */
export async function fetchFacts(
  config: AdminKeyConfig,
  months: readonly Month[],
  remembered: readonly string[],
): Promise<MistralFacts> {
  const client = createHttpClient(
    {
      vendor: 'Mistral',
      source: config.source,
      baseUrl: baseUrlOf(config.baseUrl, 'https://api.mistral.ai/v1/admin'),
      headers: { 'x-api-key': config.adminKey },
      credential: config.adminKey,
      credentialNeeded: 'an Admin API key (Enterprise plans); a key for inference is refused',
      clock: config.clock,
    },
    config.http,
  );
  const raw: RawResponse[] = [];
  const remarks: string[] = [];
  const ask = async (month: Month, workspace: Query): Promise<UsageAnswer> => {
    const query: Query = [
      ['month', String(Number(month.slice(5)))],
      ['year', month.slice(0, 4)],
      ...workspace,
    ];
    const answer = await client.get({ endpoint: '/usage', query, schema: UsageAnswer });
    raw.push(answer.raw);
    refuseOtherMonth(answer.value, month);
    return answer.value;
  };
  const listed = await askOptional(remarks, 'Usage was not split by workspace.', async () => {
    const answer = await client.get({ endpoint: '/workspaces', query: [], schema: WorkspaceList });
    raw.push(answer.raw);
    return answer.value;
  });
  const ids = listed === null ? [] : [...new Set([...listed.map(({ id }) => id), ...remembered])];
  const read: MistralMonth[] = [];
  for (const month of months) {
    const total = await ask(month, []);
    const byWorkspace: { id: string; usage: UsageAnswer }[] = [];
    for (const id of total.lines.length === 0 ? [] : ids) {
      const usage = await unlessGone(() => ask(month, [['workspace_id', id]]));
      if (usage !== null) byWorkspace.push({ id, usage });
    }
    refuseOtherCurrency(total, byWorkspace);
    read.push({ month, total, byWorkspace });
  }
  return { months: read, workspaces: listed ?? [], raw, remarks };
}

/** A workspace that is gone: its money stays in the total, under no workspace. */
async function unlessGone<T>(asking: () => Promise<T>): Promise<T | null> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof VendorRefusal && (error.status === 404 || error.status === 410)) return null;
    throw error;
  }
}

function refuseOtherMonth({ startDate }: UsageAnswer, month: Month): void {
  if (startDate === null || startDate.startsWith(month)) return;
  throw new AppError(
    'upstream',
    `Mistral answered /usage for ${startDate} when asked for ${month}. Nothing was stored.`,
  );
}

function refuseOtherCurrency(total: UsageAnswer, byWorkspace: MistralMonth['byWorkspace']): void {
  const other = byWorkspace.find(({ usage }) => usage.currency !== total.currency);
  if (other === undefined) return;
  throw new AppError(
    'upstream',
    `Mistral gives workspace ${other.id} in ${other.usage.currency} and the organisation in ${total.currency}. Nothing was stored.`,
  );
}
