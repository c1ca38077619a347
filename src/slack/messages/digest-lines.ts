import type { DigestCause, DigestFigures, DigestOutlook } from '../../core/digest.js';
import type { ChangeCause } from '../../core/explain.js';
import type { Nanos } from '../../core/money.js';
import { addDays, type Day, weekday } from '../../core/time.js';
import { bold, type RichLine } from '../blocks.js';
import {
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  formatMonth,
  formatRange,
  formatShare,
} from '../text.js';

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
    return without.length === 0 ? `on the ${grain} before` : `on the ${grain} before, without them`;
  const last = addDays(after.to, -1);
  return grain === 'week'
    ? `on the same days (${after.from === last ? '' : `${dayName(after.from)} to `}${dayName(last)}) of the week before`
    : `on as many days (to ${formatDay(last)}) of the month before`;
}

/** Total and change: what is known, compared with what is comparable. */
function totalLine(figures: DigestFigures): RichLine {
  const { total, currency, comparison, isQuiet } = figures;
  const { current, previous } = comparison;
  const change = formatChange(current, previous, currency);
  const isComparable = comparison.after.from < comparison.after.to && (current !== 0n || previous !== 0n);
  return [
    bold(formatMoney(total, currency)),
    ` in the ${periodName(figures)}`.replace(' in the ', figures.grain === 'week' ? ' in the ' : ' in '),
    ...(isComparable ? [': ', bold(change), ` ${against(figures)}`] : []),
    isQuiet ? '. Quiet: no change worth a word.' : '.',
  ];
}

type Wording = (named: string, isRise: boolean) => string;
const of = (named: string): string => (named === '' ? '' : ` of ${named}`);
const at = (named: string): string => (named === '' ? '' : `, most at ${named}`);

/** Each cause as a sentence's middle, for a rise and for a fall. */
const CAUSES: Readonly<Record<ChangeCause, Wording>> = {
  'new-keys': (named) => (named === '' ? 'somebody or something new' : `${named}, which is new`),
  'lost-keys': (named) => (named === '' ? 'something is used no longer' : `${named} is used no longer`),
  volume: (named, isRise) => `${isRise ? 'more' : 'less'} work${of(named)}`,
  'model-mix': (named, isRise) => `${isRise ? 'dearer' : 'cheaper'} models${at(named)}`,
  'token-mix': (named, isRise) => `${isRise ? 'dearer' : 'cheaper'} kinds of tokens${at(named)}`,
  rate: (named, isRise) => `${isRise ? 'higher' : 'lower'} prices${at(named)}`,
  other: (named) => `fees, credits and spend that is not metered${at(named)}`,
  're-allocation': (_, isRise) => `rules moved spend ${isRise ? 'here' : 'away'}`,
};

/** A cause in words: `more work of ci-nightly`. */
export function causeWords(cause: ChangeCause, label: string | null, isRise: boolean): string {
  return CAUSES[cause](label === null ? '' : digestName(label), isRise);
}

function causeLine({ cause, amount, label }: DigestCause, { currency, comparison }: DigestFigures): RichLine {
  const { current, previous } = comparison;
  const isRise = amount > 0n;
  const size = isRise ? amount : -amount;
  const change = current > previous ? current - previous : previous - current;
  // More than all of it: something else went the other way.
  const share =
    size <= change ? `, ${formatShare(size, change)} of the change` : ', and others went the other way';
  return [
    'Biggest cause: ',
    bold(causeWords(cause, label, isRise)),
    `: ${isRise ? '+' : '-'}${formatMoney(size, currency)}${share}.`,
  ];
}

function planWords(
  total: Nanos,
  { plan, isOver, isPlanWhole, month }: DigestOutlook,
  currency: string,
): RichLine {
  if (plan === null) return [isOver ? '. No budget was set.' : '. No budget is set.'];
  const name = isPlanWhole ? 'its budget' : `the ${formatMonth(month)} budgets that are set`;
  const gap = total > plan ? total - plan : plan - total;
  if (gap === 0n) return [`, just ${name} of ${formatMoney(plan, currency)}.`];
  const where = total > plan ? 'above' : 'below';
  return [
    ', ',
    bold(`${formatMoney(gap, currency)} ${where}`),
    ` ${name} of ${formatMoney(plan, currency)}.`,
  ];
}

function outlookLine({ outlook, currency, monthToDate }: DigestFigures): readonly RichLine[] {
  const spent = bold(formatMoney(monthToDate, currency));
  if (outlook === null) return monthToDate === 0n ? [] : [['Month to date: ', spent, '.']];
  const { month, total, isOver } = outlook;
  const plan = planWords(total.expected, outlook, currency);
  const expected = bold(formatMoney(total.expected, currency));
  if (isOver) return [[`${formatMonth(month)} came to `, expected, ...plan]];
  const low = formatMoney(total.low80, currency, 'compact');
  const high = formatMoney(total.high80, currency, 'compact');
  const heading = ' so far, heading for ';
  return [[`${formatMonth(month)}: `, spent, heading, expected, ` (${low} to ${high})`, ...plan]];
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
