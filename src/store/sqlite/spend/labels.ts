import { NO_VALUE } from '../../../core/spend/spend.js';
import type { Database } from '../base/database.js';
import type { Words } from '../ledger/words.js';

/** Things that vendors give a name and an id; dim_set has a column `..._name` and `..._id` for each. */
export type NamedIdentity = 'api_key' | 'sub_account';

/** How things with a name and an id are distinguished by one label. Ids are those of dim_value, 0 for none. */
export interface IdentityLabels {
  /** Null when the thing has neither name nor id. */
  readonly label: (nameId: number, valueId: number) => string | null;
  /** The things, as `nameId/valueId`, that a label stands for; failing that, those with that name or id. */
  readonly pairsOf: (label: string) => readonly string[];
}

interface Named {
  readonly pair: string;
  readonly name: string | null;
  readonly id: string | null;
}

/**
 * Labels for all things of a kind that the ledger has ever seen: the name, or the id where there is none. Things
 * that share a name keep apart: each gets the last four characters of its id, or the whole id if need be.
 */
export function readIdentityLabels(db: Database, words: Words, identity: NamedIdentity): IdentityLabels {
  const things = readThings(db, words, identity);
  const byName = new Map<string | null, Named[]>();
  for (const thing of things) {
    const namesakes = byName.get(thing.name);
    if (namesakes === undefined) byName.set(thing.name, [thing]);
    else namesakes.push(thing);
  }
  const labels = new Map<string, string>();
  for (const thing of things) {
    const namesakes = thing.name === null ? [] : (byName.get(thing.name) ?? []);
    labels.set(thing.pair, labelOf(thing, namesakes));
  }
  return {
    label: (nameId, valueId) => labels.get(`${nameId}/${valueId}`) ?? null,
    pairsOf: (label) => {
      if (label === NO_VALUE) return ['0/0'];
      const exact = things.filter(({ pair }) => labels.get(pair) === label);
      const found =
        exact.length > 0 ? exact : things.filter(({ name, id }) => name === label || id === label);
      return found.map(({ pair }) => pair);
    },
  };
}

function readThings(db: Database, words: Words, identity: NamedIdentity): readonly Named[] {
  const rows = db.handle
    .prepare<[], { name: number | null; id: number | null }>(
      `select distinct ${identity}_name as name, ${identity}_id as id from dim_set
       where ${identity}_name is not null or ${identity}_id is not null`,
    )
    .all();
  const textOrNull = (id: number | null) => (id === null ? null : words.text(id));
  return rows.map(({ name, id }) => {
    return { pair: `${name ?? 0}/${id ?? 0}`, name: textOrNull(name), id: textOrNull(id) };
  });
}

function labelOf({ name, id }: Named, namesakes: readonly Named[]): string {
  if (name === null) return id ?? NO_VALUE;
  if (namesakes.length < 2 || id === null) return name;
  const end = id.slice(-4);
  const isAmbiguous = namesakes.filter((other) => other.id?.endsWith(end)).length > 1;
  return isAmbiguous ? `${name} (${id})` : `${name} (…${end})`;
}
