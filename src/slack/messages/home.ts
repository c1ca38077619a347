import type { HomeView, KnownBlock, MrkdwnElement } from '@slack/types';
import type { FeedStatus } from '../../core/feed.js';
import type { SpendLine } from '../../core/spend.js';
import { dayIn } from '../../core/time.js';
import type { HomeFigures } from '../../usecases/show-home.js';
import {
  actions,
  bold,
  bullets,
  button,
  context,
  fieldBlocks,
  header,
  rich,
  section,
  titled,
} from '../blocks.js';
import { packPayload } from '../payload.js';
import {
  authorName,
  count,
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  formatMonth,
} from '../text.js';
import { ACKNOWLEDGE_ID, EXPLAIN_ID } from './alert.js';
import { aliasBlocks } from './alias.js';
import { ageingLine, waitingClaimBlocks } from './claim.js';

export const MANAGE_RULES_ID = 'home.manage-rules';

const MAX_TEAMS = 20;
const MAX_UNALLOCATED = 8;
const MAX_CASES = 8;
const MAX_FEEDS = 15;

/** What a home is shown with besides its figures. */
export interface HomeOptions {
  /** Whether the viewer may edit rules. */
  readonly manages: boolean;
  /** IANA zone in which instants are shown. */
  readonly timeZone: string;
}

function teamField(line: SpendLine, currency: string): MrkdwnElement {
  const change = formatChange(line.cost, line.previous, currency);
  return titled(displayName(line.label, 60), `${formatMoney(line.cost, currency)}  ${change}`);
}

function headline(figures: HomeFigures): KnownBlock[] {
  const { currency, myTeam } = figures;
  const change = formatChange(figures.total, figures.previousToSameDay, currency);
  const own =
    myTeam === null
      ? []
      : [
          [
            `Your team, `,
            bold(displayName(myTeam.team)),
            `: ${formatMoney(myTeam.line.cost, currency)}, ${formatChange(myTeam.line.cost, myTeam.line.previous, currency)}.`,
          ],
        ];
  return [
    header(`AI spend, ${formatMonth(figures.month)}`),
    rich(
      [
        bold(formatMoney(figures.total, currency)),
        ' so far: ',
        bold(change),
        ' against the same days of last month.',
      ],
      ...own,
    ),
  ];
}

function teamBlocks(figures: HomeFigures): KnownBlock[] {
  const shown = figures.teams.slice(0, MAX_TEAMS);
  const left = figures.teams.length - shown.length;
  if (shown.length === 0) return [header('Teams'), section('No charges this month yet.')];
  return [
    header('Teams'),
    ...fieldBlocks(shown.map((line) => teamField(line, figures.currency))),
    ...(left > 0 ? [context(`and ${count(left, 'more team')}; /spend by team shows all`)] : []),
  ];
}

function unallocatedBlocks(figures: HomeFigures): KnownBlock[] {
  const shown = figures.unallocatedLines.slice(0, MAX_UNALLOCATED);
  const left = figures.unallocatedLines.length - shown.length;
  const lines = shown.map((line) => [
    bold(formatMoney(line.cost, line.currency)),
    ` ${displayName(line.identity, 60)} (${displayName(line.source, 40)}): ${displayName(line.reason, 200)}`,
  ]);
  return [
    header(`Unallocated: ${formatMoney(figures.unallocated, figures.currency)}`),
    lines.length === 0 ? section('Everything has an owner.') : bullets(lines),
    ...(left > 0 ? [context(`and ${count(left, 'more line')}`)] : []),
    ...finopsBlocks(figures),
  ];
}

/** What FinOps alone sees of it, since it names people. */
function finopsBlocks({ finops }: HomeFigures): KnownBlock[] {
  if (finops === null) return [];
  const lines = finops.ageing.slice(0, MAX_UNALLOCATED).map(ageingLine);
  return [
    ...(lines.length === 0 ? [] : [header('Waiting for an owner'), bullets(lines)]),
    ...aliasBlocks(finops.aliases),
  ];
}

function caseBlocks(figures: HomeFigures): KnownBlock[] {
  const shown = figures.openCases.slice(0, MAX_CASES);
  const left = figures.openCases.length - shown.length;
  const blocks = shown.flatMap((one): KnownBlock[] => {
    const value = packPayload({ caseId: one.id });
    const state =
      one.state === 'acknowledged'
        ? `acknowledged by ${authorName(one.acknowledgedBy ?? 'someone')}`
        : 'open';
    const excess = formatMoney(one.figures.excess, one.figures.currency);
    return [
      rich([
        bold(displayName(one.owner)),
        `: ${excess} more than usual since ${formatDay(one.firstDay)}; ${state}.`,
      ]),
      actions(
        ...(one.state === 'open'
          ? [button({ id: ACKNOWLEDGE_ID, label: 'Acknowledge', value, spoken: `Acknowledge ${one.owner}` })]
          : []),
        button({ id: EXPLAIN_ID, label: 'Explain', value, spoken: `Explain ${one.owner}` }),
      ),
    ];
  });
  return [
    header('Unusual spend'),
    ...(blocks.length === 0 ? [section('Nothing unusual is open.')] : blocks),
    ...(left > 0 ? [context(`and ${count(left, 'more case')}`)] : []),
  ];
}

function feedSentence(feed: FeedStatus, timeZone: string): string {
  const until =
    feed.completeThrough === null
      ? 'no complete day yet'
      : `complete through ${formatDay(feed.completeThrough)}`;
  if (feed.lastError === null) {
    return `${until}${feed.lastSuccessMs === null ? '' : `, read on ${formatDay(dayIn(timeZone, feed.lastSuccessMs))}`}`;
  }
  const since =
    feed.failingSinceMs === null ? '' : ` since ${formatDay(dayIn(timeZone, feed.failingSinceMs))}`;
  return `failing${since}, ${until}: ${displayName(feed.lastError, 300)}`;
}

/** The feeds, each with its state in words. */
export function feedBlocks(figures: HomeFigures, timeZone: string): KnownBlock[] {
  const shown = figures.feeds.slice(0, MAX_FEEDS);
  const left = figures.feeds.length - shown.length;
  const lines = shown.map((feed) => [
    bold(displayName(feed.source, 60)),
    `: ${feedSentence(feed, timeZone)}`,
  ]);
  return [
    header('Bills'),
    lines.length === 0 ? section('No source is configured yet.') : bullets(lines),
    ...(left > 0 ? [context(`and ${count(left, 'more feed')}`)] : []),
  ];
}

function ruleBlocks(figures: HomeFigures, options: HomeOptions): KnownBlock[] {
  const { rules } = figures;
  const on =
    rules.number === 0
      ? ''
      : `, last changed on ${formatDay(dayIn(options.timeZone, rules.recordedAtMs))} by ${authorName(rules.author)}`;
  return [
    header('Rules'),
    section(`${count(figures.ruleCount, 'rule')}, version ${rules.number}${on}.`),
    ...(options.manages
      ? [actions(button({ id: MANAGE_RULES_ID, label: 'Manage rules', value: packPayload({}) }))]
      : []),
  ];
}

/** Everything App Home shows, as blocks that may also stand in a message. */
export function homeBlocks(figures: HomeFigures, options: HomeOptions): KnownBlock[] {
  return [
    ...headline(figures),
    ...waitingClaimBlocks(figures.claimsForMe),
    ...caseBlocks(figures),
    ...teamBlocks(figures),
    ...unallocatedBlocks(figures),
    ...feedBlocks(figures, options.timeZone),
    ...ruleBlocks(figures, options),
    context('Effective cost, UTC days. Ask /spend for anything else.'),
  ];
}

/** App Home: no tables there, and at most 100 blocks, which the caps above keep far away. */
export function homeView(figures: HomeFigures, options: HomeOptions): HomeView {
  return { type: 'home', callback_id: 'home', blocks: homeBlocks(figures, options) };
}

/** App Home when its figures cannot be had. */
export function homeTroubleView(sentence: string): HomeView {
  return { type: 'home', callback_id: 'home', blocks: [header('Apportion'), section(sentence)] };
}
