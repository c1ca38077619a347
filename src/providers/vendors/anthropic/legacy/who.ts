import type { Who } from '../lines.js';
import type { UsageResult } from './schema.js';

/** Who used something: all that the usage report tells. `emails` are those of user ids. */
export function whoOf(row: UsageResult, emails: ReadonlyMap<string, string | null>): Who {
  return {
    apiKeyId: row.api_key_id,
    principalId: row.account_id ?? row.service_account_id ?? null,
    email: emails.get(row.account_id ?? '') ?? null,
  };
}
