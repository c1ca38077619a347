import { AppError } from '../core/errors.js';
import type { Day } from '../core/time.js';
import type { Context } from './context.js';

/** Looks for anomalies in every team's spend up to the last complete day, opens or updates cases, writes their notices. */
export async function raiseAlerts(
  _context: Context,
  _input: { readonly today: Day | null },
): Promise<{ readonly opened: number; readonly updated: number; readonly closed: number }> {
  throw new AppError('bug', 'not built yet');
}
