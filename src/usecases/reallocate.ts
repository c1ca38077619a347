import type { ConservationProof } from '../core/allocation/allocation.js';
import { AppError } from '../core/errors.js';
import type { Context } from './context.js';

/** Drains the stale months: the only writer of allocations. Returns the proofs, one per month and dimension. */
export async function reallocate(_context: Context): Promise<readonly ConservationProof[]> {
  throw new AppError('bug', 'not built yet');
}
