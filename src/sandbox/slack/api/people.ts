import { z } from 'zod';
import { assertNever } from '../../../core/base/errors.js';
import { IDS, type SandboxPerson, type SandboxUserGroup } from '../model.js';
import { handleOf, type Json } from '../payloads.js';
import type { Workspace } from '../workspace.js';
import { type Method, page, Refusal } from './call.js';

const authTest: Method = {
  required: [],
  run: (_args, { workspace }) => ({
    url: 'https://sandbox.slack.com/',
    team: workspace.options.teamName,
    user: handleOf(workspace.options.appName),
    team_id: IDS.team,
    user_id: IDS.botUser,
    bot_id: IDS.bot,
    is_enterprise_install: false,
  }),
};

const teamInfo: Method = {
  required: [],
  run: (_args, { workspace }) => ({
    team: { id: IDS.team, name: workspace.options.teamName, domain: 'sandbox', email_domain: '' },
  }),
};

const botsInfo: Method = {
  required: [],
  run(args, { workspace }) {
    if (args.has('bot') && args.text('bot') !== IDS.bot) throw new Refusal('bot_not_found');
    return {
      bot: {
        id: IDS.bot,
        deleted: false,
        name: workspace.options.appName,
        app_id: IDS.app,
        user_id: IDS.botUser,
      },
    };
  },
};

const usersInfo: Method = {
  required: ['user'],
  run(args, { workspace }) {
    const user = everybody(workspace).find((one) => one['id'] === args.text('user'));
    if (!user) throw new Refusal('user_not_found');
    return { user };
  },
};

const usersList: Method = {
  required: [],
  run(args, { workspace }) {
    const { items, response_metadata } = page(everybody(workspace), args);
    return { members: items, cache_ts: Math.floor(workspace.now() / 1000), response_metadata };
  },
};

const lookupByEmail: Method = {
  required: ['email'],
  run(args, { workspace }) {
    const email = args.text('email').toLowerCase();
    const person = workspace.options.people.find((one) => one.email.toLowerCase() === email);
    // Deactivated accounts are not found by their address.
    if (!person || workspace.isDeactivated(person.id)) throw new Refusal('users_not_found');
    return { user: describePerson(workspace, person) };
  },
};

const groupsList: Method = {
  required: [],
  run: (args, { workspace }) => ({
    usergroups: workspace.options.userGroups.map((group) => describeGroup(group, args.flag('include_users'))),
  }),
};

const groupUsers: Method = {
  required: ['usergroup'],
  run(args, { workspace }) {
    const group = workspace.options.userGroups.find((one) => one.id === args.text('usergroup'));
    if (!group) throw new Refusal('no_such_subteam');
    return { users: group.users };
  },
};

function everybody(workspace: Workspace): readonly Json[] {
  return [
    describeUser({ id: IDS.slackbot, name: 'Slackbot', isBot: false }),
    ...workspace.options.people.map((person) => describePerson(workspace, person)),
    describeUser({ id: IDS.botUser, name: workspace.options.appName, isBot: true }),
  ];
}

function describePerson(workspace: Workspace, person: SandboxPerson): Json {
  return {
    ...describeUser({ id: person.id, name: person.name, isBot: false }),
    deleted: workspace.isDeactivated(person.id),
    ...flagsOf(person),
    is_admin: person.isAdmin ?? false,
    is_owner: false,
    is_email_confirmed: true,
    profile: {
      real_name: person.name,
      display_name: person.name,
      title: person.title ?? '',
      email: person.email,
      team: IDS.team,
    },
  };
}

/** What users.info says of people who are no members of this workspace. */
function flagsOf({ from }: SandboxPerson): Json {
  switch (from) {
    case 'single-channel-guest':
      return { is_restricted: true, is_ultra_restricted: true };
    case 'multi-channel-guest':
      return { is_restricted: true };
    case 'other-workspace':
      return { team_id: 'T0OTHER001', is_stranger: true };
    case undefined:
      return {};
    default:
      return assertNever(from);
  }
}

function describeUser(user: { id: string; name: string; isBot: boolean }): Json {
  return {
    id: user.id,
    team_id: IDS.team,
    name: handleOf(user.name),
    real_name: user.name,
    deleted: false,
    is_bot: user.isBot,
    is_restricted: false,
    is_ultra_restricted: false,
    is_app_user: false,
    tz: 'Etc/UTC',
    tz_offset: 0,
    profile: { real_name: user.name, display_name: user.name, team: IDS.team },
  };
}

function describeGroup(group: SandboxUserGroup, withUsers: boolean): Json {
  return {
    id: group.id,
    team_id: IDS.team,
    is_usergroup: true,
    name: group.handle,
    handle: group.handle,
    date_delete: 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  };
}

const Prompts = z.array(z.object({ title: z.string().min(1), message: z.string().min(1) })).max(4);

/** Questions that an agent offers; a workspace with agents shows them above the composer of its messages. */
const setSuggestedPrompts: Method = {
  required: ['channel_id', 'prompts'],
  run(args, { workspace }) {
    const prompts = Prompts.safeParse(args.json('prompts'));
    if (!prompts.success) throw new Refusal('invalid_arguments');
    if (workspace.conversations.get(args.text('channel_id'))?.kind !== 'im')
      throw new Refusal('channel_not_found');
    workspace.prompts.set(args.text('channel_id'), prompts.data);
    workspace.changed();
    return {};
  },
};

/** `auth.test`, `team.info`, `bots.info`, `users.*` and `usergroups.*`. */
export const peopleMethods: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'team.info': teamInfo,
  'bots.info': botsInfo,
  'users.info': usersInfo,
  'users.list': usersList,
  'users.lookupByEmail': lookupByEmail,
  'assistant.threads.setSuggestedPrompts': setSuggestedPrompts,
  'usergroups.list': groupsList,
  'usergroups.users.list': groupUsers,
};
