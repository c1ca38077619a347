import { absolute, NANOS_PER_UNIT, type Nanos, toApproximateUnits } from '../core/base/money.js';
import { CAUSE_WORDS, type ChangeExplanation, printedParts } from '../core/explain/change.js';
import type { ChartSpec } from './chart-spec.js';
import { altTextOf, changeLabel, cleanLabel, moneyLabel, pngName } from './labels.js';
import { type Row, rowsChart } from './rows.js';
import { ACTUAL_COLOUR, ALARM_COLOUR, HEIGHT, LESS_COLOUR, REST_COLOUR, WIDTH } from './theme.js';

/** What a waterfall shows: how one period's cost became another's. */
export interface ChangeChart {
  readonly title: string;
  readonly currency: string;
  /** How the periods are called: `9 – 15 Nov`. */
  readonly before: string;
  readonly after: string;
  readonly change: ChangeExplanation;
}

/** Bars from the cost before to the cost after, one for each cause that had an effect. */
export function changeChart({ title, currency, before, after, change }: ChangeChart): ChartSpec {
  const money = (nanos: Nanos): string => moneyLabel(nanos, currency);
  const signed = (nanos: Nanos): string => `${nanos > 0n ? '+' : ''}${money(nanos)}`;
  const rows = rowsOf({ before, after, change, money, signed });
  const percent = changeLabel(change.after, change.before);
  const moved = `${signed(change.delta)}${percent === null ? '' : ` (${percent})`}`;
  const startsAt = startOf(change);
  const cut = startsAt === 0n ? '' : `; bars start at ${money(startsAt)}`;
  const subtitle = `${change.delta === 0n ? 'No change' : moved} from ${before} to ${after}${cut}`;
  return {
    width: WIDTH,
    height: HEIGHT,
    config: rowsChart({
      title: cleanLabel(title),
      subtitle,
      rows,
      connected: true,
      startsAt: toApproximateUnits(startsAt),
      empty: 'No spend in either period',
    }),
    altText: altTextOf([
      `Waterfall chart. ${cleanLabel(title)}: ${money(change.before)} before, ${money(change.after)} after.`,
      ...rows
        .slice(1, -1)
        .map(({ label, note, text }) => `${label}: ${text}${note === null ? '' : ` (${note})`}.`),
    ]),
    filename: pngName('change', title, after),
  };
}

/** Causes that fill less than a third of the scale would be hairlines. */
const LEAST_SHARE = 3n;

/**
 * Where the bars start: at zero, or, where the causes are small beside the whole, far enough right that they can be
 * seen; a round amount below all of them.
 */
function startOf({ before, after, parts }: ChangeExplanation): Nanos {
  let at = before;
  const stops = [before, after, ...parts.map(({ amount }) => (at += amount))];
  const low = stops.reduce((least, stop) => (stop < least ? stop : least));
  const high = stops.reduce((most, stop) => (stop > most ? stop : most));
  const span = high - low;
  if (low <= 0n || span === 0n || span * LEAST_SHARE >= high) return 0n;
  const start = low - span;
  // Rounded down to two digits: the subtitle says it.
  const unit = 10n ** BigInt(Math.max(0, (start < 0n ? '' : start.toString()).length - 2));
  return start <= 0n ? 0n : (start / unit) * unit;
}

interface Figures extends Pick<ChangeChart, 'before' | 'after' | 'change'> {
  readonly money: (nanos: Nanos) => string;
  readonly signed: (nanos: Nanos) => string;
}

function rowsOf({ before, after, change, money, signed }: Figures): readonly Row[] {
  if (change.before === 0n && change.after === 0n && change.parts.every(({ amount }) => amount === 0n))
    return [];
  // Amounts as they are printed: whole units for large sums, cents for small ones.
  const size = absolute(change.delta);
  const printed = printedParts(
    change,
    size >= 100n * NANOS_PER_UNIT ? NANOS_PER_UNIT : NANOS_PER_UNIT / 100n,
  );
  const whole = { note: null, colour: ACTUAL_COLOUR, bold: true, from: toApproximateUnits(startOf(change)) };
  let at = change.before;
  const causes = change.parts.flatMap(({ cause, amount, details }, i): Row[] => {
    if (amount === 0n) return [];
    const from = toApproximateUnits(at);
    at += amount;
    const [most] = details;
    const note =
      most === undefined
        ? null
        : `${cleanLabel(most.label)}${details.length > 1 ? ` +${details.length - 1}` : ''}`;
    const shown = printed[i]?.amount ?? amount;
    return [
      {
        label: CAUSE_WORDS[cause],
        note,
        from,
        to: toApproximateUnits(at),
        // Whole units are not cents: they add up, `$60.00` would claim more.
        text: signed(shown === 0n ? amount : shown).replace(/\.00$/, ''),
        colour: cause === 're-allocation' ? REST_COLOUR : amount > 0n ? ALARM_COLOUR : LESS_COLOUR,
        bold: false,
      },
    ];
  });
  return [
    { ...whole, label: before, to: toApproximateUnits(change.before), text: money(change.before) },
    ...causes,
    { ...whole, label: after, to: toApproximateUnits(change.after), text: money(change.after) },
  ];
}
