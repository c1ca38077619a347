import type { WebClient } from '@slack/web-api';
import { ROLES, type Role, requiresRole, type Viewer } from '../../core/access/visibility.js';
import { AppError } from '../../core/base/errors.js';
import type { Members } from '../../core/settings/settings.js';
import { viewAs } from '../../usecases/people/view-as.js';
import { readSettings } from '../../usecases/settings/read-settings.js';
import type { SlackContext } from './context.js';
import type { People } from './people.js';

/** What the Slack surface needs to know of the company's workspace; from the configuration. */
export interface SlackSettings {
  /** Slack user ids that may edit rules. */
  readonly finopsUsers: readonly string[];
  /** A Slack user group (`S…`) whose members may edit rules too. */
  readonly finopsUserGroup: string | null;
  /** Where FinOps hears of rule changes, feed trouble and undeliverable messages: a channel id or `#name`. */
  readonly finopsChannel: string;
  /** Where a team's messages go when the team has no channel; null: to FinOps. */
  readonly defaultChannel: string | null;
}

const FRESH_MS = 60_000;

/** Who may do what: by the settings, and always those whom the configuration names as FinOps. */
export interface Access {
  /** @throws AppError `forbidden` with whom to ask, or `upstream` when Slack cannot tell who is in a group. */
  requireRuleEditor(client: WebClient, userId: string): Promise<void>;
  /** The same as a plain answer; false too when Slack cannot tell. */
  mayEditRules(client: WebClient, userId: string): Promise<boolean>;
  /**
   * Refuses everybody who has none of the roles; `doing` completes "Only FinOps may …".
   * @throws AppError `forbidden`, or `upstream` as above.
   */
  requireRole(
    client: WebClient,
    userId: string,
    need: { roles: readonly Role[]; doing: string },
  ): Promise<void>;
  /** Who the user is to the directory and what they may see; a role that Slack cannot confirm is not theirs. */
  viewerOf(client: WebClient, userId: string): Promise<Viewer>;
}

/** What the checks need. */
export interface AccessDeps {
  readonly context: SlackContext;
  readonly settings: SlackSettings;
  readonly people: People;
}

function whomToAsk(settings: SlackSettings): string {
  const channel = settings.finopsChannel;
  return `Only FinOps may change the rules. Ask in ${channel.startsWith('#') ? channel : "FinOps's channel"}.`;
}

/** The members of a group are asked of Slack at most once a minute; an unknown answer is a refusal, never a yes. */
function createGroups({ log, clock }: Pick<SlackContext, 'log' | 'clock'>) {
  const held = new Map<string, { readonly members: ReadonlySet<string>; readonly untilMs: number }>();
  return async (client: WebClient, usergroup: string): Promise<ReadonlySet<string>> => {
    const known = held.get(usergroup);
    if (known !== undefined && known.untilMs > clock()) return known.members;
    try {
      const { users } = await client.usergroups.users.list({ usergroup });
      const members = new Set(users ?? []);
      held.set(usergroup, { members, untilMs: clock() + FRESH_MS });
      return members;
    } catch (cause) {
      log.warn('A user group could not be read.', { usergroup, error: cause });
      throw new AppError(
        'upstream',
        'Slack did not say who is in the FinOps group, so nothing was done. Please try again in a minute.',
        { cause },
      );
    }
  };
}

export function createAccess({ context, settings, people }: AccessDeps): Access {
  const groupMembers = createGroups(context);

  async function membersOf(role: Role): Promise<Members> {
    const set = (await readSettings(context)).settings.roles[role];
    if (role !== 'finops') return set;
    const group = settings.finopsUserGroup;
    return {
      users: [...settings.finopsUsers, ...set.users],
      groups: [...(group === null ? [] : [group]), ...set.groups],
    };
  }

  async function hasRole(client: WebClient, userId: string, role: Role): Promise<boolean> {
    const { users, groups } = await membersOf(role);
    if (users.includes(userId)) return true;
    for (const group of new Set(groups)) if ((await groupMembers(client, group)).has(userId)) return true;
    return false;
  }

  async function rolesOf(client: WebClient, userId: string): Promise<readonly Role[]> {
    const held = await Promise.all(
      ROLES.map(async (role) => ((await hasRole(client, userId, role).catch(() => false)) ? [role] : [])),
    );
    return held.flat();
  }

  return {
    async requireRuleEditor(client, userId) {
      if (!(await hasRole(client, userId, 'finops'))) throw new AppError('forbidden', whomToAsk(settings));
    },
    mayEditRules: (client, userId) => hasRole(client, userId, 'finops').catch(() => false),
    async requireRole(client, userId, { roles, doing }) {
      for (const role of roles) if (await hasRole(client, userId, role)) return;
      const verdict = requiresRole({ roles: [] }, roles, doing);
      if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
    },
    async viewerOf(client, userId) {
      const [email, roles] = await Promise.all([people.emailOf(client, userId), rolesOf(client, userId)]);
      return viewAs(context, { email, roles });
    },
  };
}
