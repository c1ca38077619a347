import {
  absolute,
  NANOS_PER_UNIT,
  type Nanos,
  roundedQuotient,
  toApproximateUnits,
  withThousands,
} from '../core/base/money.js';
import type { Day } from '../core/base/time.js';

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MAX_LABEL = 80;

function withCurrency(negative: boolean, amount: string, currency: string): string {
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  return `${negative ? '−' : ''}${symbol}${amount}`;
}

/** `$12,340`; with cents below a hundred, `$4.20`. Rounded half to even; what rounds to nothing is `<$0.01`. */
export function moneyLabel(nanos: Nanos, currency: string): string {
  const magnitude = absolute(nanos);
  const cents = roundedQuotient(magnitude, NANOS_PER_UNIT / 100n);
  if (cents === 0n)
    return magnitude === 0n
      ? withCurrency(false, '0', currency)
      : `<${withCurrency(false, '0.01', currency)}`;
  if (cents >= 10_000n)
    return withCurrency(nanos < 0n, withThousands(roundedQuotient(magnitude, NANOS_PER_UNIT)), currency);
  const fraction = (cents % 100n).toString().padStart(2, '0');
  return withCurrency(nanos < 0n, `${cents / 100n}.${fraction}`, currency);
}

/** `$5.5k`, `$4.65M`: for places where the whole figure does not fit; below a thousand as `moneyLabel`. */
export function shortMoneyLabel(nanos: Nanos, currency: string): string {
  const thousands = Math.abs(toApproximateUnits(nanos)) / 1e3;
  if (thousands < 1) return moneyLabel(nanos, currency);
  const isMillions = thousands >= 999.5;
  const short = isMillions
    ? `${(thousands / 1e3).toPrecision(3)}M`
    : `${thousands.toFixed(thousands < 99.95 ? 1 : 0)}k`;
  return withCurrency(nanos < 0n, short, currency);
}

/** A tick of the money axis: every tick of one axis has the same form, chosen by its largest value. */
export function axisLabel(value: number, largest: number, currency: string): string {
  const magnitude = Math.abs(value);
  if (value === 0) return withCurrency(false, '0', currency);
  if (largest >= 1e6)
    return withCurrency(value < 0, `${Number((magnitude / 1e6).toPrecision(6))}M`, currency);
  if (largest >= 10) return withCurrency(value < 0, withThousands(Math.round(magnitude)), currency);
  return withCurrency(value < 0, largest >= 0.1 ? magnitude.toFixed(2) : magnitude.toPrecision(1), currency);
}

/** Empties the names that would not fit along the axis; the newest bucket always keeps its own. */
export function sparseTicks(names: readonly string[], most: number): readonly string[] {
  const step = Math.ceil(names.length / most);
  return names.map((name, i) => ((names.length - 1 - i) % step === 0 ? name : ''));
}

/** `16 Nov`; the same for every reader, whatever the machine's locale. */
export function dayLabel(day: Day): string {
  return `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''}`;
}

/** `Nov 2026`. */
export function monthLabel(day: Day): string {
  return `${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''} ${day.slice(0, 4)}`;
}

/** `+8%` of current against previous; null when there is nothing to compare with. */
export function changeLabel(current: Nanos, previous: Nanos): string | null {
  if (previous <= 0n) return null;
  const percent = roundedQuotient((current - previous) * 100n, previous);
  if (percent > 999n) return `${withThousands(percent / 100n + 1n)}×`;
  return `${percent > 0n ? '+' : percent < 0n ? '−' : '±'}${absolute(percent)}%`;
}

/**
 * A name from outside, fit to be drawn: no control or bidirectional characters, no towers of accents, no emoji
 * (the chart's font has none and would draw boxes), one line, at most 80 characters. Never empty.
 */
export function cleanLabel(text: string): string {
  const drawable = text
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(/[\p{C}\u{1f000}-\u{1faff}]/gu, '')
    .replace(/(?![©®™])\p{Extended_Pictographic}/gu, '')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (!/[^\p{M}\s]/u.test(drawable)) return '(unnamed)';
  const characters = Array.from(drawable);
  return characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 1).join('')}…` : drawable;
}

/** A file name of plain ASCII: `digest-data-science-2026-W47.png`. */
export function pngName(...parts: readonly string[]): string {
  const slugs = parts.map((part) =>
    part
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60),
  );
  return `${slugs.filter((slug) => slug !== '').join('-')}.png`;
}

/** Sentences until the limit of an image's alternative text; what does not fit is left out whole. */
export function altTextOf(sentences: readonly string[]): string {
  let text = '';
  for (const sentence of sentences) {
    const next = text === '' ? sentence : `${text} ${sentence}`;
    if (next.length > 1000) break;
    text = next;
  }
  return text;
}
