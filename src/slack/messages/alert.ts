import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { AlertDriver, AlertFigures, CaseState } from '../../core/alert.js';
import { assertNever } from '../../core/errors.js';
import { figureOfAlert } from '../../core/lineage/figure.js';
import { addDays, type Day } from '../../core/time.js';
import { actions, bold, button, context, header, type Message, rich, section, table } from '../blocks.js';
import { withinLimits } from '../limits.js';
import { packPayload } from '../payload.js';
import { authorName, displayName, escapeMrkdwn, formatChange, formatMoney, formatRange } from '../text.js';
import { whyButton } from './why.js';

/** What the buttons of an alert carry. */
export const CasePayload = z.object({ caseId: z.number().int() });
export const ACKNOWLEDGE_ID = 'alert.acknowledge';
export const EXPLAIN_ID = 'alert.explain';

const MAX_DRIVERS = 12;

/** A state's look: a shape and a word, so that colour is never the only signal. */
function lookOf(state: CaseState): { readonly mark: string; readonly word: string } {
  switch (state) {
    case 'open':
      return { mark: '🔺', word: 'Unusual spend' };
    case 'acknowledged':
      return { mark: '👁', word: 'Acknowledged' };
    case 'closed':
      return { mark: '✅', word: 'Back to normal' };
    default:
      return assertNever(state);
  }
}

/** First to last day, both of them included in the case. */
function caseDays(firstDay: Day, lastDay: Day): string {
  return formatRange({ from: firstDay, to: addDays(lastDay, 1) });
}

function driverLine(driver: AlertDriver, currency: string): string {
  const actual = formatMoney(driver.actual, currency);
  return `${driver.by} ${displayName(driver.label, 60)}: ${actual}, expected ${formatMoney(driver.expected, currency)}`;
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
  const look = lookOf(figures.state);
  const owner = displayName(figures.owner, 80);
  const days = caseDays(figures.firstDay, figures.lastDay);
  const actual = formatMoney(figures.actual, currency);
  const expected = formatMoney(figures.expected, currency);
  const excess = formatMoney(figures.excess, currency);
  const [top] = figures.drivers;
  const last = caseDays(figures.lastDay, figures.lastDay);
  const title = `${look.mark} ${look.word}: ${owner}`;
  return withinLimits({
    text: escapeMrkdwn(
      `${title}. ${actual} on ${last}, expected ${expected}; ${excess} more than usual (${days}).`,
    ),
    blocks: [
      header(title),
      rich(
        [
          bold(actual),
          ` on ${last}, expected `,
          bold(expected),
          `: ${formatChange(figures.actual, figures.expected, currency)}.`,
        ],
        [
          bold(excess),
          ` more than usual in all, ${days}. Usual is up to ${formatMoney(figures.upper, currency)} a day.`,
        ],
        ...(top === undefined ? [] : [['Most of it: ', bold(driverLine(top, currency)), '.']]),
      ),
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
    `${driver.by}: ${displayName(driver.label, 60)}`,
    formatMoney(driver.actual, currency),
    formatMoney(driver.expected, currency),
    formatChange(driver.actual, driver.expected, currency),
  ]);
  const columns = [
    { title: 'Driver' },
    { title: 'Actual', align: 'right' },
    { title: 'Expected', align: 'right' },
    { title: 'Difference', align: 'right' },
  ] as const;
  return withinLimits({
    text: escapeMrkdwn(
      `${title}: ${top === undefined ? 'no single driver stands out' : driverLine(top, currency)}.`,
    ),
    blocks: [
      rich([bold(title), `, ${caseDays(figures.firstDay, figures.lastDay)}`]),
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
    text: escapeMrkdwn(`Acknowledged by ${by}.${said === '' ? '' : ` ${said}`}`),
    blocks: [rich([bold(by), ' has acknowledged this.'], ...(said === '' ? [] : [[`“${said}”`]]))],
  });
}
