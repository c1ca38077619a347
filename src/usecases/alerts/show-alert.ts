import type { Viewer } from '../../core/access/visibility.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { requireReader } from './act-on-case.js';

/** One alert case with its latest figures. @throws AppError `not-found`, or `forbidden` for whom they are not. */
export async function showAlert(
  context: Context,
  input: { readonly caseId: number; readonly viewer: Viewer },
): Promise<AlertCase> {
  return requireReader(context, input);
}
