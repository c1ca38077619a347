import { AppError } from '../core/errors.js';
import type { Context } from './context.js';

/** Values the ledger really holds for an attribute (`apiKeyName`, `tag:env`, `dimension:team` ...), dearest first. */
export async function suggestValues(
  _context: Context,
  _input: { readonly attribute: string; readonly contains: string; readonly limit: number },
): Promise<readonly string[]> {
  throw new AppError('bug', 'not built yet');
}

/** Attributes a condition may look at: the fixed ones that the ledger has values for, then `tag:KEY`s. */
export async function listAttributes(_context: Context): Promise<readonly string[]> {
  throw new AppError('bug', 'not built yet');
}
