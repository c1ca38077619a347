import { changeLabel, moneyLabel } from '../../charts/labels.js';
import { absolute, type Nanos } from '../../core/base/money.js';
import { addDays, type Day, weekday } from '../../core/base/time.js';
import type { DigestCause, DigestFigures } from '../../core/digests/digest.js';
import type { ChangeCause } from '../../core/explain/change.js';
import { bold, type RichLine } from '../kit/blocks.js';
import { displayName, formatDay, formatMoney, formatMonth, formatRange } from '../kit/text.js';

const MOST_FEEDS = 4;
const NAME = 60;

/** A name in a digest. */
export function digestName(label: string): string {
  return displayName(label, NAME);
}

/** The period as people call it: `week of 16–22 Nov 2026`, `Oct 2026`. */
export function periodName({ grain, from, to }: Pick<DigestFigures, 'grain' | 'from' | 'to'>): string {
  const range = formatRange({ from, to });
  return grain === 'week' ? `week of ${range}` : range;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function dayName(day: Day): string {
  return DAYS[weekday(day) - 1] ?? '';
}

/** Against which days a change is meant. */
function against({ grain, comparison, to }: DigestFigures): string {
  const { after, without } = comparison;
  const isWhole = after.to === to;
  if (isWhole)
    return without.length === 0
      ? `on the ${grain} before`
      : `on the ${grain} before, without ${without.length === 1 ? 'it' : 'them'}`;
  const last = addDays(after.to, -1);
  return grain === 'week'
    ? `on the same days (${after.from === last ? '' : `${dayName(after.from)} to `}${dayName(last)}) of the week before`
    : `on as many days (to ${formatDay(last)}) of the month before`;
}

/** `▲ $922 (+4%)`, in whole units where cents are noise. */
export function changeWords(current: Nanos, previous: Nanos, currency: string): string {
  if (current === previous) return 'no change';
  const size = current > previous ? current - previous : previous - current;
  const percent = changeLabel(current, previous);
  const arrow = current > previous ? '▲' : '▼';
  return percent === null ? `${arrow} new` : `${arrow} ${moneyLabel(size, currency)} (${percent})`;
}

/** Total and change: what is known, compared with what is comparable. */
function totalLine(figures: DigestFigures): RichLine {
  const { total, currency, comparison, isQuiet, grain } = figures;
  const { current, previous, after } = comparison;
  const isComparable = after.from < after.to && (current !== 0n || previous !== 0n);
  const change = changeWords(current, previous, currency);
  return [
    bold(formatMoney(total, currency)),
    ` in ${grain === 'week' ? 'the ' : ''}${periodName(figures)}`,
    ...(isComparable ? [': ', bold(change), ` ${against(figures)}.`] : ['.']),
    ...(isQuiet && isComparable ? [` A quiet ${grain}.`] : []),
  ];
}

/** Each cause for a rise and for a fall. */
const CAUSES: Readonly<Record<ChangeCause, readonly [rise: string, fall: string]>> = {
  'new-keys': ['keys or people that were not there before', 'keys or people that were not there before'],
  'lost-keys': ['keys that are used no longer', 'keys that are used no longer'],
  volume: ['more work', 'less work'],
  'model-mix': ['dearer models', 'cheaper models'],
  'token-mix': ['dearer kinds of tokens', 'cheaper kinds of tokens'],
  rate: ['higher prices', 'lower prices'],
  other: ['fees and spend that is not metered', 'credits and spend that is not metered'],
  're-allocation': ['rules moved spend here', 'rules moved spend away'],
};

/** A cause in words: `more work`. */
export function causeWords(cause: ChangeCause, isRise: boolean): string {
  return CAUSES[cause][isRise ? 0 : 1];
}

function signed(amount: Nanos, currency: string): string {
  return `${amount > 0n ? '+' : ''}${moneyLabel(amount, currency)}`;
}

/** More than this share of the change above it: something else went the other way. */
const CLEARLY_MORE = { share: 21n, of: 20n };

/** Causes that are told by model; the others are by who did the work. */
const BY_MODEL: ReadonlySet<ChangeCause> = new Set(['model-mix', 'token-mix', 'rate']);

/** Who or what is behind a cause, as the end of its sentence. */
function behindWords({ cause, most, people, spread }: DigestCause, currency: string): string {
  if (most !== null) {
    // A meter without a name says nothing.
    const label = digestName(most.label.replace(/, \(none\)$/, ''));
    return `, first of all ${label} (${signed(most.amount, currency)})`;
  }
  if (people > 0) return `, most of it by ${people === 1 ? 'one person' : `${people} people`}`;
  return spread < 2 ? '' : `, spread over ${spread} ${BY_MODEL.has(cause) ? 'models' : 'keys and people'}`;
}

function causeLine(told: DigestCause, figures: DigestFigures): RichLine {
  const { cause, amount } = told;
  const { currency, comparison } = figures;
  const { current, previous } = comparison;
  const size = absolute(amount);
  const change = current > previous ? current - previous : previous - current;
  const isMore = size * CLEARLY_MORE.of > change * CLEARLY_MORE.share;
  return [
    'Biggest cause: ',
    bold(causeWords(cause, amount > 0n)),
    ` (${signed(amount, currency)})${behindWords(told, currency)}${isMore ? '; others went the other way' : ''}.`,
  ];
}

function planWords(total: Nanos, { outlook, currency, scope }: DigestFigures): RichLine {
  const plan = outlook?.plan ?? null;
  if (outlook === null || plan === null)
    return [outlook?.isOver === true ? 'no budget was set.' : 'no budget is set.'];
  const money = moneyLabel(plan, currency);
  const name = scope !== null ? `its budget of ${money}` : `the ${money} that teams have budgeted`;
  const hint = outlook.isPlanWhole ? '' : ' (some have no budget)';
  if (total === plan) return [`just ${name}${hint}.`];
  const gap = moneyLabel(total > plan ? total - plan : plan - total, currency);
  return [bold(`${gap} ${total > plan ? 'above' : 'below'}`), ` ${name}${hint}.`];
}

function outlookLine(figures: DigestFigures): readonly RichLine[] {
  const { outlook, currency, monthToDate, grain } = figures;
  const spent = bold(moneyLabel(monthToDate, currency));
  if (outlook === null) return monthToDate === 0n ? [] : [['Month to date: ', spent, '.']];
  const { month, total, isOver } = outlook;
  const plan = planWords(total.expected, figures);
  // A month's own total is the first line already.
  if (isOver && grain === 'month')
    return outlook.plan === null ? [['No budget was set.']] : [['The month ended ', ...plan]];
  const expected = bold(moneyLabel(total.expected, currency));
  if (isOver) return [[`${formatMonth(month)} came to `, expected, ', ', ...plan]];
  const low = formatMoney(total.low80, currency, 'compact');
  const high = formatMoney(total.high80, currency, 'compact');
  const range = low === high ? '' : ` (${low} to ${high})`;
  return [[`${formatMonth(month)}: `, spent, ' so far, heading for ', expected, `${range}, `, ...plan]];
}

/** Feeds that are behind: missing days are told, and are no saving. */
function missingLine({ comparison, incomplete }: DigestFigures): readonly RichLine[] {
  const behind = incomplete.filter(({ source }) => comparison.without.includes(source));
  if (behind.length === 0) return [];
  const named = behind.slice(0, MOST_FEEDS).map(({ source, completeThrough }) => {
    const since = completeThrough === null ? 'yet' : `since ${formatDay(addDays(completeThrough, 1))}`;
    return `${digestName(source)} ${since}`;
  });
  const more = behind.length - named.length;
  return [
    [
      bold(`No data from ${named.join(', from ')}${more > 0 ? ` and ${more} more` : ''}`),
      ': the total lacks it; that is no saving.',
    ],
  ];
}

/** The lines that matter first: total and change, the biggest cause, forecast against plan; and what is missing. */
export function digestLines(figures: DigestFigures): readonly RichLine[] {
  const { cause, isQuiet } = figures;
  return [
    totalLine(figures),
    ...(isQuiet ? [] : [cause === null ? ['No one cause stands out.'] : causeLine(cause, figures)]),
    ...outlookLine(figures),
    ...missingLine(figures),
  ];
}

/** What is provisional or was restated, and in what the money is told. */
export function digestNotes(figures: DigestFigures): readonly string[] {
  const { comparison, to, update, total, currency } = figures;
  const from = comparison.after.to;
  const last = addDays(to, -1);
  const days = from === last ? formatDay(last) : `${formatDay(from)} to ${formatDay(last)}`;
  return [
    ...(update === null
      ? []
      : [
          update.was === total
            ? `Updated ${formatDay(update.on)}: the total stands; what it lacked, or its comparison, has changed.`
            : `Updated ${formatDay(update.on)}: the total was ${formatMoney(update.was, currency)} when this was posted.`,
        ]),
    ...(from < to ? [`Provisional: ${days}. Vendors have not closed these days; they may still rise.`] : []),
    'Effective cost, UTC days.',
  ];
}

/** Rich lines as plain text, for notifications and the terminal. */
export function plainLine(line: RichLine): string {
  return line.map((run) => (typeof run === 'string' ? run : run.text)).join('');
}
