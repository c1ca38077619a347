import { currenciesOf } from './currencies.js';
import { invalid } from './errors.js';

/** Which mark stands before the decimals of a file's amounts. */
export const DECIMAL_MARKS = ['point', 'comma'] as const;
export type DecimalMark = (typeof DECIMAL_MARKS)[number];

/** No bill has a larger amount, in units of any currency. */
export const MOST_UNITS = 1e15;
/** A longer text is no amount. */
const LONGEST = 80;

/** One column of amounts; `place` names file, row and column of a cell. Empty cells stay empty. */
export interface AmountColumn {
  /** Counts and quantities may be larger than any amount of money. */
  readonly isQuantity?: boolean;
  readonly cells: readonly string[];
  readonly place: (index: number) => string;
}

/** What is known of a file before its amounts are read. */
export interface AmountHints {
  /** Said by a person: settles what the column leaves open. */
  readonly mark: DecimalMark | null;
  /** The vendor's format writes decimals with a point, and no thousands marks. */
  readonly isPointByFormat: boolean;
}

/** A cell as read: a plain decimal (`-1234.5`, `4.2e-7`) and the currencies that its sign or code may mean. */
export interface ReadAmount {
  readonly decimal: string;
  readonly currencies: readonly string[] | null;
}

/**
 * Reads the columns of amounts of one file. Thousands and decimal marks are found by looking at all cells of a column:
 * points, commas, spaces, apostrophes; groups of three, or of India; signs on either side, parentheses, exponents,
 * currencies. Null: the cell is no amount (words, empty), which is for the caller to refuse.
 * @throws AppError `invalid` naming the cells and both readings where a column does not tell its marks, or where two
 * cells contradict each other; and for amounts beyond 10^15 units.
 */
export function readAmountColumns(
  columns: readonly AmountColumn[],
  hints: AmountHints,
): readonly (readonly (ReadAmount | null)[])[] {
  const parsed = columns.map(({ cells, ...column }) => ({
    ...column,
    cells: cells.map(parseCell),
    texts: cells,
  }));
  const hasDecisiveComma = parsed.some(({ cells }) => cells.some((cell) => cell?.kind === 'comma'));
  const byFormat = hints.isPointByFormat && !hasDecisiveComma;
  return parsed.map((column) => {
    const mark = hints.mark ?? markOf(column, byFormat);
    return column.cells.map((cell, index) => {
      if (cell === null) return null;
      const decimal = mark === 'point' ? cell.point : cell.comma;
      if (decimal === null)
        return invalid(
          `${column.place(index)}: "${shown(column.texts[index])}" does not fit a decimal ${mark}; write all amounts of the column alike.`,
        );
      if (column.isQuantity !== true) refuseAbsurd(decimal, column.place(index));
      return { decimal, currencies: cell.currencies };
    });
  });
}

type ParsedColumn = {
  readonly place: (index: number) => string;
  readonly cells: readonly (Parsed | null)[];
  readonly texts: readonly string[];
};

function markOf({ cells, place, texts }: ParsedColumn, byFormat: boolean): DecimalMark {
  const first = (kind: Parsed['kind']) => cells.findIndex((cell) => cell?.kind === kind);
  const [point, comma, open] = [first('point'), first('comma'), first('open')];
  if (point >= 0 && comma >= 0)
    return invalid(
      `${place(comma)}: "${shown(texts[comma])}" has a decimal comma, while "${shown(texts[point])}" (${place(point)}) has a decimal point; write all amounts of the column alike.`,
    );
  if (point >= 0) return 'point';
  if (comma >= 0) return 'comma';
  if (open < 0) return 'point';
  const isPlain = cells.every((cell, index) => cell?.kind !== 'open' || texts[index]?.includes('.') === true);
  if (byFormat && isPlain) return 'point';
  const cell = cells[open];
  return invalid(
    `${place(open)}: "${shown(texts[open])}" may be ${cell?.point ?? ''} or ${cell?.comma ?? ''}, and no other row of the column tells. Say whether the decimal mark is a comma or a point (in the terminal --decimal comma or point; in the configuration the option decimal of the source).`,
  );
}

function shown(text: string | undefined): string {
  return (text ?? '').slice(0, 40);
}

/** Refuses what no bill holds, before it meets a column that cannot keep it. @throws AppError `invalid`. */
function refuseAbsurd(decimal: string, place: string): void {
  // A float is exact enough to tell an order of magnitude.
  if (!(Math.abs(Number(decimal)) <= MOST_UNITS))
    invalid(`${place}: "${shown(decimal)}" is larger than 10^15, the most that an amount may be.`);
}

/** A cell under both marks; `kind`: which of the readings is possible, `same` when both agree, `open` when they differ. */
interface Parsed {
  readonly kind: DecimalMark | 'same' | 'open';
  readonly point: string | null;
  readonly comma: string | null;
  readonly currencies: readonly string[] | null;
}

const CELL =
  /^(?<before>(?:[^\d.,]|(?<=\p{L})\.)*)(?<body>[.,]?\d(?:[\d.,' ]*\d)?[.,]?(?:[eE][-+]?\d{1,3})?)(?<after>\D*)$/u;

function parseCell(text: string): Parsed | null {
  if (text.length > LONGEST) return null;
  const { before, body, after } = CELL.exec(plainSigns(text))?.groups ?? {};
  if (before === undefined || body === undefined || after === undefined) return null;
  const around = readAround(before.replaceAll(' ', ''), after.replaceAll(' ', ''));
  if (around === null) return null;
  const sign = around.isNegative ? '-' : '';
  const read = (mark: DecimalMark) => {
    const decimal = readBody(body, mark);
    return decimal === null ? null : `${sign}${decimal}`;
  };
  const [point, comma] = [read('point'), read('comma')];
  if (point === null && comma === null) return null;
  const kind = point === comma ? 'same' : point === null ? 'comma' : comma === null ? 'point' : 'open';
  return { kind, point, comma, currencies: around.currencies };
}

/** Spaces, apostrophes and minus signs of any kind in their plain form; wide digits as digits. */
function plainSigns(text: string): string {
  if (/^-?[\d.,]*$/.test(text)) return text;
  const quoted = text.replaceAll(/[’‘ʼ`´′]/g, "'");
  const plain = /\p{No}/u.test(quoted) ? quoted : quoted.normalize('NFKC');
  return plain
    .replaceAll(/[\s\u200e\u200f]+/g, ' ')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/^(?<figures>.*\d[.,]) ?-{1,2}(?<after>\D*)$/, '$<figures>00$<after>') // 12,- and 12.-- of German and Dutch bills
    .trim();
}

/** Signs and currency on both sides of the figures; null when something else stands there. */
function readAround(
  before: string,
  after: string,
): { readonly isNegative: boolean; readonly currencies: readonly string[] | null } | null {
  const signs = `${before}#${after}`.replaceAll(/[^-+()#]/g, '');
  if (!/^[-+]?#$|^#[-+]?$|^\(#\)$/.test(signs)) return null;
  let currencies: readonly string[] | null = null;
  for (const part of [before, after]) {
    const words = part.replaceAll(/[-+()]/g, '');
    if (words === '') continue;
    const found = currenciesOf(words);
    if (found === null) return null;
    const both: readonly string[] = (currencies ?? found).filter((code) => found.includes(code));
    if (both.length === 0) return null;
    currencies = both;
  }
  return { isNegative: /[-(]/.test(signs), currencies };
}

/** The figures as a plain decimal if this is the decimal mark, else null. */
function readBody(body: string, mark: DecimalMark): string | null {
  const [mantissa = '', exponent] = body.split(/[eE]/);
  const [decimal, thousands] = mark === 'point' ? ['.', ','] : [',', '.'];
  const [grouped = '', fraction = '', ...more] = mantissa.split(decimal);
  if (more.length > 0 || !/^\d*$/.test(fraction)) return null;
  const whole = /^\d*$/.test(grouped) ? grouped : ungroup(grouped, thousands);
  if (whole === null || (whole !== grouped && exponent !== undefined)) return null;
  return `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}${exponent === undefined ? '' : `e${exponent}`}`;
}

/** Groups of three, or as in India of two before the last three; one mark throughout, no leading zero. */
function ungroup(text: string, thousands: string): string | null {
  for (const mark of [thousands, ' ', "'"]) {
    const groups = text.split(mark);
    const [first = '', ...rest] = groups;
    if (rest.length === 0 || !/^[1-9]\d{0,2}$/.test(first) || groups.some((group) => !/^\d+$/.test(group)))
      continue;
    const isWestern = rest.every((group) => group.length === 3);
    const isIndian =
      first.length <= 2 &&
      rest.at(-1)?.length === 3 &&
      rest.slice(0, -1).every((group) => group.length === 2);
    return isWestern || isIndian ? groups.join('') : null;
  }
  return null;
}

/** A whole number with or without thousands marks, as digits; null when it is none or may be another. */
export function readCount(text: string): string | null {
  const plain = plainSigns(text);
  if (/^\d+$/.test(plain)) return plain;
  const whole = /^(.*\d)[.,]0{1,2}$/.exec(plain)?.[1] ?? plain;
  if (/^\d+$/.test(whole)) return whole;
  return ungroup(whole, ',') ?? ungroup(whole, '.');
}
