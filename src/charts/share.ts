import {
  compareBigint,
  NANOS_PER_UNIT,
  type Nanos,
  roundedQuotient,
  sumNanos,
  toApproximateUnits,
} from '../core/base/money.js';
import type { ChartSpec } from './chart-spec.js';
import { altTextOf, cleanLabel, moneyLabel, pngName, shortMoneyLabel } from './labels.js';
import { type Row, rowsChart } from './rows.js';
import { ACTUAL_COLOUR, HEIGHT, LESS_COLOUR, REST_COLOUR, WIDTH } from './theme.js';

/** What shares of a whole are drawn from; any order. */
export interface ShareChart {
  readonly title: string;
  readonly currency: string;
  readonly lines: readonly { readonly label: string; readonly cost: Nanos }[];
}

const MOST_ROWS = 11;
/** From ten millions on amounts are shortened. */
const LARGE: Nanos = 10_000_000n * NANOS_PER_UNIT;

/** Sorted bars, most expensive first, each with its amount and its share; beyond eleven the rest is one bar. */
export function shareChart({ title, currency, lines }: ShareChart): ChartSpec {
  const total = sumNanos(lines.map(({ cost }) => cost));
  const rows = rowsOf({ currency, lines }, total);
  const heading = cleanLabel(title);
  const whole = `${moneyLabel(total, currency)} in all`;
  return {
    width: WIDTH,
    height: HEIGHT,
    config: rowsChart({
      title: heading,
      subtitle: whole,
      rows,
      connected: false,
      empty: 'No spend in this time',
    }),
    altText: altTextOf([
      `Bar chart. ${heading}: ${whole}.`,
      ...rows.map(({ label, text }) => `${label}: ${text}.`),
    ]),
    filename: pngName('share', title),
  };
}

function rowsOf({ currency, lines }: Omit<ShareChart, 'title'>, total: Nanos): readonly Row[] {
  const sorted = lines.filter(({ cost }) => cost !== 0n).toSorted((a, b) => compareBigint(b.cost, a.cost));
  const own = sorted.length > MOST_ROWS + 1 ? sorted.slice(0, MOST_ROWS) : sorted;
  const rest = sorted.slice(own.length);
  const folded = {
    label: `${rest.length} more`,
    cost: sumNanos(rest.map(({ cost }) => cost)),
    colour: REST_COLOUR,
  };
  const named = own.map(({ label, cost }) => {
    return { label: cleanLabel(label), cost, colour: cost < 0n ? LESS_COLOUR : ACTUAL_COLOUR };
  });
  const hasCredits = sorted.some(({ cost }) => cost < 0n);
  return [...named, ...(rest.length === 0 ? [] : [folded])].map(({ label, cost, colour }) => {
    const amount = (total >= LARGE ? shortMoneyLabel : moneyLabel)(cost, currency);
    const share = hasCredits ? null : shareLabel(cost, total);
    const text = `${amount}${share === null ? '' : `  ${share}`}`;
    return { label, note: null, from: 0, to: toApproximateUnits(cost), text, colour, bold: false };
  });
}

/** `12%`; null of nothing. Shares beside credits would add up to more than the whole and are not told. */
function shareLabel(cost: Nanos, total: Nanos): string | null {
  if (total <= 0n) return null;
  const percent = roundedQuotient(cost * 100n, total);
  return percent === 0n ? '<1%' : `${percent}%`;
}
