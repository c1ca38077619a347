import { createHash } from 'node:crypto';
import { AppError } from '../../../core/base/errors.js';
import { canonicalJson } from '../../../core/base/json.js';
import { compareText } from '../../../core/base/money.js';
import { fromEpochDay, monthOf } from '../../../core/base/time.js';
import { PRIOR_PERIOD_COLUMN } from '../../../core/close/month.js';
import { INVOICE_COLUMN } from '../../../core/invoices/book.js';
import { ATTRIBUTES, type Bill, type ChargeKind, type DimensionSet } from '../../../core/ledger/charge.js';
import type { Database } from '../base/database.js';
import { dimSet } from '../schema/ledger.js';

/** Gives out ids for what charges share, writing what is new. Lives as long as one transaction, not longer. */
export interface Interner {
  readonly set: (set: DimensionSet) => number;
  /** The set of prior-period lines that are really of a day: all that the other set has, and the day. */
  readonly priorSet: (setId: number, epochDay: number) => number;
  /** A kind as a vendor gave it. */
  readonly kind: (kind: ChargeKind) => number;
  /** The kind of a prior-period line: a correction that names the day its charge is really of. */
  readonly priorKind: (kind: ChargeKind, epochDay: number) => number;
  /** The kind of a charge that we made from an invoice: it names it under INVOICE_COLUMN. */
  readonly bookedKind: (kind: ChargeKind) => number;
  readonly bill: (bill: Bill) => number;
  /** How many dimension sets were new. */
  readonly newSets: () => number;
}

/** The dim_set columns of the attributes, in the order of ATTRIBUTES. */
export const ATTRIBUTE_COLUMNS: readonly string[] = ATTRIBUTES.map((attribute) => dimSet[attribute].name);

const SORTED_ATTRIBUTES = ATTRIBUTES.toSorted(compareText);

/** An interner for the charges of one source. */
export function createInterner(db: Database, source: string): Interner {
  const value = createValueInterner(db);
  const sets = createSetInterner(db, source, value);
  return {
    set: sets.id,
    priorSet: createPriorSetInterner(db),
    ...createKindInterner(db),
    bill: internedByKey(canonicalJson, ...billStatements(db)),
    newSets: sets.added,
  };
}

/** Ids of texts in dim_value; each text is stored once. */
export function createValueInterner(db: Database): (text: string) => number {
  const find = db.handle.prepare<[string], number>('select id from dim_value where value = ?').pluck();
  const insert = db.handle.prepare<[string]>('insert into dim_value (value) values (?)');
  const known = new Map<string, number>();
  return (text) => {
    const id = known.get(text) ?? find.get(text) ?? Number(insert.run(text).lastInsertRowid);
    known.set(text, id);
    return id;
  };
}

/** By object identity first, which costs nothing; by canonical text for objects not met before. */
function internedByKey<T extends object>(
  keyOf: (item: T) => string,
  find: (key: string) => number | undefined,
  insert: (key: string, item: T) => number,
): (item: T) => number {
  const byObject = new Map<T, number>();
  const byKey = new Map<string, number>();
  return (item) => {
    const known = byObject.get(item);
    if (known !== undefined) return known;
    const key = keyOf(item);
    const id = byKey.get(key) ?? find(key) ?? insert(key, item);
    byKey.set(key, id);
    byObject.set(item, id);
    return id;
  };
}

function createSetInterner(db: Database, source: string, value: (text: string) => number) {
  const findByHash = db.handle.prepare<[Buffer], number>('select id from dim_set where key_hash = ?').pluck();
  const columns = ['key_hash', 'tag_set_id', ...ATTRIBUTE_COLUMNS];
  const insertRow = db.handle.prepare<[(Buffer | number | null)[]]>(
    `insert into dim_set (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  const tagSet = createTagSetInterner(db, value);
  let added = 0;
  const insert = (key: string, set: DimensionSet) => {
    added += 1;
    const attributes = { ...set.attributes, source };
    const ids = ATTRIBUTES.map((name) => (attributes[name] === undefined ? null : value(attributes[name])));
    return Number(insertRow.run([hash(key), tagSet(set.tags), ...ids]).lastInsertRowid);
  };
  const keyOf = (set: DimensionSet) => setKey(set, source);
  return { id: internedByKey(keyOf, (key) => findByHash.get(hash(key)), insert), added: () => added };
}

/** The key of such a set is the other's with the day; migration 0014 makes the same keys. */
function createPriorSetInterner(db: Database): Interner['priorSet'] {
  const columns = ['tag_set_id', ...ATTRIBUTE_COLUMNS].join(', ');
  const key = `cast(hex(key_hash) || '/' || @day as blob)`;
  const find = db.handle
    .prepare<[Prior], number>(
      `select id from dim_set where key_hash = (select ${key} from dim_set where id = @setId)`,
    )
    .pluck();
  const insert = db.handle.prepare<[Prior]>(
    `insert into dim_set (key_hash, prior_day, ${columns})
     select ${key}, cast(@day as integer), ${columns} from dim_set where id = @setId`,
  );
  return (setId, epochDay) => {
    const prior = { setId, day: String(epochDay) };
    return find.get(prior) ?? Number(insert.run(prior).lastInsertRowid);
  };
}

interface Prior {
  readonly setId: number;
  readonly day: string;
}

/** Canonical text of a set: present attributes in name order, then tags. `source` is always that of the batch. */
function setKey({ attributes, tags }: DimensionSet, source: string): string {
  if (attributes.source !== undefined && attributes.source !== source) {
    throw new AppError(
      'bug',
      `A charge of source "${source}" says that its source is "${attributes.source}".`,
    );
  }
  const present: Record<string, string> = {};
  for (const name of SORTED_ATTRIBUTES) {
    const text = name === 'source' ? source : attributes[name];
    if (text !== undefined) present[name] = text;
  }
  return JSON.stringify([present, sortedEntries(tags)]);
}

function createTagSetInterner(db: Database, value: (text: string) => number) {
  const find = db.handle.prepare<[string], number>('select id from tag_set where key = ?').pluck();
  const insertSet = db.handle.prepare<[string]>('insert into tag_set (key) values (?)');
  const insertTag = db.handle.prepare<[number, number, number]>(
    'insert into tag (tag_set_id, name_id, value_id) values (?, ?, ?)',
  );
  return (tags: DimensionSet['tags']) => {
    const key = JSON.stringify(sortedEntries(tags));
    const known = find.get(key);
    if (known !== undefined) return known;
    const id = Number(insertSet.run(key).lastInsertRowid);
    for (const [name, text] of Object.entries(tags)) insertTag.run(id, value(name), value(text));
    return id;
  };
}

function createKindInterner(db: Database): Pick<Interner, 'kind' | 'priorKind' | 'bookedKind'> {
  const find = db.handle.prepare<[string], number>('select id from charge_kind where key = ?').pluck();
  const insertRow = db.handle.prepare<[string, string, number | null, string | null]>(
    'insert into charge_kind (key, confidence, prior_day, invoice_key) values (?, ?, ?, ?)',
  );
  const insert = (key: string, kind: ChargeKind, priorDay: number | null) =>
    Number(insertRow.run(key, kind.confidence, priorDay, kind.extra[INVOICE_COLUMN] ?? null).lastInsertRowid);
  const findByKey = (key: string) => find.get(key);
  return {
    kind: internedByKey(
      (kind) => canonicalJson(asVendorKind(kind)),
      findByKey,
      (key, kind) => insert(key, asVendorKind(kind), null),
    ),
    bookedKind: internedByKey<ChargeKind>(canonicalJson, findByKey, (key, kind) => insert(key, kind, null)),
    priorKind(kind, epochDay) {
      const extra = { ...kind.extra, [PRIOR_PERIOD_COLUMN]: fromEpochDay(epochDay) };
      const prior: ChargeKind = { ...kind, chargeClass: 'Correction', extra };
      const key = canonicalJson(prior);
      return findByKey(key) ?? insert(key, prior, epochDay);
    },
  };
}

/** The columns are ours: in a vendor's file (an export of another Apportion, say) they must not be taken for our own. */
function asVendorKind(kind: ChargeKind): ChargeKind {
  const { [PRIOR_PERIOD_COLUMN]: prior, [INVOICE_COLUMN]: invoice, ...extra } = kind.extra;
  if (prior === undefined && invoice === undefined) return kind;
  const renamed = {
    ...(prior === undefined ? {} : { x_SourcePriorPeriod: prior }),
    ...(invoice === undefined ? {} : { x_SourceBookedFromInvoice: invoice }),
  };
  return { ...kind, extra: { ...extra, ...renamed } };
}

function billStatements(db: Database) {
  const find = db.handle.prepare<[string], number>('select id from bill where key = ?').pluck();
  const insert = db.handle.prepare<[(string | null)[]]>(
    `insert into bill (key, billing_account_id, billing_period, invoice_id, invoice_issuer_name, currency)
     values (?, ?, ?, ?, ?, ?)`,
  );
  return [
    (key: string) => find.get(key),
    (key: string, bill: Bill) => {
      const { billingAccountId, billingPeriodStart, invoiceId, invoiceIssuerName, billingCurrency } = bill;
      const period = monthOf(billingPeriodStart);
      const row = [key, billingAccountId, period, invoiceId, invoiceIssuerName, billingCurrency];
      return Number(insert.run(row).lastInsertRowid);
    },
  ] as const;
}

function sortedEntries(tags: DimensionSet['tags']): readonly (readonly [string, string])[] {
  return Object.entries(tags).toSorted(([a], [b]) => compareText(a, b));
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
