import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { describeActor } from '../../core/base/actor.js';
import { assertNever } from '../../core/base/errors.js';
import type { SettingsProposal } from '../../core/settings/proposal.js';
import { actions, bold, button, header, type Message, rich, section } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { authorName, literalMrkdwn } from '../kit/text.js';
import { FORMS } from './index.js';

/** The buttons of the card that asks for a second person; both carry a `ProposalPayload`. */
export const PROPOSAL_IDS = { approve: 'settings.approve', reject: 'settings.reject' } as const;
export const ProposalPayload = z.object({ id: z.string() });

/** Asks FinOps for a second person to weaken the approval; edited in place as it is decided. */
export function settingsApprovalMessage(proposal: SettingsProposal): Message {
  const { area, before, after } = proposal;
  const author = authorName(describeActor(proposal.author));
  const { title, summary } = FORMS[area];
  const state = stateSentence(proposal);
  const change = `${title}: now “${summary(before)}”, then “${summary(after)}”.`;
  return withinLimits({
    text: literalMrkdwn(`${titleOf(proposal)}: ${author} wants to change a setting. ${change} ${state}`),
    blocks: [
      header(titleOf(proposal)),
      rich([bold(author), ' wants to change who must approve changes of the rules.']),
      section(literalMrkdwn(change)),
      section(state),
      ...buttonsOf(proposal),
    ],
  });
}

function titleOf({ outcome }: SettingsProposal): string {
  switch (outcome.kind) {
    case 'waiting':
      return '○ A change of the settings waits for approval';
    case 'approved':
      return '● A change of the settings was approved';
    case 'rejected':
      return '✗ A change of the settings was rejected';
    case 'withdrawn':
      return '✗ A change of the settings was withdrawn';
    default:
      return assertNever(outcome);
  }
}

function stateSentence({ outcome }: SettingsProposal): string {
  if (outcome.kind === 'waiting')
    return 'It makes the approval by a second person weaker, so anyone of FinOps but its author must approve it. Until then nothing changes.';
  return `${outcome.kind === 'approved' ? 'Approved' : outcome.kind === 'rejected' ? 'Rejected' : 'Withdrawn'} by ${authorName(outcome.by)}.`;
}

function buttonsOf({ id, area, outcome }: SettingsProposal): readonly KnownBlock[] {
  if (outcome.kind !== 'waiting') return [];
  const value = packPayload({ id });
  const spoken = (label: string) => `${label}: the change of ${FORMS[area].title}`;
  return [
    actions(
      button({
        id: PROPOSAL_IDS.approve,
        label: 'Approve',
        value,
        style: 'primary',
        spoken: spoken('Approve'),
      }),
      button({ id: PROPOSAL_IDS.reject, label: 'Reject', value, spoken: spoken('Reject') }),
    ),
  ];
}
