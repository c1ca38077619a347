import type { Button, KnownBlock, Overflow } from '@slack/types';
import { z } from 'zod';
import { type AlertDriver, type AlertFigures, type CaseState, causeOf } from '../../core/alerts/alert.js';
import { assertNever } from '../../core/base/errors.js';
import { absolute, compareBigint } from '../../core/base/money.js';
import { CAUSE_WORDS } from '../../core/explain/change.js';
import { figureOfAlert } from '../../core/lineage/figure.js';
import {
  actions,
  bold,
  bullets,
  button,
  context,
  header,
  type Message,
  option,
  overflow,
  type RichLine,
  rich,
  section,
  table,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import {
  authorName,
  capital,
  count,
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  formatRange,
  literalMrkdwn,
} from '../kit/text.js';
import { whyButton } from '../kit/why.js';
import { caseDays, causeName, driverName, silenceLines } from './words.js';

/** What the buttons of an alert carry. */
export const CasePayload = z.object({ caseId: z.number().int() });
export const ACKNOWLEDGE_ID = 'alert.acknowledge';
export const EXPLAIN_ID = 'alert.explain';
export const MORE_ID = 'alert.more';

const MAX_DRIVERS = 12;

/** A state in words: they show in every font, and a screen reader says no more than is meant. */
function wordsOf(state: CaseState): string {
  switch (state) {
    case 'open':
      return 'Unusual spend';
    case 'acknowledged':
      return 'Acknowledged';
    case 'closed':
      return 'Back to normal';
    default:
      return assertNever(state);
  }
}

/** What the case's last day cost by itself; nothing for a case of one day, whose sums say it. */
function lastDayLines({ firstDay, lastDay, series, currency }: AlertFigures): string[] {
  const last = series.find(({ day }) => day === lastDay);
  if (firstDay === lastDay || last === undefined) return [];
  const [actual, expected] = [last.actual, last.expected].map((cost) => formatMoney(cost, currency));
  return [`${formatDay(lastDay)} alone: ${actual}, expected ${expected}.`];
}

function driverLine(driver: AlertDriver, currency: string): string {
  const actual = formatMoney(driver.actual, currency);
  return `${driverName(driver)}: ${actual}, expected ${formatMoney(driver.expected, currency)}`;
}

function stateLines(figures: AlertFigures): string[] {
  const by =
    figures.acknowledgedBy === null ? [] : [`Acknowledged by ${authorName(figures.acknowledgedBy)}.`];
  switch (figures.state) {
    case 'open':
      return ['Open: nobody has looked at it yet.'];
    case 'acknowledged':
      return by.length > 0 ? by : ['Acknowledged.'];
    case 'closed':
      return ['Closed: spend is back in its usual range.', ...by];
    default:
      return assertNever(figures.state);
  }
}

/** What the three dots of a case offer; the choice's value is `WHAT:CASE`. */
const MORE = [
  { what: 'expected', label: 'Expected until …' },
  { what: 'mute', label: 'Mute this key …' },
  { what: 'assign', label: 'Assign …' },
  { what: 'comment', label: 'Comment …' },
  { what: 'rule', label: 'Open rule' },
] as const;
export type MoreChoice = (typeof MORE)[number]['what'];

/** What a choice of the three dots asks for; null: an older version's. */
export function readMore(value: string): { readonly what: MoreChoice; readonly caseId: number } | null {
  const [, said, id] = /^([a-z]+):(\d{1,12})$/.exec(value) ?? [];
  const what = MORE.find((each) => each.what === said)?.what;
  return what === undefined ? null : { what, caseId: Number(id) };
}

/** Acknowledge, Explain and all else that can be done with a case. */
export function caseButtons(figures: AlertFigures): readonly (Button | Overflow)[] {
  const value = packPayload({ caseId: figures.caseId });
  const name = causeName(figures);
  const explain = button({
    id: EXPLAIN_ID,
    label: 'Explain',
    value,
    spoken: `Explain the unusual spend of ${name}`,
  });
  const why = whyButton({ figure: figureOfAlert(figures) }, `Show the charges behind ${name}`);
  const choices = MORE.filter(({ what }) => what !== 'mute' || causeOf(figures).kind === 'key').filter(
    ({ what }) => figures.state !== 'closed' || what === 'comment' || what === 'rule',
  );
  const more = overflow(
    MORE_ID,
    choices.map(({ what, label }) => option(label, `${what}:${figures.caseId}`)),
  );
  if (figures.state !== 'open') return [explain, ...why, more];
  const acknowledge = button({
    id: ACKNOWLEDGE_ID,
    label: 'Acknowledge',
    value,
    style: 'primary',
    spoken: `Acknowledge the unusual spend of ${name}`,
  });
  return [acknowledge, explain, ...why, more];
}

/** Who bears it, where that is not one team alone. */
function teamLines({ teams = [], moreTeams = 0, currency }: AlertFigures): RichLine[] {
  if (teams.length < 2) return [];
  const parts = teams.map(
    ({ team, actual, expected }) => `${displayName(team, 60)} ${formatChange(actual, expected, currency)}`,
  );
  return [[`Teams: ${parts.join(', ')}${moreTeams > 0 ? ` and ${count(moreTeams, 'more team')}` : ''}.`]];
}

/** The largest driver that is not the cause itself. */
function topDriver(figures: AlertFigures): AlertDriver | undefined {
  const { kind, label } = causeOf(figures);
  return figures.drivers.find((driver) => driver.by !== kind || driver.label !== label);
}

/** The parent message of a case; edited in place as the case goes on. */
export function alertMessage(figures: AlertFigures): Message {
  const { currency, assignee = null } = figures;
  const days = caseDays(figures);
  const actual = formatMoney(figures.actual, currency);
  const expected = formatMoney(figures.expected, currency);
  const change = formatChange(figures.actual, figures.expected, currency);
  const lastDay = lastDayLines(figures);
  const top = topDriver(figures);
  const title = `${wordsOf(figures.state)}: ${causeName(figures)}`;
  const lines: RichLine[] = [
    [bold(actual), ` ${days}, expected ${expected}: `, bold(change), '.'],
    [[...lastDay, `Usual is up to ${formatMoney(figures.upper, currency)} a day.`].join(' ')],
    ...teamLines(figures),
    ...(top === undefined ? [] : [['Most of it: ', bold(driverLine(top, currency)), '.']]),
  ];
  const spoken = [`${title}. ${actual} ${days}, expected ${expected}: ${change}.`, ...lastDay].join(' ');
  return withinLimits({
    text: literalMrkdwn(spoken),
    blocks: [
      header(title),
      rich(...lines),
      context(
        ...stateLines(figures),
        ...silenceLines(figures),
        ...(assignee === null ? [] : [`Assigned to ${displayName(assignee.name, 80)}.`]),
        'Effective cost of usage, UTC days.',
      ),
      actions(...caseButtons(figures)),
    ],
  });
}

/** Price, volume and mix in plain words, the largest first; what is not a hundredth of it is in the chart alone. */
function changeBlocks({ change, currency }: AlertFigures): KnownBlock[] {
  if (change === null || change === undefined) return [];
  const { before, explanation } = change;
  const parts = explanation.parts
    .filter(({ amount }) => amount !== 0n && absolute(amount) * 100n >= absolute(explanation.delta))
    .toSorted((a, b) => compareBigint(absolute(b.amount), absolute(a.amount)));
  if (parts.length === 0) return [];
  const lines = parts.map(({ cause, amount, details }): RichLine => {
    const most = details.map(({ label }) => displayName(label, 60)).join(', ');
    const sign = amount > 0n ? '+' : '';
    return [
      bold(`${CAUSE_WORDS[cause]}: ${sign}${formatMoney(amount, currency)}`),
      most === '' ? '' : ` (${most})`,
    ];
  });
  const moved = formatChange(explanation.after, explanation.before, currency);
  return [
    rich([`Against ${formatRange(before)}, the same weekdays before: `, bold(moved), ', because of']),
    bullets(lines),
  ];
}

/** Why: price, volume and mix, and who drove the difference. Goes into the case's thread. */
export function alertExplainedMessage(figures: AlertFigures): Message {
  const { currency } = figures;
  const drivers = figures.drivers.slice(0, MAX_DRIVERS);
  const left = figures.drivers.length - drivers.length;
  const title = `What drove the unusual spend of ${causeName(figures)}`;
  const [top] = drivers;
  const rows = drivers.map((driver) => [
    capital(driverName(driver)),
    formatChange(driver.actual, driver.expected, currency),
    formatMoney(driver.actual, currency),
    formatMoney(driver.expected, currency),
  ]);
  // The difference first: a thread is narrow, and what does not fit has to be scrolled to.
  const columns = [
    { title: 'Driver' },
    { title: 'Difference', align: 'right' },
    { title: 'Actual', align: 'right' },
    { title: 'Expected', align: 'right' },
  ] as const;
  return withinLimits({
    text: literalMrkdwn(
      `${title}: ${top === undefined ? 'no single driver stands out' : driverLine(top, currency)}.`,
    ),
    blocks: [
      rich([bold(title), ` ${caseDays(figures)}`]),
      ...changeBlocks(figures),
      rows.length === 0
        ? section('No single key, person or model stands out: the whole level is higher.')
        : table(columns, left > 0 ? [...rows, [`and ${count(left, 'more driver')}`, '', '', '']] : rows),
      context(
        'Expected is what the weeks before suggest for such a day. Drivers overlap: a key and its model count twice.',
      ),
    ],
  });
}

/** The note in a case's thread that someone has taken it. */
export function alertAcknowledgedMessage(note: {
  readonly by: string;
  readonly comment: string | null;
}): Message {
  const by = authorName(note.by);
  const said = note.comment === null ? '' : displayName(note.comment, 2_000);
  return withinLimits({
    text: literalMrkdwn(`Acknowledged by ${by}.${said === '' ? '' : ` ${said}`}`),
    blocks: [rich([bold(by), ' has acknowledged this.'], ...(said === '' ? [] : [[`“${said}”`]]))],
  });
}
