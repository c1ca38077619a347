import type { Button, KnownBlock } from '@slack/types';
import { z } from 'zod';
import { assertNever } from '../../core/base/errors.js';
import type { ApprovalFigures, ApprovalNeed, ApprovalOutcome } from '../../core/rule-review/approval.js';
import { actions, bold, button, context, header, type Message, plain, rich, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { authorName, displayName, formatMoney, literalMrkdwn } from '../kit/text.js';
import { changeBlocks, lintSentences, MAX_LINES, movedBlocks, unallocatedSentence } from './message.js';

/** The buttons of the card that asks for a second person. */
export const APPROVAL_IDS = {
  approve: 'approval.approve',
  /** Opens a form that asks why; by the author it withdraws. */
  reject: 'approval.reject',
  again: 'approval.preview-again',
} as const;

/** What these buttons carry: the draft as this card shows it. */
export const ApprovalPayload = z.object({ draftId: z.string(), hash: z.string() });

/** `It moves $2,040.00; more than $1,000.00 takes a second person.` */
export function needSentence({ moved, limit, currency }: ApprovalNeed): string {
  return `It moves ${formatMoney(moved, currency)}; more than ${formatMoney(limit, currency)} takes a second person.`;
}

/** Asks FinOps for a second person, with the change in words and money; edited in place as it is decided. */
export function approvalMessage(figures: ApprovalFigures): Message {
  const { diff, need, note, outcome } = figures;
  const author = authorName(figures.author);
  const title = titleOf(outcome);
  const money = formatMoney(need.moved, need.currency);
  const state = stateSentence(outcome);
  const unallocated = unallocatedSentence(diff);
  return withinLimits({
    text: literalMrkdwn(
      `${title}: ${author} wants to move ${money}. ${state} ${figures.lines
        .slice(0, 3)
        .map((line) => displayName(line, 200))
        .join(' ')}`,
    ),
    blocks: [
      header(title),
      rich([bold(author), note === null ? '' : `: “${displayName(note, 500)}”`]),
      section(`${needSentence(need)}\n${state}`),
      ...buttonsOf(figures),
      ...changeBlocks(figures.lines, MAX_LINES),
      ...(unallocated === null ? [] : [section(unallocated)]),
      ...movedBlocks(diff),
      context(
        ...lintSentences(diff),
        `Made on version ${figures.baseVersion}. Effective cost of all months.`,
      ),
    ],
  });
}

function titleOf(outcome: ApprovalOutcome): string {
  switch (outcome.kind) {
    case 'waiting':
      return '○ A change of the rules waits for approval';
    case 'outdated':
      return '◌ A change of the rules must be previewed again';
    case 'approved':
      return `● Approved: version ${outcome.version} of the rules`;
    case 'rejected':
      return '✗ A change of the rules was rejected';
    case 'withdrawn':
      return '✗ A change of the rules was withdrawn';
    default:
      return assertNever(outcome);
  }
}

function stateSentence(outcome: ApprovalOutcome): string {
  switch (outcome.kind) {
    case 'waiting':
      return 'Anyone of FinOps but the author may approve it; nothing counts before that.';
    case 'outdated':
      return 'Rules or figures changed since the preview; preview again. Nothing was committed.';
    case 'approved':
      return `Approved by ${authorName(outcome.by)}.`;
    case 'rejected':
      return `Rejected by ${authorName(outcome.by)}${because(outcome.reason)}`;
    case 'withdrawn':
      return `Withdrawn by ${authorName(outcome.by)}${because(outcome.reason)}`;
    default:
      return assertNever(outcome);
  }
}

function because(reason: string | null): string {
  return reason === null ? '.' : `: “${displayName(reason, 500)}”.`;
}

function buttonsOf({ draftId, hash, outcome, author }: ApprovalFigures): readonly KnownBlock[] {
  const value = packPayload({ draftId, hash });
  const spoken = (label: string) => `${label}: the change by ${authorName(author, 40)}`;
  const reject = button({ id: APPROVAL_IDS.reject, label: 'Reject …', value, spoken: spoken('Reject') });
  switch (outcome.kind) {
    case 'waiting': {
      const approve: Button = {
        ...button({
          id: APPROVAL_IDS.approve,
          label: 'Approve',
          value,
          style: 'primary',
          spoken: spoken('Approve'),
        }),
        confirm: {
          title: plain('Approve this change?', 100),
          text: plain('It becomes a new version of the rules, and the months are allocated again.', 300),
          confirm: plain('Approve', 30),
          deny: plain('Cancel', 30),
        },
      };
      return [actions(approve, reject)];
    }
    case 'outdated': {
      const again = {
        id: APPROVAL_IDS.again,
        label: 'Preview again',
        value,
        spoken: spoken('Preview again'),
      };
      return [actions(button({ ...again, style: 'primary' }), reject)];
    }
    case 'approved':
    case 'rejected':
    case 'withdrawn':
      return [];
    default:
      return assertNever(outcome);
  }
}
