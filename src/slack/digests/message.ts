import type { KnownBlock } from '@slack/types';
import { moneyLabel } from '../../charts/labels.js';
import { sumNanos } from '../../core/base/money.js';
import type { DigestBooks, DigestFigures } from '../../core/digests/digest.js';
import { figureOfDigest } from '../../core/lineage/figure.js';
import {
  actions,
  bold,
  context,
  header,
  image,
  type Message,
  type Picture,
  type RichLine,
  rich,
} from '../kit/blocks.js';
import { withinLimits } from '../kit/limits.js';
import { capital, count, displayName, formatShare, literalMrkdwn } from '../kit/text.js';
import { whyButton } from '../kit/why.js';
import { digestLines, digestName, digestNotes, periodName, plainLine } from './lines.js';

const MOST_TREATMENTS = 6;

function whyBlocks(figures: DigestFigures): KnownBlock[] {
  const why = whyButton({ figure: figureOfDigest(figures) }, `Show the charges behind ${figures.title}`);
  return why.length === 0 ? [] : [actions(...why)];
}

const STAGES = { open: 'open', 'soft-closed': 'soft-closed', locked: 'locked' } as const;

/** The books of a month in two lines: close and invoices, and who bears it. */
function bookLines(
  { stage, open, invoices, treatments }: DigestBooks,
  currency: string,
): readonly RichLine[] {
  const { tied, differing, waiting } = invoices;
  const checks =
    stage === 'locked'
      ? ''
      : open.length === 0
        ? ', every check passed'
        : `, ${count(open.length, 'check')} open`;
  const bills = [
    `${tied} tied`,
    ...(differing.length === 0 ? [] : [`${differing.length} not tied`]),
    ...(waiting === 0 ? [] : [`${count(waiting, 'source')} without one yet`]),
  ];
  const total = sumNanos(treatments.map(({ cost }) => cost));
  const parts = treatments
    .slice(0, MOST_TREATMENTS)
    .map(
      ({ label, cost }) => `${digestName(label)} ${moneyLabel(cost, currency)} (${formatShare(cost, total)})`,
    );
  return [
    ['Close: ', bold(STAGES[stage]), `${checks}. Invoices: ${bills.join(', ')}.`],
    ...(parts.length === 0 ? [] : [['Treatment: ', parts.join(' · ')]]),
  ];
}

/** How the money is known, in one line: `90.0% billed · 10.0% spread`. */
function confidenceNote({ confidences }: DigestBooks): readonly string[] {
  const total = sumNanos(confidences.map(({ cost }) => cost));
  if (total === 0n) return [];
  const parts = confidences.map(({ label, cost }) => `${formatShare(cost, total)} ${digestName(label)}`);
  return [`How it is known: ${parts.join(' · ')}.`];
}

/** The title of a digest: whom and when. */
export function digestTitle({ title, period, grain, from, to }: DigestFigures): string {
  const name = displayName(title, 80);
  const when = grain === 'week' ? `week ${Number(period.slice(6))}` : periodName({ grain, from, to });
  return `${name}: ${when}`;
}

/**
 * A week or month: the lines that matter, then the chart. `chart` null: it is on its way or will never come, so
 * nothing is said of it. A quiet one has neither chart nor buttons.
 */
export function digestMessage(figures: DigestFigures, chart: Picture | null = null): Message {
  const { currency, isQuiet, books } = figures;
  const lines = digestLines(figures);
  const said = lines.map(plainLine);
  return withinLimits({
    text: literalMrkdwn(`${digestTitle(figures)}. ${capital(said[0] ?? '')}`),
    blocks: [
      header(digestTitle(figures)),
      rich(...lines, ...(books === undefined ? [] : bookLines(books, currency))),
      ...(chart === null || isQuiet ? [] : [image(chart)]),
      context(...digestNotes(figures), ...(books === undefined ? [] : confidenceNote(books))),
      ...(isQuiet ? [] : whyBlocks(figures)),
    ],
  });
}
