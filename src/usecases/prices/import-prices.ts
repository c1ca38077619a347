import { utcDay } from '../../core/base/time.js';
import type { PriceList } from '../../core/prices/price.js';
import { createPriceTable, type PriceTable } from '../../core/prices/table.js';
import type { PriceImport } from '../../store/contract/prices.js';
import type { Context } from '../context.js';

/** Takes a list of prices in as one snapshot; the same content again changes nothing. */
export async function importPrices(context: Context, list: PriceList): Promise<PriceImport> {
  const { store, clock, actor } = context;
  const { source, contentHash, prices, aliases } = list;
  const atMs = clock();
  return store.putPrices({ source, contentHash, prices, aliases, day: utcDay(atMs), actor, atMs });
}

/**
 * The prices in force. The list of the installation is taken in by itself when the table has none of its content yet,
 * so that prices are there at the first pull and follow an update of the package.
 */
export async function currentPrices(context: Context): Promise<PriceTable> {
  const list = readOnce(context.bundledPrices);
  if (list !== null) {
    const snapshots = await context.store.listPriceSnapshots();
    const known = snapshots.some(
      ({ source, contentHash }) => source === list.source && contentHash === list.contentHash,
    );
    if (!known) {
      const result = await importPrices({ ...context, actor: { kind: 'system', name: 'price list' } }, list);
      context.log.info('prices imported', { source: result.source, added: result.added });
    }
  }
  const { prices, aliases } = await context.store.listPrices();
  return createPriceTable(prices, aliases);
}

const read = new WeakMap<() => PriceList, PriceList>();

/** The list is part of the installation: it cannot change while the process runs. */
function readOnce(bundled: Context['bundledPrices']): PriceList | null {
  if (bundled === undefined) return null;
  const list = read.get(bundled) ?? bundled();
  read.set(bundled, list);
  return list;
}
