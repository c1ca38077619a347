import type { InputBlock, KnownBlock } from '@slack/types';
import { compareText } from '../../core/base/money.js';
import type { Settings, Subscription } from '../../core/settings/settings.js';
import { plain } from '../kit/blocks.js';
import { searchSelect } from '../kit/inputs.js';
import { type Choice, encodeChoice, resolveChoice } from '../kit/option-value.js';
import { count, displayName, literalMrkdwn } from '../kit/text.js';
import {
  type AreaForm,
  actionOf,
  type FormHelp,
  field,
  HOURS,
  hourName,
  numberOf,
  selectOf,
  type Typed,
  WEEKDAYS,
  weekdayName,
} from './form.js';

const TEAM_BLOCK = 'channel-team';
const SCOPE_BLOCK = 'subscription-scope';
/** The action ids of the searches for a team. */
export const TEAM_ACTIONS: readonly string[] = [actionOf(TEAM_BLOCK), actionOf(SCOPE_BLOCK)];

const SUBSCRIPTION_ZONE_BLOCK = 'subscription-zone';
/** The action id of the search for a subscription's time zone. */
export const SUBSCRIPTION_ZONE_ACTION = actionOf(SUBSCRIPTION_ZONE_BLOCK);

const MAX_LISTED = 30;
/** Options of a select that Slack takes. */
const MAX_OPTIONS = 100;

/** A channel as a live link, for an id; our own ids only, so nothing foreign becomes live. */
function channelText(channel: string): string {
  return channel.startsWith('#') ? literalMrkdwn(displayName(channel, 80)) : `<#${channel}>`;
}

function channelSelect(): (actionId: string) => InputBlock['element'] {
  return (actionId) => ({
    type: 'conversations_select',
    action_id: actionId,
    placeholder: plain('Choose a channel', 150),
    filter: { include: ['public', 'private'], exclude_bot_users: true },
  });
}

/** Lines of names and channels; names are escaped, the channel's link is ours. */
function listing(title: string, lines: readonly string[]): readonly KnownBlock[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MAX_LISTED);
  const more = lines.length - shown.length;
  const text = [`*${title}*`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  return [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }];
}

async function teamChosen(typed: Typed, block: string, help: FormHelp): Promise<string | null> {
  const choice = typed.choice(block);
  return choice === null ? null : resolveChoice(choice, async () => help.teams);
}

/** Where teams' messages go. */
export const channelsForm: AreaForm = {
  title: 'Team channels',
  explanation:
    'Where a team hears its digests and alerts. A team without a channel hears in that of the team above it.',
  summary: ({ channels }) => {
    const teams = Object.keys(channels.teams).length;
    return teams === 0
      ? 'As the directory says'
      : `Set for ${count(teams, 'team')}; else as the directory says`;
  },
  blocks: ({ channels }) => [
    ...listing(
      'Set so far',
      Object.entries(channels.teams)
        .toSorted(([a], [b]) => compareText(a, b))
        .map(([team, channel]) => `${literalMrkdwn(displayName(team, 60))}: ${channelText(channel)}`),
    ),
    field({
      block: TEAM_BLOCK,
      label: 'Team',
      element: (id) => searchSelect(id, 'Find a team', null),
    }),
    field({
      block: 'channel',
      label: 'Channel',
      hint: 'Empty: as the directory says again. Apportion must be a member of a private channel.',
      optional: true,
      element: channelSelect(),
    }),
  ],
  read: async (typed, { settings, help }) => {
    const team = await teamChosen(typed, TEAM_BLOCK, help);
    if (team === null) typed.wrong(TEAM_BLOCK, 'Choose a team.');
    const channel = typed.conversation('channel');
    const others = Object.entries(settings.channels.teams).filter(([name]) => name !== team);
    const all = team === null || channel === null ? others : [...others, [team, channel] as const];
    return typed.answer({ teams: Object.fromEntries(all) });
  },
};

const ALL_SPEND = '~all';

/** When a monthly digest goes; undefined or null is the first working day. */
export function monthDayText(day: number | null | undefined): string {
  return day === null || day === undefined ? 'monthly on the first working day' : `monthly on day ${day}`;
}

/** A subscription in words. */
function subscriptionText({ scope, cadence, hour, timeZone }: Subscription): string {
  const what = scope === null ? 'all spend' : displayName(scope.owner, 40);
  const when = cadence.kind === 'weekly' ? `${weekdayName(cadence.on)}s` : monthDayText(cadence.on);
  return `${what}, ${when} at ${hourName(hour)}${timeZone === undefined ? '' : ` (${timeZone})`}`;
}

function removeField(settings: Settings): readonly InputBlock[] {
  if (settings.subscriptions.length === 0) return [];
  const options = settings.subscriptions.slice(0, MAX_OPTIONS).map((one, index) => ({
    text: plain(displayName(`${index + 1}. ${subscriptionText(one)}`, 75), 75),
    value: String(index),
  }));
  return [
    field({
      block: 'subscription-remove',
      label: 'End these',
      optional: true,
      element: (id) => ({
        type: 'multi_static_select',
        action_id: id,
        options,
        placeholder: plain('Choose', 150),
      }),
    }),
  ];
}

/** How often, when, and in which zone. */
function rhythmFields(settings: Settings): readonly InputBlock[] {
  return [
    field({
      block: 'subscription-cadence',
      label: 'How often',
      element: selectOf(
        [
          { text: 'Weekly', value: 'weekly' },
          { text: 'Monthly', value: 'monthly' },
        ],
        'weekly',
      ),
    }),
    field({ block: 'subscription-weekday', label: 'Weekly: day', element: selectOf(WEEKDAYS, '1') }),
    field({
      block: 'subscription-day',
      label: 'Monthly: day of the month',
      hint: 'Empty: its first working day.',
      optional: true,
      element: numberOf({ value: null, min: 1, max: 28 }),
    }),
    field({
      block: 'subscription-hour',
      label: 'Hour',
      element: selectOf(HOURS, String(settings.digest.hour)),
    }),
    field({
      block: SUBSCRIPTION_ZONE_BLOCK,
      label: 'Time zone',
      hint: 'Empty: that of the digests.',
      optional: true,
      element: (id) => searchSelect(id, 'Find a city or zone', null),
    }),
  ];
}

/** Digests that channels have asked for. */
export const subscriptionsForm: AreaForm = {
  title: 'Subscriptions',
  explanation: 'Digests for any channel about any team or all spend, besides those that teams get anyway.',
  summary: ({ subscriptions }) =>
    subscriptions.length === 0 ? 'None' : count(subscriptions.length, 'subscription'),
  blocks: (settings) => [
    ...listing(
      'So far',
      settings.subscriptions.map(
        (one, index) => `${index + 1}. ${channelText(one.channel)}: ${literalMrkdwn(subscriptionText(one))}`,
      ),
    ),
    field({
      block: 'subscription-channel',
      label: 'New: channel',
      optional: true,
      element: channelSelect(),
    }),
    field({
      block: SCOPE_BLOCK,
      label: 'About',
      element: (id) => searchSelect(id, 'Find a team', { text: 'All spend', value: ALL_SPEND }),
    }),
    ...rhythmFields(settings),
    ...removeField(settings),
  ],
  read: async (typed, { settings, help }) => {
    const ended = new Set(typed.options('subscription-remove'));
    const kept = settings.subscriptions.filter((_, index) => !ended.has(String(index)));
    const channel = typed.conversation('subscription-channel');
    if (channel === null && ended.size === 0)
      typed.wrong('subscription-channel', 'Choose a channel, or subscriptions to end.');
    if (channel === null) return typed.answer(kept);
    const isAll = typed.option(SCOPE_BLOCK) === ALL_SPEND;
    const owner = isAll ? null : await teamChosen(typed, SCOPE_BLOCK, help);
    const isWeekly = typed.option('subscription-cadence') === 'weekly';
    const zone = typed.option(SUBSCRIPTION_ZONE_BLOCK);
    const added = {
      channel,
      scope: owner === null ? null : { dimension: 'team', owner },
      cadence: isWeekly
        ? { kind: 'weekly', on: typed.integer('subscription-weekday') }
        : { kind: 'monthly', on: typed.integer('subscription-day') },
      hour: typed.integer('subscription-hour'),
      ...(zone === null ? {} : { timeZone: zone }),
    };
    return typed.answer([...kept, added]);
  },
};

/** Teams whose name holds what was typed; `all spend` too where it may be chosen. */
export function teamsLike(actionId: string, typed: string, teams: readonly string[]): readonly Choice[] {
  const wanted = typed.toLowerCase();
  const all = actionId === actionOf(SCOPE_BLOCK) ? [{ text: 'All spend', value: ALL_SPEND }] : [];
  return [
    ...all.filter(({ text }) => text.toLowerCase().includes(wanted)),
    ...teams.filter((name) => name.toLowerCase().includes(wanted)).map(encodeChoice),
  ];
}
