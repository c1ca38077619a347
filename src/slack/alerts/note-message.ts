import type { AlertFigures, CaseNote, Silence } from '../../core/alerts/alert.js';
import { assertNever } from '../../core/base/errors.js';
import { addDays, daysBetween } from '../../core/base/time.js';
import type { NoticeBody } from '../../core/notices/notice.js';
import { bold, type Message, type RichLine, rich } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import {
  authorName,
  capital,
  count,
  displayName,
  formatDay,
  formatMoney,
  formatRange,
  literalMrkdwn,
} from '../kit/text.js';
import { caseDays, causeWords, driverName } from './words.js';

type Body = NoticeBody & { readonly kind: 'alert-note' };

/** One line in the thread of a case; in a roll-up's thread with the name of its case. */
export function alertNoteMessage({ note, of }: Body): Message {
  const lines = linesOf(note);
  const named: readonly RichLine[] = of === null ? lines : [[bold(capital(causeWords(of)))], ...lines];
  const spoken = named.map((line) => line.map((run) => (typeof run === 'string' ? run : run.text)).join(''));
  return withinLimits({ text: literalMrkdwn(spoken.join(' ')), blocks: [rich(...named)] });
}

function linesOf(note: CaseNote): readonly RichLine[] {
  switch (note.is) {
    case 'grown':
      return grown(note.figures, note);
    case 'closed':
      return closed(note.figures, note.why);
    case 'comment':
      return [[bold(authorName(note.by)), ':'], [displayName(note.text, 2_000)]];
    case 'silenced':
      return silenced(note.silence);
    case 'silence-over':
      return [silenceOver(note.silence, note.by)];
    case 'assigned':
      return [
        [bold(displayName(note.to.name)), ` looks after this, asked by ${authorName(note.by)}.`],
        ...quoted(note.comment),
      ];
    case 'escalated':
      return [[`Nobody has answered so far: `, bold(displayName(note.to)), ' has been told.']];
    default:
      return assertNever(note);
  }
}

function quoted(comment: string | null): readonly RichLine[] {
  return comment === null || comment.trim() === '' ? [] : [[`“${displayName(comment, 2_000)}”`]];
}

function grown(
  figures: AlertFigures,
  { times, joined }: { readonly times: number; readonly joined: string | null },
): readonly RichLine[] {
  const { currency, excess, actual, expected } = figures;
  const money = [actual, expected].map((each) => formatMoney(each, currency));
  const [top] = figures.drivers;
  return [
    [
      'Still growing: ',
      bold(`${formatMoney(excess, currency)} above expected`),
      times >= 2 ? `, ${times.toFixed(1)} times what it was in the last message.` : '.',
    ],
    [`${money[0] ?? ''} ${caseDays(figures)}, expected ${money[1] ?? ''}.`],
    ...(joined === null ? [] : [['New among its causes: ', bold(displayName(joined, 100)), '.']]),
    ...(top === undefined || joined !== null ? [] : [[`Most of it: ${driverName(top)}.`]]),
  ];
}

function closed(figures: AlertFigures, why: 'calm' | 'new-normal' | 'moved'): readonly RichLine[] {
  const { currency, excess, firstDay, lastDay } = figures;
  const days = count(daysBetween(firstDay, lastDay) + 1, 'day');
  const range = formatRange({ from: firstDay, to: addDays(lastDay, 1) });
  const sums: RichLine = [
    'In all: ',
    bold(`${formatMoney(excess, currency)} above expected`),
    ` in ${days}, ${range}.`,
  ];
  switch (why) {
    case 'calm':
      return [['Closed: two complete days in the usual range.'], sums];
    case 'new-normal':
      return [['Closed: this has lasted for two weeks and counts as usual from now on.'], sums];
    case 'moved':
      return [['Closed: the money was restated, or belongs to somebody else now.'], sums];
    default:
      return assertNever(why);
  }
}

function silenced({ kind, by, until, limit, currency, comment }: Omit<Silence, 'id'>): readonly RichLine[] {
  const day = formatDay(until);
  const up = limit === null ? '' : ` at up to ${formatMoney(limit, currency)} a day`;
  const line =
    kind === 'muted'
      ? ` has muted this key until ${day}.`
      : ` expects this until ${day}${up}. It keeps still until then, unless more is spent.`;
  return [[bold(authorName(by)), line], ...quoted(comment)];
}

function silenceOver(silence: Silence, by: string | null): RichLine {
  const { kind, outcome, until, limit, currency } = silence;
  const up = limit === null ? '' : ` of up to ${formatMoney(limit, currency)} a day`;
  if (outcome === 'lifted') {
    const what = kind === 'muted' ? 'unmuted this key' : 'taken the booking back';
    return [bold(by === null ? 'Somebody' : authorName(by)), ` has ${what}.`];
  }
  if (kind === 'muted') return [`The mute has ended on ${formatDay(until)}.`];
  if (outcome === 'exceeded')
    return [bold('More than booked'), `: the booking${up} was exceeded and is over.`];
  if (outcome === 'unused')
    return [
      bold('Booking not used'),
      `: nothing unusual was spent on the booking${up} until ${formatDay(until)}.`,
    ];
  return [`The time booked for this${up} has ended on ${formatDay(until)}.`];
}
