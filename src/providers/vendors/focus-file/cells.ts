import { invalid } from '../../../core/base/errors.js';
import { Day } from '../../../core/base/time.js';

/** Where a cell stands, for sentences about it. */
export interface Place {
  readonly fileName: string;
  readonly rowNumber: number;
}

/** Refuses a cell: names file, row, column and what is wrong with it. @throws AppError `invalid`. */
export function refuseCell(place: Place, column: string, problem: string): never {
  return invalid(`${place.fileName}, row ${place.rowNumber}, column ${column}: ${problem}`);
}

/** Null for what FOCUS files write when there is no value: nothing, or the word NULL. */
export function toValue(cell: string | undefined): string | null {
  return cell === undefined || cell === '' || cell === 'NULL' || cell === 'null' ? null : cell;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * Milliseconds since 1970 of `2026-10-01`, `2026-10-01 22:00:00`, `2026-10-01T22:00Z` or with an offset; without
 * one it is UTC, as FOCUS demands. Null when it is no date.
 */
export function toInstantMs(text: string): number | null {
  const match = INSTANT.exec(text.trim());
  if (match === null) return null;
  const [, day = '', time = '00:00', seconds = ':00', zone = 'Z'] = match;
  if (!Day.safeParse(day).success) return null; // Date.parse takes 31 February for 3 March
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  const instant = Date.parse(`${day}T${time}${seconds}${offset}`);
  return Number.isNaN(instant) ? null : instant;
}

const EMAIL = /[^\s"'<>,;:(){}[\]\\]+@[^\s"'<>,;:(){}[\]\\]+\.[^\s"'<>,;:(){}[\]\\]+/;

/** The first e-mail address in a text of any shape, in lower case: RequesterDetails still changes its keys. */
export function emailIn(text: string): string | null {
  return EMAIL.exec(text)?.[0].toLowerCase() ?? null;
}

/** A flat JSON object as text values (`true` for a key without value, nulls left out); null when it is none. */
export function toTextMap(text: string): Readonly<Record<string, string>> | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  const entries = Object.entries(parsed).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    if (value === null || value === '' || key === '') return [];
    return [[key, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
  return Object.fromEntries(entries);
}
