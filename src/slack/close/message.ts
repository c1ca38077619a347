import type { Button, KnownBlock } from '@slack/types';
import { z } from 'zod';
import { assertNever } from '../../core/base/errors.js';
import { Month } from '../../core/base/time.js';
import { type ChecklistItem, describeItem, type MonthClose } from '../../core/close/checklist.js';
import type { MonthStage, MonthStep } from '../../core/close/month.js';
import { INVOICE_IDS } from '../invoices/message.js';
import { actions, bold, bullets, button, context, header, type Message, plain, rich } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { authorName, count, displayName, formatMoney, formatMonth, literalMrkdwn } from '../kit/text.js';

/** What the buttons of a month's message carry. */
export const MonthPayload = z.object({ month: Month });

/** The buttons of a month's message. */
export const CLOSE_IDS = {
  softClose: 'close.soft',
  sign: 'close.sign',
  lock: 'close.lock',
  /** Locks in spite of open items: opens a form that asks why. */
  override: 'close.override',
  /** Opens a form that asks why. */
  unlock: 'close.unlock',
  confirmUnlock: 'close.unlock-confirm',
} as const;

/** A stage's look: a shape and a word, so that colour is never the only signal. */
function lookOf(stage: MonthStage): { readonly mark: string; readonly word: string } {
  switch (stage) {
    case 'open':
      return { mark: '○', word: 'open' };
    case 'soft-closed':
      return { mark: '◐', word: 'soft-closed: preliminary' };
    case 'locked':
      return { mark: '●', word: 'locked' };
    default:
      return assertNever(stage);
  }
}

function limitedTo(cost: bigint, limit: bigint, currency: string): string {
  return `${formatMoney(cost, currency)} (${formatMoney(limit, currency)} may stay)`;
}

/** An item as one sentence; without money for those who may not see the company's. */
function itemText(item: ChecklistItem, seesMoney: boolean): string {
  if (item.kind === 'unallocated' && item.costs.length > 0) {
    if (!seesMoney) return item.done ? 'Little enough is unallocated.' : 'Too much is unallocated.';
    const amounts = item.costs.map(({ cost, limit, currency }) => limitedTo(cost, limit, currency));
    return `Unallocated: ${amounts.join(', ')}.`;
  }
  if (item.kind === 'invoices' && !item.done && !seesMoney) return 'Not every invoice is tied.';
  if (item.kind === 'rates' && !seesMoney) return 'Not every currency has an exchange rate.';
  return describeItem(item);
}

/**
 * A month on its way to its lock: the checklist and what can be done next.
 * @param seesMoney whether the reader may see the figures of the whole company.
 */
export function monthCloseMessage(figures: MonthClose, seesMoney = true): Message {
  const { month, stage, items, unlockRequest } = figures;
  const { mark, word } = lookOf(stage);
  const title = `${mark} ${formatMonth(month)} is ${word}`;
  const total = formatMoney(figures.total, figures.currency);
  const open = items.filter((item) => !item.done).length;
  const lines = items.map((item) => [
    bold(item.done ? '✓' : '✗'),
    ` ${displayName(itemText(item, seesMoney), 1_500)}`,
  ]);
  const asked =
    unlockRequest === null
      ? []
      : [
          rich([
            bold(displayName(unlockRequest.by.name, 80)),
            ` asks to unlock it: “${displayName(unlockRequest.reason, 500)}”. A second person, who did not lock it, must confirm.`,
          ]),
        ];
  const state = open === 0 ? 'Nothing stands in the way.' : `${count(open, 'item')} open.`;
  return withinLimits({
    text: literalMrkdwn(
      `${title}. ${seesMoney ? `${total} in all. ` : ''}${stage === 'locked' ? '' : state}`.trim(),
    ),
    blocks: [
      header(title),
      rich([
        ...(seesMoney ? [bold(total), ' in all. '] : []),
        stage === 'locked' ? 'It never changes again.' : state,
      ]),
      bullets(lines),
      ...asked,
      ...buttonsOf(figures),
      context(hintOf(stage)),
    ],
  });
}

function hintOf(stage: MonthStage): string {
  switch (stage) {
    case 'open':
      return 'Soft-close declares the figures preliminary, so that owners look at them and sign.';
    case 'soft-closed':
      return 'Owners sign for their teams. A locked month never changes: later corrections are posted in the month after it.';
    case 'locked':
      return 'Unlocking takes two people from FinOps and is written into the audit log.';
    default:
      return assertNever(stage);
  }
}

function buttonsOf({ month, stage, items, unlockRequest }: MonthClose): readonly KnownBlock[] {
  const name = formatMonth(month);
  const value = packPayload({ month });
  const named = (id: string, label: string): Button =>
    button({ id, label, value, spoken: `${label}: ${name}` });
  const invoices = named(INVOICE_IDS.show, 'See invoices');
  switch (stage) {
    case 'open':
      return [actions({ ...named(CLOSE_IDS.softClose, 'Soft-close'), style: 'primary' }, invoices)];
    case 'soft-closed': {
      const sign = named(CLOSE_IDS.sign, 'Sign');
      const isReady = items.every((item) => item.done);
      if (!isReady) return [actions(sign, named(CLOSE_IDS.override, 'Lock anyway …'), invoices)];
      const lock = withConfirm(named(CLOSE_IDS.lock, 'Lock'), {
        title: `Lock ${name}?`,
        text: 'It never changes again. What vendors, rules or HR say later is posted in the month after it.',
        confirm: 'Lock',
      });
      return [actions({ ...lock, style: 'primary' }, invoices)];
    }
    case 'locked': {
      if (unlockRequest === null) return [actions(named(CLOSE_IDS.unlock, 'Unlock …'))];
      const confirm = withConfirm(named(CLOSE_IDS.confirmUnlock, 'Confirm unlock'), {
        title: `Unlock ${name}?`,
        text: 'Its figures may change again, and its signatures are void.',
        confirm: 'Unlock',
      });
      return [actions({ ...confirm, style: 'danger' })];
    }
    default:
      return assertNever(stage);
  }
}

function withConfirm(
  element: Button,
  words: { readonly title: string; readonly text: string; readonly confirm: string },
): Button {
  return {
    ...element,
    confirm: {
      title: plain(words.title, 100),
      text: plain(words.text, 300),
      confirm: plain(words.confirm, 30),
      deny: plain('Cancel', 30),
    },
  };
}

const MOST_TEAMS = 20;

/** What somebody did with a month, for the thread of its message. */
export function monthStepMessage(body: {
  readonly month: Month;
  readonly by: string;
  readonly step: MonthStep;
}): Message {
  const by = authorName(body.by);
  const [did, details] = stepWords(body.step, formatMonth(body.month));
  return withinLimits({
    text: literalMrkdwn(`${by} ${did}`),
    blocks: [
      rich([bold(by), ` ${did}`]),
      ...(details.length === 0 ? [] : [bullets(details.map((line) => [line]))]),
    ],
  });
}

function stepWords(step: MonthStep, month: string): readonly [did: string, details: readonly string[]] {
  switch (step.what) {
    case 'soft-closed':
      return [`has soft-closed ${month}: its figures are preliminary, owners may sign.`, []];
    case 'signed': {
      const named = step.teams.slice(0, MOST_TEAMS).map((team) => displayName(team, 60));
      const more = step.teams.length - named.length;
      return [`has signed ${month} for ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`, []];
    }
    case 'locked':
      return step.reason === null
        ? [`has locked ${month}.`, []]
        : [
            `has locked ${month} in spite of open items: “${displayName(step.reason, 500)}”.`,
            step.openItems.map((item) => displayName(item, 1_500)),
          ];
    case 'unlock-asked':
      return [
        `asks to unlock ${month}: “${displayName(step.reason, 500)}”. A second person must confirm.`,
        [],
      ];
    case 'unlocked':
      return [
        `has confirmed: ${month} is unlocked (“${displayName(step.reason, 500)}”). Its signatures are void.`,
        [],
      ];
    default:
      return assertNever(step);
  }
}
