import type { WebClient } from '@slack/web-api';
import { AppError } from '../core/errors.js';
import type { Log } from '../usecases/context.js';
import type { SlackSettings } from './settings.js';

const FRESH_MS = 60_000;

/** Who may change the rules: named users and the members of one Slack user group. */
export interface Access {
  /** @throws AppError `forbidden` with whom to ask, or `upstream` when Slack cannot tell who is in the group. */
  requireRuleEditor(client: WebClient, userId: string): Promise<void>;
  /** The same as a plain answer; false too when Slack cannot tell. */
  mayEditRules(client: WebClient, userId: string): Promise<boolean>;
}

function whomToAsk(settings: SlackSettings): string {
  const channel = settings.finopsChannel;
  return `Only FinOps may change the rules. Ask in ${channel.startsWith('#') ? channel : "FinOps's channel"}.`;
}

/** The members of the group are asked of Slack at most once a minute; an unknown answer is a refusal, never a yes. */
export function createAccess(settings: SlackSettings, log: Log, clock: () => number): Access {
  let held: { readonly members: ReadonlySet<string>; readonly untilMs: number } | null = null;

  async function members(client: WebClient, usergroup: string): Promise<ReadonlySet<string>> {
    if (held !== null && held.untilMs > clock()) return held.members;
    const { users } = await client.usergroups.users.list({ usergroup });
    const fresh = new Set(users ?? []);
    held = { members: fresh, untilMs: clock() + FRESH_MS };
    return fresh;
  }

  async function requireRuleEditor(client: WebClient, userId: string): Promise<void> {
    if (settings.finopsUsers.includes(userId)) return;
    if (settings.finopsUserGroup === null) throw new AppError('forbidden', whomToAsk(settings));
    let group: ReadonlySet<string>;
    try {
      group = await members(client, settings.finopsUserGroup);
    } catch (cause) {
      log.warn('The FinOps user group could not be read.', { error: cause });
      throw new AppError(
        'upstream',
        'Slack did not say who is in the FinOps group, so nothing was done. Please try again in a minute.',
        { cause },
      );
    }
    if (!group.has(userId)) throw new AppError('forbidden', whomToAsk(settings));
  }

  return {
    requireRuleEditor,
    async mayEditRules(client, userId) {
      try {
        await requireRuleEditor(client, userId);
        return true;
      } catch {
        return false;
      }
    },
  };
}
