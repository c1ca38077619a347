import { createHash } from 'node:crypto';
import type { HomeView, KnownBlock, MrkdwnElement } from '@slack/types';
import { z } from 'zod';
import { dayIn } from '../../core/base/time.js';
import type { SpendLine } from '../../core/spend/spend.js';
import type { HomeFigures } from '../../usecases/home/show-home.js';
import { caseButtons } from '../alerts/message.js';
import { causeName } from '../alerts/words.js';
import { aliasBlocks } from '../claims/alias-message.js';
import { ageingLine, waitingClaimBlocks } from '../claims/message.js';
import { OPEN_DIGEST_ID } from '../digests/form.js';
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
} from '../kit/blocks.js';
import { packPayload } from '../kit/payload.js';
import {
  authorName,
  capital,
  count,
  displayName,
  formatChange,
  formatDay,
  formatMoney,
  formatMonth,
} from '../kit/text.js';
import { MANAGE_RULES_ID } from '../rules/ids.js';
import { OPEN_SETTINGS_ID } from '../settings/index.js';
import { homeSourceBlocks } from '../sources/message.js';
import { approvalBlocks, myTeamBlocks, ownBlocks } from './own-message.js';

/** The buttons that turn the pages of the teams. */
export const HOME_PAGE_IDS = { previous: 'home.previous', next: 'home.next' } as const;
/** What these buttons carry. */
export const HomePagePayload = z.object({ page: z.number().int().min(0) });

const MAX_BLOCKS = 100;

const MAX_TEAMS = 20;
const MAX_UNALLOCATED = 8;
const MAX_CASES = 5;

/** What a home is shown with besides its figures. */
export interface HomeOptions {
  /** Whether the viewer may edit rules. */
  readonly manages: boolean;
  /** IANA zone in which instants are shown. */
  readonly timeZone: string;
  /** Which page of the teams, from 0. */
  readonly page?: number;
}

function teamField(line: SpendLine, currency: string): MrkdwnElement {
  const change = formatChange(line.cost, line.previous, currency);
  return titled(displayName(line.label, 60), `${formatMoney(line.cost, currency)}  ${change}`);
}

function headline({ company, currency, month }: HomeFigures): KnownBlock[] {
  const title = header(`AI spend, ${formatMonth(month)}`);
  if (company === null) return [title];
  const change = formatChange(company.total, company.previous, currency);
  return [
    title,
    rich([
      bold(formatMoney(company.total, currency)),
      ' so far: ',
      bold(change),
      ' against the same days of last month.',
    ]),
  ];
}

function turn(id: string, label: string, to: number): ReturnType<typeof button> {
  return button({ id, label, value: packPayload({ page: to }) });
}

/** One page of the teams, with the way to the others. */
function teamBlocks(figures: HomeFigures, page: number): KnownBlock[] {
  const pages = Math.max(1, Math.ceil(figures.teams.length / MAX_TEAMS));
  const at = Math.min(Math.max(page, 0), pages - 1);
  const shown = figures.teams.slice(at * MAX_TEAMS, (at + 1) * MAX_TEAMS);
  if (shown.length === 0) return [header('Teams'), section('No charges this month yet.')];
  const turns = [
    ...(at > 0 ? [turn(HOME_PAGE_IDS.previous, 'Previous teams', at - 1)] : []),
    ...(at < pages - 1 ? [turn(HOME_PAGE_IDS.next, 'More teams', at + 1)] : []),
  ];
  return [
    header('Teams'),
    ...fieldBlocks(shown.map((line) => teamField(line, figures.currency))),
    ...(turns.length === 0 ? [] : [actions(...turns), context(`Page ${at + 1} of ${pages}.`)]),
  ];
}

function unallocatedBlocks({ unallocated, currency, finops }: HomeFigures): KnownBlock[] {
  if (unallocated === null) return [];
  const shown = unallocated.lines.slice(0, MAX_UNALLOCATED);
  const left = unallocated.lines.length - shown.length;
  const lines = shown.map((line) => [
    bold(formatMoney(line.cost, line.currency)),
    ` ${displayName(line.identity, 60)} (${displayName(line.source, 40)}): ${displayName(line.reason, 200)}`,
  ]);
  return [
    header(`Unallocated: ${formatMoney(unallocated.total, currency)}`),
    lines.length === 0 ? section('Everything has an owner.') : bullets(lines),
    ...(left > 0 ? [context(`and ${count(left, 'more line')}`)] : []),
    ...(finops === null ? [] : finopsBlocks(finops)),
  ];
}

/** What FinOps alone sees of it, since it names people. */
function finopsBlocks(finops: NonNullable<HomeFigures['finops']>): KnownBlock[] {
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
    const { figures: of, state, acknowledgedBy, firstDay } = one;
    const answered =
      state === 'acknowledged' ? `acknowledged by ${authorName(acknowledgedBy ?? 'someone')}` : 'open';
    const excess = formatMoney(of.excess, of.currency);
    const assignee = of.assignee ?? null;
    const whose = assignee === null ? '' : `, assigned to ${displayName(assignee.name, 60)}`;
    return [
      rich([
        bold(capital(causeName(of))),
        `: ${excess} more than usual since ${formatDay(firstDay)}; ${answered}${whose}.`,
      ]),
      actions(...caseButtons(of)),
    ];
  });
  return [
    header('Unusual spend'),
    ...(blocks.length === 0 ? [section('Nothing unusual is open.')] : blocks),
    ...(left > 0 ? [context(`and ${count(left, 'more case')}: /apportion alerts`)] : []),
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
      ? [
          actions(
            button({ id: MANAGE_RULES_ID, label: 'Manage rules', value: packPayload({}) }),
            button({ id: OPEN_DIGEST_ID, label: 'Digests' }),
            button({ id: OPEN_SETTINGS_ID, label: 'Settings' }),
          ),
        ]
      : []),
  ];
}

/** Everything App Home shows to somebody, as blocks that may also stand in a message. */
export function homeBlocks(figures: HomeFigures, options: HomeOptions): KnownBlock[] {
  return [
    ...headline(figures),
    ...myTeamBlocks(figures),
    ...approvalBlocks(figures.finops?.approvals ?? [], options.timeZone),
    ...waitingClaimBlocks(figures.claimsForMe),
    ...caseBlocks(figures),
    ...ownBlocks(figures),
    ...teamBlocks(figures, options.page ?? 0),
    ...unallocatedBlocks(figures),
    ...(figures.finops === null ? [] : homeSourceBlocks(figures.finops.sources, options.timeZone)),
    ...ruleBlocks(figures, options),
    context('Effective cost, UTC days. Ask /spend for anything else.'),
  ];
}

/** What a published home keeps of itself: its page, and a digest of what it shows. */
export const HomeMetadata = z.object({ page: z.number().int(), digest: z.string() });

/** App Home: no tables there, and at most 100 blocks, which the caps above keep far away. */
export function homeView(figures: HomeFigures, options: HomeOptions): HomeView {
  const blocks = homeBlocks(figures, options).slice(0, MAX_BLOCKS);
  const digest = createHash('sha256').update(JSON.stringify(blocks)).digest('hex').slice(0, 32);
  const kept: z.infer<typeof HomeMetadata> = { page: options.page ?? 0, digest };
  return { type: 'home', callback_id: 'home', private_metadata: packPayload(kept), blocks };
}

/** App Home when its figures cannot be had. */
export function homeTroubleView(sentence: string): HomeView {
  return { type: 'home', callback_id: 'home', blocks: [header('Apportion'), section(sentence)] };
}
