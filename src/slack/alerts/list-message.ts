import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { Silence } from '../../core/alerts/alert.js';
import { teamOfAlert } from '../../core/alerts/figures.js';
import type { AlertList } from '../../usecases/alerts/list-alerts.js';
import { actions, bold, button, context, header, type Message, rich, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import {
  authorName,
  capital,
  count,
  displayName,
  formatDay,
  formatMoney,
  literalMrkdwn,
} from '../kit/text.js';
import { caseButtons } from './message.js';
import { causeName, causeWords, silenceLines } from './words.js';

/** Ends a booking or a mute. */
export const LIFT_ID = 'alert.lift';
/** What that button carries. */
export const SilencePayload = z.object({ silenceId: z.number().int() });

const MOST_CASES = 8;
const MOST_SILENCES = 8;
const HOUR_MS = 3_600_000;

function ageOf(openedAtMs: number, nowMs: number): string {
  const hours = Math.max(0, Math.floor((nowMs - openedAtMs) / HOUR_MS));
  if (hours === 0) return 'less than an hour';
  return hours < 48 ? count(hours, 'hour') : count(Math.floor(hours / 24), 'day');
}

type Listed = AlertList['cases'][number];

/** One case: what, since when, in which state, whose it is, and what can be done. */
function listedCase(one: Listed, { leads, nowMs }: Pick<AlertList, 'leads' | 'nowMs'>): KnownBlock[] {
  const { figures, state, acknowledgedBy, openedAtMs, firstDay } = one;
  const { currency, excess, assignee = null } = figures;
  const team = teamOfAlert(figures);
  const lead = team === null ? 'FinOps' : (leads.get(team) ?? `team ${displayName(team, 60)}`);
  const answered =
    state === 'acknowledged'
      ? `acknowledged by ${authorName(acknowledgedBy ?? 'somebody')}`
      : 'open, unanswered';
  return [
    rich(
      [
        bold(capital(causeName(figures))),
        `: ${formatMoney(excess, currency)} above expected since ${formatDay(firstDay)}.`,
      ],
      [
        `${capital(answered)}, ${ageOf(openedAtMs, nowMs)} old. Owner: ${displayName(lead, 60)}. ` +
          `Assigned to: ${assignee === null ? 'nobody' : displayName(assignee.name, 60)}.`,
      ],
      ...silenceLines(figures).map((line) => [line]),
    ),
    actions(...caseButtons(figures)),
  ];
}

function silenceBlocks(silence: Silence): KnownBlock[] {
  const { kind, cause, until, by, limit, currency, id } = silence;
  const up = limit === null ? '' : `, up to ${formatMoney(limit, currency)} a day`;
  const what = kind === 'muted' ? 'muted' : 'expected to spend more';
  return [
    rich([
      bold(capital(causeWords(cause))),
      ` is ${what} until ${formatDay(until)}${up}; by ${authorName(by)}.`,
    ]),
    actions(
      button({
        id: LIFT_ID,
        label: kind === 'muted' ? 'Unmute' : 'End booking',
        value: packPayload({ silenceId: id }),
        spoken: `End it for ${causeWords(cause)}`,
      }),
    ),
  ];
}

/** Open alerts, those that wait first, then what is muted or booked. */
export function alertListMessage(list: AlertList): Message {
  const { cases, silences } = list;
  const waiting = cases.filter(({ state }) => state === 'open').length;
  const sentence =
    cases.length === 0
      ? 'No alert is open: nothing unusual is being spent.'
      : `${count(cases.length, 'alert')} ${cases.length === 1 ? 'is' : 'are'} open, ${waiting} unanswered.`;
  const left = [
    { n: cases.length - MOST_CASES, noun: 'more alert' },
    { n: silences.length - MOST_SILENCES, noun: 'more booking or mute' },
  ];
  return withinLimits({
    text: literalMrkdwn(sentence),
    blocks: [
      section(sentence),
      ...cases.slice(0, MOST_CASES).flatMap((one) => listedCase(one, list)),
      ...(silences.length === 0 ? [] : [header('Muted and booked')]),
      ...silences.slice(0, MOST_SILENCES).flatMap(silenceBlocks),
      ...left.filter(({ n }) => n > 0).map(({ n, noun }) => context(`and ${n} ${noun}${n === 1 ? '' : 's'}`)),
    ],
  });
}
