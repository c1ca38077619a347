import type { ModalView } from '@slack/types';
import type { RulePreview } from '../../usecases/rules/preview-rules.js';
import { actions, button, context, header, plain, section } from '../kit/blocks.js';
import { BACK_ID } from '../kit/status-view.js';
import { needSentence } from './approval-message.js';
import { type Back, packPreview } from './back.js';
import { VIEW } from './ids.js';
import { changeBlocks, lintSentences, unallocatedSentence } from './message.js';
import { movedBlocks } from './moved-blocks.js';

const MAX_LINES = 15;

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
      ...movedBlocks(preview.diff, 'Money that moves'),
      ...(need === null ? [] : [section(`${needSentence(need)} Somebody else of FinOps must approve it.`)]),
      ...(unallocated === null ? [] : [section(unallocated)]),
      ...(warnings.length === 0 ? [] : [section(warnings.join('\n'))]),
      context(
        `Made on version ${preview.baseVersion}. Effective cost of all months; nothing counts until you commit.`,
      ),
      ...(hasBack ? [actions(button({ id: BACK_ID, label: 'Back to the form' }))] : []),
    ],
  };
}
