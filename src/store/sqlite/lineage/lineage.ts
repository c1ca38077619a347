import { canonicalJson, decodeJson } from '../../../core/base/json.js';
import { compareText } from '../../../core/base/money.js';
import { type Day, toEpochDay } from '../../../core/base/time.js';
import type { LinkRecord, RawReference } from '../../../core/lineage/lineage.js';
import type { IdentifierLink } from '../../../core/people/data.js';
import type { LineageStore } from '../../contract/lineage.js';
import { type Database, type Methods } from '../base/database.js';
import { wordsOf } from '../ledger/words.js';
import { listPortions } from './portions.js';

/** Reads back what figures were made from. */
export const lineageMethods: Methods<LineageStore> = {
  listPortions: (db, figure) => listPortions(db, wordsOf(db), figure),
  listRawReferences,
  findLinkRecord,
};

function listRawReferences(db: Database, source: string, day: Day): readonly RawReference[] {
  const on = toEpochDay(day);
  const rows = db.handle.prepare<(string | number)[], RawReference>(
    `select endpoint, max(fetched_at_ms) as fetchedAtMs from raw_response
     where source = ? and covers_from <= ? and ? < covers_to and received_at_ms = (
       select received_at_ms from raw_response
       where source = ? and covers_from <= ? and ? < covers_to order by id desc limit 1)
     group by endpoint`,
  );
  return rows.all(source, on, on, source, on, on).toSorted((a, b) => compareText(a.endpoint, b.endpoint));
}

function findLinkRecord(db: Database, link: IdentifierLink): LinkRecord | null {
  const rows = db.handle.prepare<[string], { atMs: number; actor: string; detail: string }>(
    `select at_ms as atMs, actor, detail from audit where action = 'directory.link' and subject = ?
     order by id desc`,
  );
  const wanted = canonicalJson(link);
  const entry = rows.all(`link: ${link.kind} ${link.value}`).find(({ detail }) => {
    const { after } = decodeJson<{ readonly after?: unknown }>(detail);
    return canonicalJson(after ?? null) === wanted;
  });
  return entry === undefined ? null : { by: entry.actor, atMs: entry.atMs };
}
