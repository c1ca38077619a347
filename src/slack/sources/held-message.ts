import type { Button, KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { DataQualityFigures } from '../../core/sources/data-quality.js';
import { describeHold, type HoldReason } from '../../core/sources/hold.js';
import { actions, bullets, button, header, type Message, plain, rich } from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { packPayload } from '../kit/payload.js';
import { authorName, displayName, formatMoney, literalMrkdwn } from '../kit/text.js';

/** The button in FinOps's message about a pull that is held back. */
export const ACCEPT_HELD_ID = 'source.accept-held';
/** What a button of a source carries. */
export const SourcePayload = z.object({ source: z.string() });

const MOST_LINES = 10;

/** Tells FinOps which pull is held back, by which figures, and what became of it. */
export function heldMessage({
  source,
  reasons,
  acceptedBy,
  isOver,
}: Extract<DataQualityFigures, { about: 'held-pull' }>): Message {
  const name = displayName(source, 60);
  const isOpen = acceptedBy === null && !isOver;
  const title = isOpen ? `A pull of ${name} is held back` : `${name} is no longer held back`;
  const what = isOver
    ? 'A later pull was whole again; the ledger follows it.'
    : acceptedBy === null
      ? `The vendor may have answered only in part. The ledger stays as it was until a pull is whole again or somebody accepts this one, here or by: apportion accept-pull ${name}`
      : `${authorName(acceptedBy)} says that it is right; the next pull is published.`;
  return withinLimits({
    text: literalMrkdwn(`${title}: ${reasons.slice(0, 3).map(wordsOf).join('; ')}`),
    blocks: [
      header(title),
      ...heldReasons(reasons),
      rich([what]),
      ...(isOpen ? [actions(acceptButton(ACCEPT_HELD_ID, source))] : []),
    ],
  });
}

/** The reasons as a list. */
export function heldReasons(reasons: readonly HoldReason[]): readonly KnownBlock[] {
  if (reasons.length === 0) return [];
  const left = reasons.length - MOST_LINES;
  return [
    bullets([
      ...reasons.slice(0, MOST_LINES).map((reason) => [displayName(wordsOf(reason), 400)]),
      ...(left > 0 ? [[`and ${left} more`]] : []),
    ]),
  ];
}

function wordsOf(reason: HoldReason): string {
  return describeHold(reason, formatMoney);
}

/** What is accepted is what stands above the button. */
export function acceptButton(id: string, source: string): Button {
  const label = 'Accept this pull';
  const value = packPayload({ source });
  return {
    ...button({ id, label, value, style: 'primary', spoken: `${label} of ${source}` }),
    confirm: {
      title: plain('Is this bill right?', 100),
      text: plain(
        `${displayName(source, 60)} is pulled again and published as it is. A pull that differs further is held back again.`,
        300,
      ),
      confirm: plain('Accept', 30),
      deny: plain('Leave it held', 30),
    },
  };
}
