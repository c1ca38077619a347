import { asc, eq } from 'drizzle-orm';
import type { ConservationProof } from '../../../core/allocation/allocation.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import type { Month } from '../../../core/base/time.js';
import type { Database } from '../base/database.js';
import { conservationProof } from '../schema/allocation.js';

/** The latest proof of each dimension of a month, by dimension. */
export function listProofs(db: Database, month: Month): readonly ConservationProof[] {
  const rows = db.orm
    .select()
    .from(conservationProof)
    .where(eq(conservationProof.month, month))
    .orderBy(asc(conservationProof.dimension))
    .all();
  return rows.map((row) => {
    const totals = decodeJson<ConservationProof['totals']>(row.totals);
    return { ...row, month, totals };
  });
}

/** Puts proofs in place of those of a month. */
export function storeProofs(db: Database, month: Month, proofs: readonly ConservationProof[]): void {
  db.orm.delete(conservationProof).where(eq(conservationProof.month, month)).run();
  for (const proof of proofs) {
    const row = { ...proof, totals: encodeJson(proof.totals) };
    db.orm.insert(conservationProof).values(row).run();
  }
}
