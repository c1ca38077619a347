import { AppError } from '../core/errors.js';
import type { Day } from '../core/time.js';
import type { Context } from './context.js';

/** Writes the digest notice of every team for the last whole ISO week before `today`; again changes nothing. */
export async function writeDigests(
  _context: Context,
  _input: { readonly today: Day | null },
): Promise<{ readonly written: number }> {
  throw new AppError('bug', 'not built yet');
}
