import { AppError } from '../core/errors.js';
import type { SpendReport } from '../core/spend.js';
import type { Context } from './context.js';

export type SpendAnswerToText =
  | { readonly kind: 'report'; readonly report: SpendReport }
  /** A clear sentence about what was not understood, and near misses to offer (whole `/spend` texts). */
  | { readonly kind: 'not-understood'; readonly sentence: string; readonly suggestions: readonly string[] };

/** Answers the text of `/spend`: nothing at all means the whole company, this month, by team. */
export async function showSpend(
  _context: Context,
  _input: { readonly text: string; readonly askedBy: string | null },
): Promise<SpendAnswerToText> {
  throw new AppError('bug', 'not built yet');
}
