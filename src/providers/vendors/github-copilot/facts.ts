import type { Day, Month } from '../../../core/base/time.js';
import type { VendorAccess } from '../../http/account.js';
import type { CostCenter, CreditUsage, ExternalIdentity, UsageItem, VendorSeat } from './schema.js';

/** A row of the bill with its day and the cost centre that was asked for. */
export interface BillRow extends UsageItem {
  readonly day: Day;
  readonly costCentre: CostCenter | null;
}

/** What a user used, in dollars before the pool: of a day, or of a month when there are too many days to ask for. */
export interface UserUse {
  readonly login: string;
  readonly month: Month;
  readonly day: Day | null;
  readonly model: string | null;
  readonly grossAmount: string;
  readonly organization: string | null;
  readonly costCentre: string | null;
}

/** Premium requests of a month before June 2026, of which the bill by day says nothing. */
export interface PremiumMonth {
  readonly month: Month;
  readonly items: CreditUsage['usageItems'];
}

/** All that one pull read. The rows of the bill are of whole months up to today, so that cycles are whole. */
export interface CopilotFacts {
  readonly account: VendorAccess;
  readonly seats: readonly VendorSeat[];
  readonly rows: readonly BillRow[];
  readonly use: readonly UserUse[];
  readonly premium: readonly PremiumMonth[];
  readonly costCentres: readonly CostCenter[];
  readonly identities: readonly ExternalIdentity[];
  /** Last day of any activity by login, of the days that were pulled. */
  readonly activity: ReadonlyMap<string, Day>;
}
