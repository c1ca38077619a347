import { createHash } from 'node:crypto';
import { asc, desc, eq, lte } from 'drizzle-orm';
import { AppError } from '../../../core/base/errors.js';
import { decodeJson } from '../../../core/base/json.js';
import { rulesetText } from '../../../core/rules/canonical.js';
import { DEFAULT_DIMENSIONS, type Rule, type Ruleset } from '../../../core/rules/rule.js';
import type { VersionedRuleset } from '../../contract/rules.js';
import type { Database } from '../base/database.js';
import { type rule, rulesetVersion } from '../schema/rules.js';

const EMPTY: Ruleset = { version: 1, dimensions: DEFAULT_DIMENSIONS.map((id) => ({ id, rules: [] })) };

/** Before the first edit there is an edition all the same, so that previews have something to be compared with. */
const EDITION_ZERO: VersionedRuleset = {
  version: {
    number: 0,
    hash: hashOf(EMPTY),
    author: 'system:apportion',
    approver: null,
    note: null,
    recordedAtMs: 0,
  },
  ruleset: EMPTY,
};

/** Stands for a ruleset's content, down to the order of its dimensions and rules. */
export function hashOf(ruleset: Ruleset): string {
  return createHash('sha256').update(rulesetText(ruleset)).digest('hex');
}

/** One wording of a rule, in force from an edition on. */
export type RuleRow = Pick<typeof rule.$inferSelect, 'id' | 'dimension' | 'ruleId' | 'rank' | 'body'>;

/** What was read of a database: editions and wordings are only ever added, never changed. */
interface Memory {
  readonly wordings: Map<number, { readonly body: string; readonly rule: Rule }>;
  /** The last editions that were asked for, by hash of the content and number. */
  readonly editions: Map<string, Ruleset>;
}

const memories = new WeakMap<Database, Memory>();
const MANY_WORDINGS = 100_000;
const MANY_EDITIONS = 8;

function memoryOf(db: Database): Memory {
  const memory = memories.get(db) ?? { wordings: new Map(), editions: new Map() };
  memories.set(db, memory);
  if (memory.wordings.size > MANY_WORDINGS) memory.wordings.clear();
  if (memory.editions.size > MANY_EDITIONS) memory.editions.clear();
  return memory;
}

/** The rule of a row, the same object each time: what is worked out of one edition's rules serves the next. */
export function wordingOf(db: Database, { id, body }: Pick<RuleRow, 'id' | 'body'>): Rule {
  const { wordings } = memoryOf(db);
  const known = wordings.get(id);
  if (known?.body === body) return known.rule;
  const decoded = decodeJson<Rule>(body);
  wordings.set(id, { body, rule: decoded });
  return decoded;
}

const ROW = 'select id, dimension, rule_id as ruleId, rank, body from rule';

/** The wordings of the edition in force, in no order. */
export function rulesInForce(db: Database): readonly RuleRow[] {
  return db.handle.prepare<[], RuleRow>(`${ROW} where to_version is null`).all();
}

/** The edition in force. */
export function currentRuleset(db: Database): VersionedRuleset {
  const row = db.orm.select().from(rulesetVersion).orderBy(desc(rulesetVersion.number)).limit(1).get();
  return row === undefined ? EDITION_ZERO : load(db, row);
}

/** @throws AppError `not-found`. */
export function editionNumber(db: Database, number: number): VersionedRuleset {
  if (number === 0) return EDITION_ZERO;
  const row = db.orm.select().from(rulesetVersion).where(eq(rulesetVersion.number, number)).get();
  if (row === undefined) throw new AppError('not-found', `There is no edition ${number} of the rules.`);
  return load(db, row);
}

/** The first edition whose rules no longer give its hash. Reads every edition. */
export function findChangedEdition(db: Database): number | null {
  const rows = db.orm.select().from(rulesetVersion).orderBy(asc(rulesetVersion.number)).all();
  return rows.find((row) => hashOf(read(db, row)) !== row.hash)?.number ?? null;
}

/** The edition that was in force at an instant. */
export function editionAt(db: Database, instantMs: number): VersionedRuleset {
  const row = db.orm
    .select()
    .from(rulesetVersion)
    .where(lte(rulesetVersion.recordedAtMs, instantMs))
    .orderBy(desc(rulesetVersion.number))
    .limit(1)
    .get();
  return row === undefined ? EDITION_ZERO : load(db, row);
}

function load(db: Database, row: typeof rulesetVersion.$inferSelect): VersionedRuleset {
  const { dimensions: _dimensions, shared: _shared, ...version } = row;
  const { editions } = memoryOf(db);
  const key = `${version.hash} ${version.number}`;
  const ruleset = editions.get(key) ?? read(db, row);
  editions.set(key, ruleset);
  return { version, ruleset };
}

function read(db: Database, { number, dimensions, shared }: typeof rulesetVersion.$inferSelect): Ruleset {
  const rules = new Map(dimensions.map((id) => [id, [] as Rule[]]));
  const rows = db.handle
    .prepare<[number, number], RuleRow>(
      `${ROW} where from_version <= ? and (to_version is null or to_version > ?) order by rank`,
    )
    .all(number, number);
  for (const row of rows) rules.get(row.dimension)?.push(wordingOf(db, row));
  return {
    version: 1,
    dimensions: dimensions.map((id) => {
      const pools = shared[id];
      const withRules = { id, rules: rules.get(id) ?? [] };
      return pools === undefined ? withRules : { ...withRules, shared: [...pools] };
    }),
  };
}
