import { and, asc, eq, gte, inArray, or } from 'drizzle-orm';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson, encodeJson } from '../../../core/base/json.js';
import type { Claim, ClaimState } from '../../../core/claims/claim.js';
import type { ClaimStore } from '../../contract/claims.js';
import { writeAudit } from '../base/audit.js';
import { type Database, inTransaction, type Methods } from '../base/database.js';
import { putLink } from '../people/directory.js';
import { claim } from '../schema/claims.js';

type ClaimRow = typeof claim.$inferSelect;
type Opening = Parameters<ClaimStore['openClaim']>[0];
type Saving = Parameters<ClaimStore['saveClaim']>[0];

const UNFINISHED: ClaimState[] = ['open', 'asked', 'escalated'];

/** Claims on SQLite. */
export const claimMethods: Methods<ClaimStore> = {
  openClaim: inTransaction(openClaim),
  findClaim(db, id) {
    const row = db.orm.select().from(claim).where(eq(claim.id, id)).get();
    return row === undefined ? null : toClaim(row);
  },
  listClaims(db, changedSinceMs) {
    const where = or(inArray(claim.state, UNFINISHED), gte(claim.updatedAtMs, changedSinceMs));
    return db.orm.select().from(claim).where(where).orderBy(asc(claim.id)).all().map(toClaim);
  },
  saveClaim: inTransaction(saveClaim),
};

function openClaim(db: Database, { atMs, ...opening }: Opening): Claim {
  const { kind, value } = opening.subject;
  const same = and(eq(claim.kind, kind), eq(claim.value, value), inArray(claim.state, UNFINISHED));
  const standing = db.orm.select().from(claim).where(same).get();
  if (standing !== undefined) return toClaim(standing);
  const body: ClaimBody = { ...opening, asks: [], resolution: null, escalatedAtMs: null };
  const row = db.orm
    .insert(claim)
    .values({
      kind,
      value,
      state: 'open',
      revision: 1,
      body: encodeJson(body),
      openedAtMs: atMs,
      updatedAtMs: atMs,
    })
    .returning()
    .get();
  return toClaim(row);
}

function saveClaim(db: Database, { claim: next, link, actor, atMs }: Saving): Claim {
  const held = db.orm.select().from(claim).where(eq(claim.id, next.id)).get();
  if (held === undefined) throw new AppError('not-found', `There is no claim ${next.id}.`);
  if (held.revision !== next.revision)
    throw new AppError('conflict', 'Somebody else answered this meanwhile; nothing was changed.');
  const { id, revision, state, openedAtMs: _opened, updatedAtMs: _updated, ...body } = next;
  const row = db.orm
    .update(claim)
    .set({ state, revision: revision + 1, body: encodeJson(body satisfies ClaimBody), updatedAtMs: atMs })
    .where(eq(claim.id, id))
    .returning()
    .get();
  if (link !== null) putLink(db, { link, actor, atMs });
  if (state !== held.state || body.asks.length !== toClaim(held).asks.length) {
    const { asks, resolution, subject } = body;
    const detail = { before: held.state, after: state, subject, asks, resolution };
    writeAudit(db, { actor, action: `claim.${state}`, subject: `claim ${id}`, detail, atMs });
  }
  return toClaim(row);
}

/** The columns of the row are the truth; `body` has the rest. */
type ClaimBody = Omit<Claim, 'id' | 'revision' | 'state' | 'openedAtMs' | 'updatedAtMs'>;

function toClaim({ id, revision, state, openedAtMs, updatedAtMs, body }: ClaimRow): Claim {
  return { ...decodeJson<ClaimBody>(body), id, revision, state, openedAtMs, updatedAtMs };
}
