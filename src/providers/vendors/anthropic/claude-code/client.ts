import { type Day, type DayRange, daysIn } from '../../../../core/base/time.js';
import type { AdminKeyConfig } from '../../../http/http.js';
import { type AnthropicAccount, type AnthropicLists, fetchLists, openAnthropic } from '../account-client.js';
import { ActivityPage, type ActivityRow } from './schema.js';

/** All that one pull of the Claude Code report read. */
export interface ActivityFacts extends AnthropicLists {
  readonly account: AnthropicAccount;
  readonly activity: readonly { readonly day: Day; readonly row: ActivityRow }[];
}

/** One call a UTC day, all pages: the report takes no range. Throws what `collectPages` throws. */
export async function fetchActivity(config: AdminKeyConfig, range: DayRange): Promise<ActivityFacts> {
  const account = openAnthropic(config, { credentialNeeded: 'an Admin API key of the organisation' });
  const activity: { day: Day; row: ActivityRow }[] = [];
  for (const day of daysIn(range)) {
    const rows = await account.report<ActivityRow>({
      endpoint: '/v1/organizations/usage_report/claude_code',
      query: [
        ['starting_at', day],
        ['limit', '1000'],
      ],
      schema: ActivityPage,
    });
    for (const row of rows) activity.push({ day, row });
  }
  return { account, activity, ...(await fetchLists(account)) };
}
