import { AppError } from '../core/errors.js';
import type { AlertCase } from '../store/outbox-store.js';
import type { Context } from './context.js';

/** Marks a case as acknowledged by the context's actor: the parent message is edited, its thread told. Twice changes nothing. */
export async function acknowledgeAlert(
  _context: Context,
  _input: { readonly caseId: number; readonly comment: string | null },
): Promise<AlertCase> {
  throw new AppError('bug', 'not built yet');
}
