import { AppError } from '../core/errors.js';
import type { FeedStatus } from '../core/feed.js';
import type { Nanos } from '../core/money.js';
import type { RulesetVersion } from '../core/rules/rule.js';
import type { SpendLine } from '../core/spend.js';
import type { Month } from '../core/time.js';
import type { UnallocatedLine } from '../store/ledger-store.js';
import type { AlertCase } from '../store/outbox-store.js';
import type { Context } from './context.js';

/** The figures of a person's App Home. */
export interface HomeFigures {
  readonly month: Month;
  readonly currency: string;
  readonly total: Nanos;
  readonly previousToSameDay: Nanos;
  /** The viewer's own team today, if the directory knows them. */
  readonly myTeam: { readonly team: string; readonly line: SpendLine } | null;
  readonly teams: readonly SpendLine[];
  readonly unallocated: Nanos;
  readonly unallocatedLines: readonly UnallocatedLine[];
  readonly openCases: readonly AlertCase[];
  readonly feeds: readonly FeedStatus[];
  readonly rules: RulesetVersion;
  readonly ruleCount: number;
}

export async function showHome(
  _context: Context,
  _input: { readonly email: string | null },
): Promise<HomeFigures> {
  throw new AppError('bug', 'not built yet');
}
