import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { AlertDriver, AlertFigures, CaseState } from '../../core/alert.js';
import { assertNever } from '../../core/errors.js';
import { figureOfAlert } from '../../core/lineage/figure.js';
import { addDays } from '../../core/time.js';
import {
  actions,
  bold,
  button,
  context,
  header,
  type Message,
  type RichLine,
  rich,
  section,
  table,
} from '../blocks.js';
import { withinLimits } from '../limits.js';
import { packPayload } from '../payload.js';
import {
  authorName,
  capital,
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  formatRange,
  literalMrkdwn,
} from '../text.js';
import { whyButton } from './why.js';

/** What the buttons of an alert carry. */
export const CasePayload = z.object({ caseId: z.number().int() });
export const ACKNOWLEDGE_ID = 'alert.acknowledge';
export const EXPLAIN_ID = 'alert.explain';

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

/** `on 12 Nov 2026` or `over 12–15 Nov 2026`: the first and the last day both belong to the case. */
function caseDays({ firstDay, lastDay }: AlertFigures): string {
  const days = formatRange({ from: firstDay, to: addDays(lastDay, 1) });
  return `${firstDay === lastDay ? 'on' : 'over'} ${days}`;
}

/** What the case's last day cost by itself; nothing for a case of one day, whose sums say it. */
function lastDayLines({ firstDay, lastDay, series, currency }: AlertFigures): string[] {
  const last = series.find(({ day }) => day === lastDay);
  if (firstDay === lastDay || last === undefined) return [];
  const [actual, expected] = [last.actual, last.expected].map((cost) => formatMoney(cost, currency));
  return [`${formatDay(lastDay)} alone: ${actual}, expected ${expected}.`];
}

/** `key ci-nightly`; people who are not named are `one person` or `3 people`. */
function driverName({ by, label }: AlertDriver): string {
  if (by === 'people') return label === '1' ? 'one person' : `${displayName(label, 20)} people`;
  return `${by} ${displayName(label, 60)}`;
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

function alertButtons(figures: AlertFigures): KnownBlock[] {
  const value = packPayload({ caseId: figures.caseId });
  const explain = button({
    id: EXPLAIN_ID,
    label: 'Explain',
    value,
    spoken: `Explain the unusual spend of ${figures.owner}`,
  });
  const why = whyButton({ figure: figureOfAlert(figures) }, `Show the charges behind ${figures.owner}`);
  if (figures.state !== 'open') return [actions(explain, ...why)];
  const acknowledge = button({
    id: ACKNOWLEDGE_ID,
    label: 'Acknowledge',
    value,
    style: 'primary',
    spoken: `Acknowledge the unusual spend of ${figures.owner}`,
  });
  return [actions(acknowledge, explain, ...why)];
}

/** The parent message of a case; edited in place as the case goes on. */
export function alertMessage(figures: AlertFigures): Message {
  const { currency } = figures;
  const owner = displayName(figures.owner, 80);
  const days = caseDays(figures);
  const actual = formatMoney(figures.actual, currency);
  const expected = formatMoney(figures.expected, currency);
  const change = formatChange(figures.actual, figures.expected, currency);
  const lastDay = lastDayLines(figures);
  const [top] = figures.drivers;
  const title = `${wordsOf(figures.state)}: ${owner}`;
  const lines: RichLine[] = [
    [bold(actual), ` ${days}, expected ${expected}: `, bold(change), '.'],
    [[...lastDay, `Usual is up to ${formatMoney(figures.upper, currency)} a day.`].join(' ')],
    ...(top === undefined ? [] : [['Most of it: ', bold(driverLine(top, currency)), '.']]),
  ];
  const spoken = [`${title}. ${actual} ${days}, expected ${expected}: ${change}.`, ...lastDay].join(' ');
  return withinLimits({
    text: literalMrkdwn(spoken),
    blocks: [
      header(title),
      rich(...lines),
      context(...stateLines(figures), 'Effective cost, UTC days.'),
      ...alertButtons(figures),
    ],
  });
}

/** Why: who drove the difference. Goes into the case's thread. */
export function alertExplainedMessage(figures: AlertFigures): Message {
  const { currency } = figures;
  const owner = displayName(figures.owner, 80);
  const drivers = figures.drivers.slice(0, MAX_DRIVERS);
  const title = `What drove the unusual spend of ${owner}`;
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
      rows.length === 0
        ? section('No single key, person or model stands out: the whole level is higher.')
        : table(columns, rows),
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
