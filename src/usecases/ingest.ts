import { AppError } from '../core/errors.js';
import type { DayRange, Month } from '../core/time.js';
import type { Provider } from '../providers/provider.js';
import type { Context } from './context.js';

export interface IngestReport {
  readonly source: string;
  readonly ok: boolean;
  /** One plain sentence: what was pulled, or what went wrong. */
  readonly sentence: string;
  readonly charges: number;
  readonly unchanged: boolean;
  readonly staleMonths: readonly Month[];
  readonly remarks: readonly string[];
}

/**
 * Pulls one source's window and replaces it in the ledger; on any trouble the ledger stays as it was, the feed
 * is marked as failing and FinOps is told once per run of failures. Without a window: the open window (or since
 * the last success, if longer; the first time as far back as the vendor answers, at most 13 months).
 */
export async function ingestSource(
  _context: Context,
  _provider: Provider,
  _window: DayRange | null,
): Promise<IngestReport> {
  throw new AppError('bug', 'not built yet');
}

/** Ingests every configured source, or the named one; one source's trouble does not stop the others. */
export async function ingest(
  _context: Context,
  _input: { readonly source: string | null; readonly window: DayRange | null },
): Promise<readonly IngestReport[]> {
  throw new AppError('bug', 'not built yet');
}
