import { AppError } from '../../../core/base/errors.js';
import { decodeJson } from '../../../core/base/json.js';
import { ATTRIBUTES, type AttributeName, type DimensionSet } from '../../../core/ledger/charge.js';
import { type Database, oncePerDatabase } from '../base/database.js';
import { ATTRIBUTE_COLUMNS } from './intern.js';

/** Reads interned things back by id. They never change, so each is read once per open store. */
export interface Words {
  /** @throws AppError `bug` for an id that was never given out. */
  readonly text: (id: number) => string;
  /** Null when the text was never interned. */
  readonly idOf: (text: string) => number | null;
  /** The same object each time. @throws AppError `bug` for an id that was never given out. */
  readonly set: (id: number) => DimensionSet;
}

/** A reader with its own memory. Not for use inside a writing transaction, whose ids may be rolled back. */
export function createWords(db: Database): Words {
  const findText = db.handle.prepare<[number], string>('select value from dim_value where id = ?').pluck();
  const findId = db.handle.prepare<[string], number>('select id from dim_value where value = ?').pluck();
  const findTags = db.handle.prepare<[number], string>('select key from tag_set where id = ?').pluck();
  const findSet = db.handle
    .prepare<[number], (number | null)[]>(
      `select tag_set_id, ${ATTRIBUTE_COLUMNS.join(', ')} from dim_set where id = ?`,
    )
    .raw();
  const text = remembered('text', (id) => findText.get(id));
  const tags = remembered('tag set', (id) => {
    const key = findTags.get(id);
    return key === undefined ? undefined : Object.fromEntries(decodeJson<[string, string][]>(key));
  });
  const set = remembered('dimension set', (id): DimensionSet | undefined => {
    const row = findSet.get(id);
    if (row === undefined) return undefined;
    const [tagSetId, ...values] = row;
    const attributes: Partial<Record<AttributeName, string>> = {};
    for (const [position, name] of ATTRIBUTES.entries()) {
      const valueId = values[position];
      if (typeof valueId === 'number') attributes[name] = text(valueId);
    }
    return { attributes, tags: tags(tagSetId ?? 0) };
  });
  return { text, idOf: (value) => findId.get(value) ?? null, set };
}

/** The reader that all reading methods of an open store share. */
export const wordsOf = oncePerDatabase(createWords);

function remembered<T>(what: string, find: (id: number) => T | undefined): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => {
    const item = known.get(id) ?? find(id);
    if (item === undefined) throw new AppError('bug', `The ledger has no ${what} with id ${id}.`);
    known.set(id, item);
    return item;
  };
}
