import { invalid } from '../../../core/base/errors.js';
import { toValue } from './cells.js';
import {
  ATTRIBUTE_COLUMNS,
  FOCUS_COLUMNS,
  PLACED_COLUMNS,
  REQUESTER_COLUMNS,
  REQUIRED_COLUMNS,
} from './schema.js';

/** The columns of one file: cells by FOCUS ID, and what goes to `ChargeKind.extra` under which name. */
export interface Columns {
  readonly count: number;
  /** The FOCUS ID of the last column. */
  readonly lastId: string;
  readonly extras: readonly ExtraColumn[];
  /** The value of the first of these columns that the file has and the row fills; null when none. */
  value(cells: readonly string[], ...ids: readonly string[]): string | null;
  /** Where a column stands, -1 when the file lacks it. */
  indexOf(id: string): number;
}

/** A column without a place in a charge; `name` is its FOCUS ID or begins with `x_`. */
export interface ExtraColumn {
  readonly name: string;
  readonly index: number;
}

const CANONICAL = new Map(
  [...FOCUS_COLUMNS, ...Object.values(ATTRIBUTE_COLUMNS).flat(), ...REQUESTER_COLUMNS].map((id) => [
    id.toLowerCase(),
    id,
  ]),
);

/** Warehouses shout column names (`BILLEDCOST`); FOCUS IDs are known in any case, strangers get their `x_`. */
function columnName(header: string): string {
  const name = header.trim();
  const known = CANONICAL.get(name.toLowerCase());
  if (known !== undefined) return known;
  return /^x_/i.test(name) ? `x_${name.slice(2)}` : `x_${name}`;
}

/** Reads the header row. @throws AppError `invalid` naming what is missing or stands twice. */
export function readHeader(header: readonly string[], fileName: string): Columns {
  const index = new Map<string, number>();
  header.map(columnName).forEach((name, at) => {
    if (index.has(name)) invalid(`${fileName}, row 1: column ${name} stands twice; remove one.`);
    index.set(name, at);
  });
  const missing: string[] = REQUIRED_COLUMNS.filter((id) => !index.has(id));
  const [provider = '', formerName = ''] = ATTRIBUTE_COLUMNS.serviceProviderName;
  if (!index.has(provider) && !index.has(formerName)) missing.push(`${provider} (or ${formerName})`);
  if (missing.length > 0) {
    invalid(
      `${fileName} is no FOCUS cost and usage file: it lacks ${missing.join(', ')}. Export it as FOCUS 1.0 to 1.4.`,
    );
  }
  return {
    count: header.length,
    lastId: columnName(header.at(-1) ?? ''),
    extras: [...index].flatMap(([name, at]) => (PLACED_COLUMNS.has(name) ? [] : [{ name, index: at }])),
    value(cells, ...ids) {
      for (const id of ids) {
        const value = toValue(cells[index.get(id) ?? -1]);
        if (value !== null) return value;
      }
      return null;
    },
    indexOf: (id) => index.get(id) ?? -1,
  };
}

const SAMPLE_DISTINCT = 200;
const ROWS_PER_VALUE = 10;

/**
 * Extra columns that are nearly unique per row (line item ids, pod names): kept, they would make every charge a
 * kind of its own. They are left out; the archived raw file still has them.
 */
export function foldedColumns(
  extras: readonly ExtraColumn[],
  sample: readonly (readonly string[])[],
): readonly ExtraColumn[] {
  return extras.filter(({ index }) => {
    const distinct = new Set(sample.map((cells) => cells[index])).size;
    return distinct > SAMPLE_DISTINCT && distinct * ROWS_PER_VALUE > sample.length;
  });
}
