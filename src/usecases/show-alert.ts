import { AppError } from '../core/errors.js';
import type { AlertCase } from '../store/outbox-store.js';
import type { Context } from './context.js';

/** One alert case with its latest figures. @throws AppError `not-found`. */
export async function showAlert(context: Context, input: { readonly caseId: number }): Promise<AlertCase> {
  const found = await context.store.findCase(input.caseId);
  if (found === null) throw new AppError('not-found', `There is no alert case ${input.caseId} any more.`);
  return found;
}
