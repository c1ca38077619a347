import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { type AlertFigures, causeOf } from '../../core/alerts/alert.js';
import { formatNanos, NANOS_PER_UNIT, type Nanos, parseNanos } from '../../core/base/money.js';
import { addDays, Day } from '../../core/base/time.js';
import { LONGEST_SILENCE_DAYS } from '../../usecases/alerts/act-on-case.js';
import { plain, rich } from '../kit/blocks.js';
import { formView, input, textInput } from '../kit/inputs.js';
import { packPayload } from '../kit/payload.js';
import { displayName, formatMoney } from '../kit/text.js';
import { causeName } from './words.js';

/** The forms of alert cases. */
export const ALERT_VIEW = {
  acknowledge: 'alert.acknowledge-form',
  expected: 'alert.expected-form',
  mute: 'alert.mute-form',
  assign: 'alert.assign-form',
  comment: 'alert.comment-form',
} as const;

const FIELD = { comment: 'comment', until: 'until', limit: 'limit', person: 'person' } as const;
const MUTE_DAYS = 30;
const EXPECTED_DAYS = 7;

/** What somebody filled in. */
export interface AlertForm {
  readonly comment: string | null;
  readonly until: Day | null;
  readonly limit: Nanos | null;
  readonly userId: string | null;
}

/** What is wrong, by block; empty when nothing is. */
export type AlertFormErrors = Readonly<Record<string, string>>;

function form(spec: {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  readonly caseId: number;
  readonly blocks: readonly KnownBlock[];
}): ModalView {
  return formView({
    id: spec.id,
    metadata: packPayload({ caseId: spec.caseId }),
    title: spec.title,
    submit: spec.submit,
    blocks: [...spec.blocks],
  });
}

function commentInput(placeholder: string, optional = true): KnownBlock {
  return input({
    block: FIELD.comment,
    label: 'Comment for the thread',
    optional,
    element: {
      type: 'plain_text_input',
      action_id: FIELD.comment,
      multiline: true,
      max_length: 1_000,
      placeholder: plain(placeholder, 150),
    },
  });
}

function untilInput(day: Day, hint: string): KnownBlock {
  return input({
    block: FIELD.until,
    label: 'Until, that day included',
    hint,
    element: { type: 'datepicker', action_id: FIELD.until, initial_date: day },
  });
}

/** The small form behind Acknowledge: a comment, if there is one to make. */
export function acknowledgeView(caseId: number): ModalView {
  return form({
    id: ALERT_VIEW.acknowledge,
    title: 'Acknowledge',
    submit: 'Acknowledge',
    caseId,
    blocks: [
      rich([
        'The alert says from now on that you have seen it. It stays open until spend is back to normal.',
      ]),
      commentInput('What it is, and what you will do about it'),
    ],
  });
}

/** How much a day is expected, and until when; offered is the most expensive day so far. */
export function expectedView(figures: AlertFigures, today: Day): ModalView {
  const { series, firstDay, currency } = figures;
  const days = series.filter(({ day }) => day >= firstDay).map(({ actual }) => actual);
  const most = days.reduce((a, b) => (b > a ? b : a), 0n);
  const offered = ((most + NANOS_PER_UNIT - 1n) / NANOS_PER_UNIT) * NANOS_PER_UNIT;
  return form({
    id: ALERT_VIEW.expected,
    title: 'Expected spend',
    submit: 'Book',
    caseId: figures.caseId,
    blocks: [
      rich([
        `You expect ${causeName(figures)} to spend more for a while. The alert keeps still until then, unless a day costs more than a quarter above what you book. A booking that nobody uses is reported.`,
      ]),
      untilInput(addDays(today, EXPECTED_DAYS), `At most ${LONGEST_SILENCE_DAYS} days ahead.`),
      input({
        block: FIELD.limit,
        label: `Up to how much a day, in ${displayName(currency, 12)}`,
        hint: `The most expensive day so far was ${formatMoney(most, currency)}.`,
        element: textInput(FIELD.limit, { max: 20, value: formatNanos(offered) }),
      }),
      commentInput('A batch, an evaluation, a launch …'),
    ],
  });
}

/** Until when a key is muted. */
export function muteView(figures: AlertFigures, today: Day): ModalView {
  return form({
    id: ALERT_VIEW.mute,
    title: 'Mute this key',
    submit: 'Mute',
    caseId: figures.caseId,
    blocks: [
      rich([
        `No alert is raised for key ${displayName(causeOf(figures).label, 80)} until then, whatever it spends. /apportion alerts shows what is muted, and unmutes it.`,
      ]),
      untilInput(addDays(today, MUTE_DAYS), `At most ${LONGEST_SILENCE_DAYS} days ahead.`),
      commentInput('Why this is no news'),
    ],
  });
}

/** Who looks after a case. */
export function assignView(figures: AlertFigures): ModalView {
  return form({
    id: ALERT_VIEW.assign,
    title: 'Assign',
    submit: 'Assign',
    caseId: figures.caseId,
    blocks: [
      rich([`Whoever looks after ${causeName(figures)} hears of it in a direct message.`]),
      input({
        block: FIELD.person,
        label: 'Person',
        element: {
          type: 'users_select',
          action_id: FIELD.person,
          placeholder: plain('Choose somebody', 150),
        },
      }),
      commentInput('What they should know'),
    ],
  });
}

/** A word for the thread and the audit log. */
export function commentView(figures: AlertFigures): ModalView {
  return form({
    id: ALERT_VIEW.comment,
    title: 'Comment',
    submit: 'Comment',
    caseId: figures.caseId,
    blocks: [
      rich(['Goes into the thread of the alert and into the audit log.']),
      commentInput('What you know about it', false),
    ],
  });
}

const State = z.record(
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      value: z.string().nullish(),
      selected_date: z.string().nullish(),
      selected_user: z.string().nullish(),
    }),
  ),
);

/** Reads any of the forms; what is missing in it is null. */
export function readAlertForm(
  state: unknown,
  today: Day,
): { readonly form: AlertForm; readonly errors: AlertFormErrors } {
  const values = State.parse(state);
  const errors: Record<string, string> = {};
  const comment = values[FIELD.comment]?.[FIELD.comment]?.value?.trim() ?? '';
  const until = Day.safeParse(values[FIELD.until]?.[FIELD.until]?.selected_date);
  if (FIELD.until in values) {
    if (!until.success) errors[FIELD.until] = 'Choose a day.';
    else if (until.data < today) errors[FIELD.until] = 'Choose today or a later day.';
    else if (until.data > addDays(today, LONGEST_SILENCE_DAYS))
      errors[FIELD.until] = `Choose a day within ${LONGEST_SILENCE_DAYS} days.`;
  }
  const typed = values[FIELD.limit]?.[FIELD.limit]?.value?.trim() ?? '';
  const limit = FIELD.limit in values ? readAmount(typed) : null;
  if (FIELD.limit in values && (limit === null || limit <= 0n))
    errors[FIELD.limit] = 'Write an amount above zero such as 250 or 1000.50.';
  return {
    form: {
      comment: comment === '' ? null : comment,
      until: until.success ? until.data : null,
      limit,
      userId: values[FIELD.person]?.[FIELD.person]?.selected_user ?? null,
    },
    errors,
  };
}

function readAmount(typed: string): Nanos | null {
  try {
    return parseNanos(typed.replaceAll(',', ''));
  } catch {
    return null;
  }
}
