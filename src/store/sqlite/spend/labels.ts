import { NO_VALUE } from '../../../core/spend/spend.js';
import type { Database } from '../base/database.js';
import { toMonthNumber } from '../base/numbers.js';
import { chargedMonths } from '../base/stale.js';
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
 * that share a name keep apart: each gets the last four characters of its id, or the whole id if need be. Only things
 * of the same month or an earlier one count, so that the label that a thing has in a locked month stays.
 */
export function readIdentityLabels(db: Database, words: Words, identity: NamedIdentity): IdentityLabels {
  const things = readThings(db, words, identity);
  const byName = new Map<string | null, Named[]>();
  for (const thing of things) {
    const namesakes = byName.get(thing.name);
    if (namesakes === undefined) byName.set(thing.name, [thing]);
    else namesakes.push(thing);
  }
  const shared = [...byName].flatMap(([name, { length }]) => (name === null || length < 2 ? [] : [name]));
  const since = readFirstMonths(db, identity, shared);
  const labels = new Map<string, string>();
  for (const thing of things) {
    const own = since.get(thing.pair) ?? UNCHARGED;
    const namesakes = (byName.get(thing.name) ?? []).filter(
      ({ pair }) => (since.get(pair) ?? UNCHARGED) <= own,
    );
    const isFirst = namesakes.every(({ pair }) => (since.get(pair) ?? UNCHARGED) === own);
    labels.set(thing.pair, labelOf(thing, namesakes, isFirst));
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

/** After every month. */
const UNCHARGED = 999_999;

/** The first month in which a thing of one of these names has charges, by pair. */
function readFirstMonths(
  db: Database,
  identity: NamedIdentity,
  names: readonly string[],
): ReadonlyMap<string, number> {
  if (names.length === 0) return new Map();
  const rows = db.handle
    .prepare<[string, string], [string, number]>(
      `select coalesce(s.${identity}_name, 0) || '/' || coalesce(s.${identity}_id, 0), min(m.month)
       from dim_set s cross join json_each(?) x
       cross join set_month m on m.month = x.value and m.set_id = s.id
       where s.${identity}_name in (select id from dim_value where value in (select value from json_each(?)))
       group by 1`,
    )
    .raw()
    .all(JSON.stringify(chargedMonths(db).map(toMonthNumber)), JSON.stringify(names));
  return new Map(rows);
}

function labelOf({ name, id }: Named, namesakes: readonly Named[], isFirst: boolean): string {
  if (name === null) return id ?? NO_VALUE;
  if (id === null) return isFirst ? name : `${name} (no id)`;
  if (namesakes.length < 2) return name;
  const end = id.slice(-4);
  const isAmbiguous = namesakes.filter((other) => other.id?.endsWith(end)).length > 1;
  return isAmbiguous ? `${name} (${id})` : `${name} (…${end})`;
}
