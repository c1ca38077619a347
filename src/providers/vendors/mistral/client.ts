import { AppError } from '../../../core/base/errors.js';
import type { Month } from '../../../core/base/time.js';
import { openAccount, type VendorAccess } from '../../http/account.js';
import type { AdminKeyConfig, Query } from '../../http/http.js';
import { UsageAnswer, type Workspace, WorkspaceList } from './schema.js';

/** One month: the whole organisation, which is the truth, and each workspace that could be asked for. */
export interface MistralMonth {
  readonly month: Month;
  readonly total: UsageAnswer;
  readonly byWorkspace: readonly { readonly id: string; readonly usage: UsageAnswer }[];
}

/** All that one pull read. */
export interface MistralFacts {
  readonly account: VendorAccess;
  readonly months: readonly MistralMonth[];
  readonly workspaces: readonly Workspace[];
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
  const account = openAccount(config, {
    vendor: 'Mistral',
    address: 'https://api.mistral.ai/v1/admin',
    headers: { 'x-api-key': config.adminKey },
    credentialNeeded: 'an Admin API key (Enterprise plans); a key for inference is refused',
  });
  const ask = async (month: Month, workspace: Query): Promise<UsageAnswer> => {
    const query: Query = [
      ['month', String(Number(month.slice(5)))],
      ['year', month.slice(0, 4)],
      ...workspace,
    ];
    const usage = await account.get({ endpoint: '/usage', query, schema: UsageAnswer });
    refuseOtherMonth(usage, month);
    return usage;
  };
  const listed = await account.part(
    { is: 'names', without: 'Usage was split by the workspaces known before.' },
    () => account.get({ endpoint: '/workspaces', schema: WorkspaceList }),
  );
  const ids = [...new Set([...(listed ?? []).map(({ id }) => id), ...remembered])];
  const read: MistralMonth[] = [];
  for (const month of months) {
    const total = await ask(month, []);
    const byWorkspace: { id: string; usage: UsageAnswer }[] = [];
    for (const id of total.lines.length === 0 ? [] : ids) {
      // A workspace that is gone: its money stays in the total, under no workspace.
      const usage = await account.part({ is: 'weights', without: null }, () =>
        ask(month, [['workspace_id', id]]),
      );
      if (usage !== null) byWorkspace.push({ id, usage });
    }
    refuseOtherCurrency(total, byWorkspace);
    read.push({ month, total, byWorkspace });
  }
  return { account, months: read, workspaces: listed ?? [] };
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
