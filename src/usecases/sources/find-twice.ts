import { addDays, utcDay } from '../../core/base/time.js';
import { carrySameMoney } from '../../core/sources/twice.js';
import type { Provider } from '../../providers/provider.js';
import type { Context } from '../context.js';
import { currentProviders } from './current-providers.js';

const COMPARED_DAYS = 60;

/** The source that reads the same account as `provider` by the same credential; null when there is none. */
export async function findSameAccount(context: Context, provider: Provider): Promise<string | null> {
  const { source, accountKey } = provider;
  const other = (await currentProviders(context)).find(
    (each) => accountKey !== undefined && each.accountKey === accountKey && each.source !== source,
  );
  return other?.source ?? null;
}

/** Pairs of sources that carry the same money, as sentences: one credential and account, or equal days in the ledger. */
export async function findTwice(context: Context): Promise<readonly string[]> {
  const providers = await currentProviders(context);
  const today = utcDay(context.clock());
  const range = { from: addDays(today, -COMPARED_DAYS), to: today };
  const found: string[] = [];
  for (const [index, a] of providers.entries())
    for (const b of providers.slice(index + 1).filter(({ kind }) => kind === a.kind)) {
      const isSame = a.accountKey !== undefined && a.accountKey === b.accountKey;
      const [ofA, ofB] = [
        await context.store.sumOfSource(a.source, range),
        await context.store.sumOfSource(b.source, range),
      ];
      if (!isSame && !carrySameMoney(ofA, ofB)) continue;
      const why = isSame ? 'read the same account by the same credential' : 'have the same cost on every day';
      found.push(`${a.source} and ${b.source} ${why}: take one of them out, or its money is counted twice.`);
    }
  return found;
}
