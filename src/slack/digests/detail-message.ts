import type { KnownBlock } from '@slack/types';
import { moneyLabel } from '../../charts/labels.js';
import { absolute } from '../../core/base/money.js';
import { type ChecklistItem, describeItem } from '../../core/close/checklist.js';
import type { DigestBooks, DigestFigures, DigestIdleSeats, Mover } from '../../core/digests/digest.js';
import { ageingLine, OPEN_CLAIMS_ID } from '../claims/message.js';
import { actions, bold, bullets, button, context, type Message, type RichLine, rich } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { count, displayName, formatDay, formatMoney, formatShare, literalMrkdwn } from '../kit/text.js';
import { causeWords, changeWords, digestName, plainLine } from './lines.js';

const MOST_LINES = 5;

/** A list of a digest's thread. */
export interface DigestSection {
  readonly title: RichLine;
  readonly lines: readonly RichLine[];
}

function reasonWords({ reason, current, previous }: Mover): string {
  if (reason === null) return '';
  if (reason === 'new' || reason === 'gone') return reason === 'gone' ? ', used no longer' : '';
  return `, ${causeWords(reason, current > previous)}`;
}

function moverLine(mover: Mover, currency: string): RichLine {
  const { by, label, current, previous } = mover;
  return [
    `${by} `,
    bold(digestName(label)),
    `: ${moneyLabel(current, currency)}, ${changeWords(current, previous, currency)}${reasonWords(mover)}`,
  ];
}

function newLines({ newcomers, newPeople, currency }: DigestFigures): readonly RichLine[] {
  const named = newcomers.map(({ by, label, cost }): RichLine => {
    return [`${by} `, bold(digestName(label)), `: ${moneyLabel(cost, currency)}`];
  });
  return [...named, ...(newPeople === 0 ? [] : [[`${newPeople} ${newPeople === 1 ? 'person' : 'people'}`]])];
}

function idleLines({ services, savings, idleDays }: DigestIdleSeats): readonly RichLine[] {
  const each = services
    .slice(0, MOST_LINES)
    .map(({ service, seats }): RichLine => [`${digestName(service)}: ${count(seats, 'seat')}`]);
  const money = savings.map(({ perMonth, currency }) => formatMoney(perMonth, currency)).join(' and ');
  const saving: RichLine = ['Without them: ', bold(`${money} a month less`)];
  return [...each, ...(money === '' ? [[`No price is known; unused for ${idleDays} days`]] : [saving])];
}

function feedLines({ incomplete }: DigestFigures): readonly RichLine[] {
  return incomplete
    .slice(0, MOST_LINES * 2)
    .map(({ source, completeThrough }) => [
      `${digestName(source)}: ${completeThrough === null ? 'nothing yet' : `through ${formatDay(completeThrough)}`}`,
    ]);
}

/** An open item of the checklist, with amounts as people read them. */
function openWords(item: ChecklistItem): string {
  if (item.kind !== 'unallocated') return displayName(describeItem(item), 500);
  const over = item.costs.filter(({ cost, limit }) => absolute(cost) > limit);
  const said = over.map(
    ({ cost, limit, currency }) =>
      `${formatMoney(cost, currency)} is unallocated, ${formatMoney(limit, currency)} may stay`,
  );
  return `${said.slice(0, MOST_LINES).join('; ')}.`;
}

function bookSections({ open, invoices }: DigestBooks): readonly DigestSection[] {
  const differing = invoices.differing
    .slice(0, MOST_LINES)
    .map(({ source, invoiceId, residual, currency }): RichLine => {
      return [
        `${digestName(source)} ${digestName(invoiceId)}: `,
        bold(`${formatMoney(residual, currency)} apart`),
      ];
    });
  return [
    { title: [bold('Invoices that do not tie')], lines: differing },
    {
      title: [bold('Open before the month is locked')],
      lines: open.map((item) => [openWords(item)]),
    },
  ];
}

function unallocatedSection({ unallocated, total, currency, ageing }: DigestFigures): DigestSection {
  const cost = unallocated ?? 0n;
  const lines = (ageing ?? []).slice(0, MOST_LINES).map(ageingLine);
  const more = (ageing ?? []).length - lines.length;
  return {
    title:
      cost === 0n
        ? [bold('Waiting for an owner'), ', cost of the last 30 days']
        : [
            bold(`${formatMoney(cost, currency)} is unallocated`),
            ` (${formatShare(cost, total)})${lines.length === 0 ? '' : '; waiting for an owner, cost of the last 30 days:'}`,
          ],
    lines: [...lines, ...(more > 0 ? [[`and ${more} more`]] : [])],
  };
}

/** Everything that goes into a digest's thread, list by list; empty lists are left out. */
export function digestSections(figures: DigestFigures): readonly DigestSection[] {
  const { currency, movers, byModel, idle, unallocated, ageing, books, isQuiet } = figures;
  const models = byModel
    .slice(0, MOST_LINES)
    .map((model): RichLine => [`${digestName(model.label)}: ${moneyLabel(model.cost, currency)}`]);
  const unowned = (unallocated ?? 0n) !== 0n || (ageing ?? []).length > 0;
  const sections: readonly DigestSection[] = [
    ...(books === undefined ? [] : bookSections(books)),
    { title: [bold('Moved most')], lines: isQuiet ? [] : movers.map((mover) => moverLine(mover, currency)) },
    { title: [bold('New')], lines: newLines(figures) },
    { title: [bold('By model')], lines: isQuiet ? [] : models },
    ...(idle === null
      ? []
      : [
          {
            title: [bold(count(idle.seats, 'idle seat')), `, unused for ${idle.idleDays} days`],
            lines: idleLines(idle),
          },
        ]),
    { title: [bold('Feeds that are behind')], lines: feedLines(figures) },
  ].filter(({ lines }) => lines.length > 0);
  return unowned ? [...sections, unallocatedSection(figures)] : sections;
}

function claimsButton({ ageing }: DigestFigures): readonly KnownBlock[] {
  if ((ageing ?? []).length === 0) return [];
  return [
    actions(button({ id: OPEN_CLAIMS_ID, label: 'Show the claims', spoken: 'Show what waits for an owner' })),
  ];
}

/** What is beyond the lines that matter first. */
export function digestDetailMessage(figures: DigestFigures): Message {
  const sections = digestSections(figures);
  const said = sections.map(({ title }) => plainLine(title)).join('; ');
  return withinLimits({
    text: literalMrkdwn(said === '' ? 'Nothing moved worth a word.' : said),
    blocks: [
      ...(sections.length === 0 ? [rich(['Nothing moved worth a word.'])] : []),
      ...sections.flatMap(({ title, lines }) => [
        rich(title),
        ...(lines.length === 0 ? [] : [bullets(lines)]),
      ]),
      ...claimsButton(figures),
    ],
  });
}

/** Evidence that Slack keeps: `audit verify` must still find this entry as it is. */
export function auditHeadMessage({ id, hash }: { readonly id: number; readonly hash: string }): Message {
  const text = `Audit log: entry ${id}, hash ${hash}. It vouches for every entry before it.`;
  return { text, blocks: [context(text)] };
}
