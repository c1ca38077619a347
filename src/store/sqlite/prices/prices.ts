import { asc, desc, eq } from 'drizzle-orm';
import type { Price } from '../../../core/prices/price.js';
import { priceKey, pricesToAdd } from '../../../core/prices/snapshot.js';
import type { PriceImport, PriceStore } from '../../contract/prices.js';
import { writeAudit } from '../base/audit.js';
import { insertRows } from '../base/bulk.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { modelAlias, price, priceSnapshot } from '../schema/prices.js';

type Batch = Parameters<PriceStore['putPrices']>[0];

const COLUMNS = [
  'snapshot_id',
  'priority',
  'provider',
  'model',
  'token_type',
  'context_tier',
  'service_tier',
  'geo',
  'speed',
  'valid_from',
  'valid_to',
  'nanos_per_million',
  'source',
];

/** The price store on SQLite. */
export const priceMethods: Methods<PriceStore> = {
  putPrices: inTransaction(putPrices),
  listPrices: (db) => ({
    prices: listPrices(db),
    aliases: db.orm.select().from(modelAlias).orderBy(asc(modelAlias.provider), asc(modelAlias.alias)).all(),
  }),
  listPriceSnapshots(db) {
    const rows = db.orm.select().from(priceSnapshot).orderBy(desc(priceSnapshot.id)).all();
    return rows.map(({ id: _id, ...snapshot }) => snapshot);
  },
};

function putPrices(db: Database, batch: Batch): PriceImport {
  const { source, contentHash, prices, aliases, day, actor, atMs } = batch;
  const last = db.orm
    .select()
    .from(priceSnapshot)
    .where(eq(priceSnapshot.source, source))
    .orderBy(desc(priceSnapshot.id))
    .limit(1)
    .get();
  const offered = prices.length;
  if (last?.contentHash === contentHash) return { source, offered, added: 0, unchanged: true };
  const toAdd = pricesToAdd(listPrices(db), prices, day);
  const { id: snapshotId } = db.orm
    .insert(priceSnapshot)
    .values({ source, contentHash, importedAtMs: atMs, offered, added: toAdd.length })
    .returning({ id: priceSnapshot.id })
    .get();
  insertRows(db, { table: 'price', columns: COLUMNS }, toAdd, (each, row) =>
    row.push(...valuesOf(snapshotId, each)),
  );
  for (const { provider, alias, model } of aliases)
    db.orm
      .insert(modelAlias)
      .values({ provider, alias, model })
      .onConflictDoUpdate({ target: [modelAlias.provider, modelAlias.alias], set: { model } })
      .run();
  const detail = { offered, added: toAdd.length, contentHash };
  writeAudit(db, { actor, action: 'prices.import', subject: `prices: ${source}`, detail, atMs });
  return { source, offered, added: toAdd.length, unchanged: false };
}

function valuesOf(snapshotId: number, each: Price): (string | number | null)[] {
  return [
    snapshotId,
    each.priority,
    each.provider,
    each.model,
    each.tokenType,
    each.contextTier,
    each.serviceTier,
    each.geo,
    each.speed,
    each.validFrom,
    each.validTo,
    each.nanosPerMillion.toString(),
    each.source,
  ];
}

/** The latest row of each key and first day: later imports supersede, nothing is deleted. */
function listPrices(db: Database): readonly Price[] {
  const inForce = new Map<string, Price>();
  for (const row of db.orm.select().from(price).orderBy(asc(price.id)).all()) {
    const { id: _id, snapshotId: _snapshot, nanosPerMillion, ...rest } = row;
    const each = { ...rest, nanosPerMillion: BigInt(nanosPerMillion) };
    inForce.set(`${priceKey(each)}\u0000${each.validFrom}`, each);
  }
  return [...inForce.values()];
}
