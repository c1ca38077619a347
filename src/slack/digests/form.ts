import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Day } from '../../core/base/time.js';
import type { DigestFigures, DigestPeriod, DigestScope } from '../../core/digests/digest.js';
import { lastPeriod, parsePeriod, periodBefore } from '../../core/digests/period.js';
import { ALL_SCOPE, scopeText } from '../../core/digests/scope.js';
import { actions, bullets, button, context, header, plain, rich, section } from '../kit/blocks.js';
import { formView, input, searchSelect, select } from '../kit/inputs.js';
import { type Choice, choiceOption, encodeChoice, readChoice } from '../kit/option-value.js';
import { packPayload } from '../kit/payload.js';
import { capital, dimensionName, displayName, formatRange } from '../kit/text.js';
import { digestSections } from './detail-message.js';
import { digestLines, digestNotes } from './lines.js';
import { digestTitle } from './message.js';

/** The button that opens the form of digests, on App Home and in the help. */
export const OPEN_DIGEST_ID = 'help.digest';
/** The form in which digests are previewed, sent and subscribed to. */
export const DIGEST_VIEW_ID = 'digest.form';
/** What can be pressed or chosen in it. */
export const DIGEST_ACTION = {
  scope: 'digest.scope',
  period: 'digest.period',
  subscribe: 'digest.subscribe',
  unsubscribe: 'digest.unsubscribe',
} as const;

const BLOCK = { scope: 'digest-scope', period: 'digest-period', channel: 'digest-channel' } as const;
const CHANNEL_ACTION = 'digest.channel';

/** What the form must remember: what it shows, and where it was asked for. */
export const DigestPayload = z.object({
  scope: z.string().max(300),
  period: z.string(),
  place: z.string().nullable(),
});

/** Periods on offer. */
const WEEKS = 8;
const MONTHS = 6;

/** A scope as a choice: `Search (team)`. */
export function scopeChoice(scope: DigestScope): Choice {
  const text =
    scope === null
      ? 'All spend'
      : `${displayName(scope.owner, 50)} (${dimensionName(scope.dimension).toLowerCase()})`;
  return { ...encodeChoice(scopeText(scope)), text };
}

function periodChoice({ grain, label, range }: DigestPeriod): Choice {
  const text = formatRange(range);
  return { text: grain === 'week' ? `Week ${Number(label.slice(6))}: ${text}` : text, value: label };
}

/** The last whole weeks and months before a day, newest first. */
function periodsBefore(today: Day): readonly DigestPeriod[] {
  const from = (grain: DigestPeriod['grain'], count: number): readonly DigestPeriod[] => {
    const periods = [lastPeriod(grain, today)];
    while (periods.length < count) periods.push(periodBefore(periods.at(-1) ?? lastPeriod(grain, today)));
    return periods;
  };
  return [...from('week', WEEKS), ...from('month', MONTHS)];
}

function fields(shown: DigestShown): readonly KnownBlock[] {
  const periods = periodsBefore(shown.today).map((period) => choiceOption(periodChoice(period)));
  const chosen = periods.find(({ value }) => value === shown.figures.period);
  return [
    input({
      block: BLOCK.scope,
      label: 'About',
      dispatch: true,
      element: searchSelect(DIGEST_ACTION.scope, 'Find a team, product …', scopeChoice(shown.figures.scope)),
    }),
    input({
      block: BLOCK.period,
      label: 'Period',
      dispatch: true,
      element: select(DIGEST_ACTION.period, periods, chosen),
    }),
  ];
}

function previewBlocks(figures: DigestFigures): readonly KnownBlock[] {
  return [
    header(digestTitle(figures)),
    rich(...digestLines(figures)),
    ...digestSections(figures).flatMap(({ title, lines }): KnownBlock[] => [
      rich(title),
      ...(lines.length === 0 ? [] : [bullets(lines)]),
    ]),
    context(...digestNotes(figures)),
  ];
}

/** What the form shows. */
export interface DigestShown {
  readonly figures: DigestFigures;
  readonly today: Day;
  /** The channel in which the form was asked for; null: none that a digest could go to. */
  readonly place: string | null;
  /** What was just done, in a sentence; null: nothing was. */
  readonly note: string | null;
}

/** Scope and period, what would be sent, and where to. */
export function digestView(shown: DigestShown): ModalView {
  const { figures, note, place } = shown;
  const rhythm = figures.grain === 'week' ? 'weekly' : 'monthly';
  return formView({
    id: DIGEST_VIEW_ID,
    metadata: packPayload({ scope: scopeText(figures.scope), period: figures.period, place }),
    title: 'Digest',
    submit: 'Send now',
    close: 'Close',
    blocks: [
      ...fields(shown),
      { type: 'divider' },
      ...previewBlocks(figures),
      { type: 'divider' },
      // Above the buttons, where the person who pressed one is looking.
      ...(note === null ? [] : [section(note)]),
      input({
        block: BLOCK.channel,
        label: 'Channel',
        hint: 'It gets this spend; people are not named there.',
        element: {
          type: 'conversations_select',
          action_id: CHANNEL_ACTION,
          ...(shown.place === null ? {} : { initial_conversation: shown.place }),
          filter: { include: ['public', 'private'], exclude_bot_users: true },
          placeholder: plain('Choose a channel', 150),
        },
      }),
      actions(
        button({
          id: DIGEST_ACTION.subscribe,
          label: `Subscribe ${rhythm}`,
          spoken: `Subscribe the channel ${rhythm}`,
        }),
        button({
          id: DIGEST_ACTION.unsubscribe,
          label: 'Unsubscribe',
          spoken: 'End the channel’s subscriptions',
        }),
      ),
    ],
  });
}

/** What is chosen in the form; what was shown stands where a field tells nothing. */
export interface DigestChosen {
  readonly scope: Choice;
  readonly period: DigestPeriod;
  readonly channel: string | null;
}

/** Reads the form. @throws AppError `invalid` for a period that is none. */
export function readDigest(
  { state }: Pick<ViewOutput, 'state'>,
  shown: z.infer<typeof DigestPayload>,
): DigestChosen {
  const scope = state.values[BLOCK.scope]?.[DIGEST_ACTION.scope]?.selected_option;
  const period = state.values[BLOCK.period]?.[DIGEST_ACTION.period]?.selected_option?.value;
  return {
    scope: scope === undefined || scope === null ? encodeChoice(shown.scope) : readChoice(scope),
    period: parsePeriod(period ?? shown.period),
    channel: state.values[BLOCK.channel]?.[CHANNEL_ACTION]?.selected_conversation ?? null,
  };
}

/** When a subscription speaks, in words. */
export function rhythmWords(period: DigestPeriod): string {
  return period.grain === 'week' ? 'every week' : 'every month';
}

/** A scope in a sentence: `all spend`, `Search`. */
export function scopeWords(scope: DigestScope): string {
  return scope === null ? `${ALL_SCOPE} spend` : capital(displayName(scope.owner, 60));
}
