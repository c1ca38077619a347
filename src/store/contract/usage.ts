import type { UsageQuery, UsageSeries } from '../../core/ledger/usage.js';

/** What anomalies are looked for in. */
export interface UsageStore {
  /** One series per dimension set that used something in the range; money in other currencies joins at its month's rate. */
  listUsage(query: UsageQuery): Promise<readonly UsageSeries[]>;
}
