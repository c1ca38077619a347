import {
  absolute,
  formatNanos,
  NANOS_PER_UNIT,
  type Nanos,
  roundedQuotient,
  withThousands,
} from '../../core/base/money.js';
import { addDays, type Day, type DayRange, type Month, monthOf, monthRange } from '../../core/base/time.js';

/**
 * Escapes the three characters that are live in Slack mrkdwn, so that no name can mention or link anything.
 * @internal Tests prove that it and unescapeMrkdwn undo each other.
 */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

/**
 * A text for mrkdwn that shows as it is, for the places that take no rich text. Slack has no escape for `*`, `_`,
 * `~`, backticks, `:emoji:` and a leading `>`, so they become look-alikes; an underscore inside a word marks nothing.
 */
export function literalMrkdwn(text: string): string {
  const marks = /[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
  const bare = oneLine(text)
    .replace(marks, (mark) => LOOK_ALIKES[mark] ?? '')
    .replace(/:(?=[^\s:]+:)/g, '∶')
    .replace(/^>/, '›');
  return escapeMrkdwn(bare);
}

/** Undoes Slack's escaping in what a person typed after a slash command. */
export function unescapeMrkdwn(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

// Control characters, line breaks, and the invisible direction switches that can make one name look like another.
const INVISIBLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

/** One line of harmless text: control characters become a space, direction switches and lone surrogates too. */
export function oneLine(text: string): string {
  return text.replace(INVISIBLE, ' ').replace(LONE_SURROGATE, '\ufffd').trim();
}

/** Cuts after `limit` UTF-16 units (as Slack counts) without splitting a code point, with an ellipsis. */
export function truncate(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let cut = '';
  for (const character of text) {
    if (cut.length + character.length > limit - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** A person's or vendor's string made fit for display: one line, at most `limit` units, never empty. */
export function displayName(text: string, limit = 80): string {
  const clean = truncate(oneLine(text), limit);
  return clean === '' ? '(no name)' : clean;
}

/** The name in an author line of the audit log: `slack:U123 (Ana Ruiz)` is Ana Ruiz, `terminal:ana` ana (terminal). */
export function authorName(author: string, limit = 80): string {
  const person = /^slack:\w+ \((.+)\)$/.exec(author)?.[1];
  return displayName(person ?? author.replace(/^(terminal|system):(.+)$/, '$2 ($1)'), limit);
}

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' };
const COMPACT_STEPS = [
  { unit: 1_000_000_000n, suffix: 'B' },
  { unit: 1_000_000n, suffix: 'M' },
  { unit: 1_000n, suffix: 'k' },
] as const;

/** A non-negative amount with a fixed number of decimals, half to even. */
function fixed(magnitude: Nanos, decimals: number): string {
  const scale = 10n ** BigInt(decimals);
  const scaled = roundedQuotient(magnitude * scale, NANOS_PER_UNIT);
  const fraction = decimals === 0 ? '' : `.${(scaled % scale).toString().padStart(decimals, '0')}`;
  return `${withThousands(scaled / scale)}${fraction}`;
}

/** Two decimals; below a cent as many as show two digits of it, so that a tiny cost is never shown as nothing. */
function exactDigits(magnitude: Nanos): string {
  if (magnitude === 0n || magnitude >= NANOS_PER_UNIT / 100n) return fixed(magnitude, 2);
  const leadingZeros = 9 - magnitude.toString().length;
  return fixed(magnitude, Math.min(9, leadingZeros + 2));
}

function compactDigits(magnitude: Nanos): string {
  const step = COMPACT_STEPS.find(({ unit }) => magnitude >= unit * NANOS_PER_UNIT);
  if (step === undefined) return exactDigits(magnitude);
  return `${fixed(roundedQuotient(magnitude, step.unit), 1)}${step.suffix}`;
}

/** `exact`: $1,234.56 and $0.0042. `compact`: $1.2k, for narrow places. An unknown currency is written before it. */
export function formatMoney(nanos: Nanos, currency: string, style: 'exact' | 'compact' = 'exact'): string {
  const magnitude = absolute(nanos);
  const digits = style === 'compact' ? compactDigits(magnitude) : exactDigits(magnitude);
  const symbol = SYMBOLS[currency] ?? `${displayName(currency, 12)} `;
  return `${nanos < 0n ? '-' : ''}${symbol}${digits}`;
}

/** An amount in no particular currency: `25,000` and `1,000.5`. */
export function formatAmount(nanos: Nanos): string {
  const [whole = '', fraction] = formatNanos(nanos).split('.');
  const digits = withThousands(whole);
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

/** part / whole as `12.3%`; a dash when the whole is nothing. */
export function formatShare(part: Nanos, whole: Nanos): string {
  if (whole === 0n) return '–';
  const sign = part < 0n !== whole < 0n && part !== 0n ? '-' : '';
  const permille = roundedQuotient(absolute(part) * 1000n, absolute(whole));
  return `${sign}${withThousands(permille / 10n)}.${permille % 10n}%`;
}

/** The percentage between two amounts: `+12%`; null when there was nothing before to compare with. */
function percentChange(current: Nanos, previous: Nanos): string | null {
  if (previous === 0n) return null;
  const percent = roundedQuotient((current - previous) * 100n, absolute(previous));
  if (percent > 999n) return 'over +999%';
  if (percent < -999n) return 'under -999%';
  return `${percent > 0n ? '+' : ''}${percent}%`;
}

/** `▲ $12.00 (+4%)`, `▼ …`, `no change`, or `new` where there was nothing before. Direction is never colour alone. */
export function formatChange(current: Nanos, previous: Nanos, currency: string): string {
  if (current === previous) return 'no change';
  const arrow = current > previous ? '▲' : '▼';
  const percent = percentChange(current, previous);
  if (percent === null) return `${arrow} new`;
  return `${arrow} ${formatMoney(absolute(current - previous), currency)} (${percent})`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23 Nov 2026` */
export function formatDay(day: Day): string {
  return `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;
}

/** `Nov 2026` */
export function formatMonth(month: Month): string {
  return `${MONTHS[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`;
}

/** A half-open range as people say it: `Nov 2026`, `23 Nov 2026`, `1–23 Nov 2026`, `28 Sep – 4 Oct 2026`. */
export function formatRange(range: DayRange): string {
  const month = monthOf(range.from);
  const whole = monthRange(month);
  if (whole.from === range.from && whole.to === range.to) return formatMonth(month);
  const last = addDays(range.to, -1);
  if (last <= range.from) return formatDay(range.from);
  if (monthOf(last) === month) return `${Number(range.from.slice(8))}–${formatDay(last)}`;
  const isSameYear = last.slice(0, 4) === range.from.slice(0, 4);
  const first = isSameYear ? formatDay(range.from).slice(0, -5) : formatDay(range.from);
  return `${first} – ${formatDay(last)}`;
}

/** The text with a capital first letter, for the start of a line. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** A dimension as people call it: `cost-centre` is Cost centre. */
export function dimensionName(id: string): string {
  return displayName(capital(id.replaceAll('-', ' ')), 60);
}

/** `1 rule`, `2 rules`. */
export function count(n: number, noun: string): string {
  return `${withThousands(n)} ${noun}${n === 1 ? '' : 's'}`;
}
