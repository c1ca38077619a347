import type { KnownBlock, ModalView } from '@slack/types';
import type { AllocationDiff } from '../../core/allocation/diff.js';
import { type MoveSummary, summariseMoves } from '../../core/allocation/move-summary.js';
import type { RulePreview } from '../../usecases/preview-rules.js';
import { actions, bold, bullets, button, context, header, plain, type RichLine, section } from '../blocks.js';
import { needSentence } from '../messages/approval.js';
import { changeBlocks, lintSentences, moveLabel, unallocatedSentence } from '../messages/rules.js';
import { count, dimensionName, formatMoney, formatMonth } from '../text.js';
import { type Back, packPreview } from './back.js';
import { ACTION, VIEW } from './ids.js';

/** Changes and moves shown, and months named of each move: the whole view stays readable on a phone. */
const MAX_LINES = 15;
const MAX_MOVES = 20;
const MAX_MONTHS = 6;

/** `Unallocated → Platform: $20,461.76` and the newest months of it. */
function moveLine({ from, to, cost, currency, months }: MoveSummary): RichLine {
  const named = months
    .slice(-MAX_MONTHS)
    .map((part) => `${formatMonth(part.month)} ${formatMoney(part.cost, currency)}`);
  const earlier = months.length - named.length;
  const before = earlier > 0 ? [count(earlier, 'earlier month')] : [];
  return [
    bold(moveLabel({ from, to })),
    `: ${formatMoney(cost, currency)} (${[...before, ...named].join(', ')})`,
  ];
}

function movedBlocks(diff: AllocationDiff): KnownBlock[] {
  if (diff.moved.length === 0) return [header('Money'), section('No money moves.')];
  const edited = diff.unallocated.map(({ dimension }) => dimension);
  const summaries = summariseMoves(diff.moved, edited);
  const shown = summaries.slice(0, MAX_MOVES);
  const dimensions = [...new Set(shown.map(({ dimension }) => dimension))];
  const left = summaries.length - shown.length;
  return [
    header('Money that moves'),
    ...dimensions.flatMap((id) => [
      context(
        edited.includes(id)
          ? `By ${dimensionName(id).toLowerCase()}`
          : `By ${dimensionName(id).toLowerCase()}, which follows from it`,
      ),
      bullets(shown.filter(({ dimension }) => dimension === id).map(moveLine)),
    ]),
    ...(left > 0 ? [context(`and ${count(left, 'more move')}`)] : []),
  ];
}

/** What a change would do, in words and money. Submitting commits exactly this draft, or asks for its approval. */
export function previewView(preview: RulePreview, back: Back | null): ModalView {
  const { need } = preview;
  const changes = preview.lines.length > 0;
  const { draftId, hash } = preview;
  const { packed, hasBack } = packPreview({ draft: changes ? { draftId, hash } : null, back });
  const warnings = lintSentences(preview.diff);
  const unallocated = unallocatedSentence(preview.diff);
  return {
    type: 'modal',
    callback_id: VIEW.preview,
    private_metadata: packed,
    title: plain('Preview', 24),
    close: plain('Cancel', 24),
    ...(changes ? { submit: plain(need === null ? 'Commit' : 'Ask for approval', 24) } : {}),
    blocks: [
      header('What changes'),
      ...(changes ? changeBlocks(preview.lines, MAX_LINES) : [section('Nothing would change.')]),
      ...movedBlocks(preview.diff),
      ...(need === null ? [] : [section(`${needSentence(need)} Somebody else of FinOps must approve it.`)]),
      ...(unallocated === null ? [] : [section(unallocated)]),
      ...(warnings.length === 0 ? [] : [section(warnings.join('\n'))]),
      context(
        `Made on version ${preview.baseVersion}. Effective cost of all months; nothing counts until you commit.`,
      ),
      ...(hasBack ? [actions(button({ id: ACTION.back, label: 'Back to the form' }))] : []),
    ],
  };
}
