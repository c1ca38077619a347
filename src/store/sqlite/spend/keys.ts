import { assertNever, invalid } from '../../../core/base/errors.js';
import { Day, fromEpochDay, Month, toEpochDay } from '../../../core/base/time.js';
import { DEFAULT_DIMENSIONS } from '../../../core/rules/rule.js';
import { UNALLOCATED } from '../../../core/rules/target.js';
import { NO_VALUE, SPEND_KEYS, type SpendKey } from '../../../core/spend/spend.js';
import type { AllocatedMoney } from '../allocation/allocated-money.js';
import type { Database } from '../base/database.js';
import { fromMonthNumber, toMonthNumber } from '../base/numbers.js';
import type { Words } from '../ledger/words.js';
import { dimSet } from '../schema/ledger.js';
import { type NamedIdentity, readIdentityLabels } from './labels.js';

/** What SQLite answers for one expression of a key: an id in dim_value, a day, a month, a text. */
export type Cell = string | number | null;

/** A grouping or filtering key in SQL, over money `d` and its dimension set `s`. */
export interface SpendColumn {
  /** Expressions whose values together make one label. */
  readonly expressions: readonly string[];
  readonly label: (cells: readonly Cell[]) => string;
  /** A condition that is true for rows with one of these labels; its one parameter is a JSON array. */
  readonly isOneOf: (labels: readonly string[]) => { readonly sql: string; readonly param: string };
}

/** The dim_set columns of keys that are a plain attribute. */
const ATTRIBUTE_KEYS = {
  provider: dimSet.serviceProviderName.name,
  service: dimSet.serviceName.name,
  model: dimSet.model.name,
  person: dimSet.email.name,
  source: dimSet.source.name,
} as const;

/**
 * The id of a dimension, 0 for one that was never allocated; null for a built-in key.
 * @throws AppError `invalid` listing the known keys when it is neither.
 */
export function dimensionIdOf(db: Database, words: Words, key: string): number | null {
  if (isBuiltIn(key)) return null;
  const proved = db.handle.prepare<[], string>('select distinct dimension from conservation_proof').pluck();
  const dimensions = new Set<string>([...DEFAULT_DIMENSIONS, ...proved.all()]);
  if (dimensions.has(key)) return words.idOf(key) ?? 0;
  return invalid(
    `"${key.slice(0, 80)}" is nothing to group or filter by; known: ${[...SPEND_KEYS, ...dimensions].join(', ')}.`,
  );
}

/** The column of a key; `dimensionId` is that of `dimensionIdOf`, and `money` must join it. */
export function spendColumn(
  db: Database,
  words: Words,
  money: AllocatedMoney,
  of: { readonly key: string; readonly dimensionId: number | null },
): SpendColumn {
  const { key, dimensionId } = of;
  if (dimensionId !== null || !isBuiltIn(key)) {
    return internedColumn(words, money.owner(dimensionId ?? 0), UNALLOCATED);
  }
  switch (key) {
    case 'day':
      return calendarColumn('d.day', fromEpochDay, (text) => {
        const day = Day.safeParse(text);
        return day.success ? toEpochDay(day.data) : null;
      });
    case 'month':
      return calendarColumn('d.month', fromMonthNumber, (text) => {
        const month = Month.safeParse(text);
        return month.success ? toMonthNumber(month.data) : null;
      });
    case 'sub-account':
      return identityColumn(db, words, 'sub_account');
    case 'key':
      return identityColumn(db, words, 'api_key');
    case 'confidence':
      return {
        expressions: ['d.confidence'],
        label: ([confidence]) => String(confidence),
        isOneOf: (labels) => isIn('d.confidence', labels),
      };
    case 'provider':
    case 'service':
    case 'model':
    case 'person':
    case 'source':
      return internedColumn(words, `s.${ATTRIBUTE_KEYS[key]}`, NO_VALUE);
    default:
      return assertNever(key);
  }
}

function isBuiltIn(key: string): key is SpendKey {
  return SPEND_KEYS.some((known) => known === key);
}

function calendarColumn(
  expression: string,
  toLabel: (number: number) => string,
  toNumber: (label: string) => number | null,
): SpendColumn {
  return {
    expressions: [expression],
    label: ([number]) => toLabel(Number(number)),
    isOneOf: (labels) => isIn(expression, labels.map(toNumber)),
  };
}

/** A column of ids in dim_value, where `missing` is the label of null. */
function internedColumn(words: Words, expression: string, missing: string): SpendColumn {
  return {
    expressions: [expression],
    label: ([id]) => (typeof id === 'number' ? words.text(id) : missing),
    isOneOf: (labels) => {
      const ids = labels.map((label) => words.idOf(label));
      const { sql, param } = isIn(expression, ids);
      return { sql: labels.includes(missing) ? `(${expression} is null or ${sql})` : sql, param };
    },
  };
}

/** A column of things with a name and an id, either of which may be missing. */
function identityColumn(db: Database, words: Words, identity: NamedIdentity): SpendColumn {
  const labels = readIdentityLabels(db, words, identity);
  const columns = [`s.${identity}_name`, `s.${identity}_id`] as const;
  const pair = `(coalesce(${columns[0]}, 0) || '/' || coalesce(${columns[1]}, 0))`;
  return {
    expressions: columns,
    label: ([name, id]) => labels.label(Number(name), Number(id)) ?? NO_VALUE,
    isOneOf: (wanted) => isIn(pair, wanted.flatMap(labels.pairsOf)),
  };
}

function isIn(expression: string, values: readonly Cell[]): { readonly sql: string; readonly param: string } {
  const present = values.filter((value) => value !== null);
  return { sql: `${expression} in (select value from json_each(?))`, param: JSON.stringify(present) };
}
