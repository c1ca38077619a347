import type { InputBlock } from '@slack/types';
import { ROLES, type Role } from '../../core/access/visibility.js';
import type {
  GUEST_POLICIES,
  Members,
  PEOPLE_POLICIES,
  TEAM_POLICIES,
} from '../../core/settings/settings.js';
import { textInput } from '../kit/inputs.js';
import { count } from '../kit/text.js';
import { type AreaForm, field, radioOf, type Typed } from './form.js';

const ROLE_WORDS: Readonly<Record<Role, { readonly name: string; readonly hint: string }>> = {
  finops: {
    name: 'FinOps',
    hint: 'Change rules and settings, lock months. Those whom the configuration names stay FinOps whatever is chosen here.',
  },
  finance: { name: 'Finance', hint: 'See all figures and close months with FinOps.' },
  leader: { name: 'Leaders', hint: 'See the figures of all teams.' },
};

const GROUP = /^S[A-Z0-9]+$/;

function roleFields(role: Role, members: Members): readonly InputBlock[] {
  const { name, hint } = ROLE_WORDS[role];
  return [
    field({
      block: `${role}-users`,
      label: name,
      hint,
      optional: true,
      element: (id) => ({
        type: 'multi_users_select',
        action_id: id,
        max_selected_items: 100,
        ...(members.users.length === 0 ? {} : { initial_users: [...members.users] }),
      }),
    }),
    field({
      block: `${role}-groups`,
      label: `${name}: user groups`,
      hint: 'Ids such as S0614TZR7, with spaces between them: in Slack, People > User groups > … > Copy group ID.',
      optional: true,
      element: (id) => textInput(id, { max: 300, value: members.groups.join(' ') }),
    }),
  ];
}

function readMembers(typed: Typed, role: Role): Members {
  const groups = (typed.text(`${role}-groups`) ?? '').split(/[\s,;]+/).filter((id) => id !== '');
  const wrong = groups.find((id) => !GROUP.test(id));
  if (wrong !== undefined)
    typed.wrong(`${role}-groups`, `“${wrong}” is no user group id; it begins with S, such as S0614TZR7.`);
  return { users: [...new Set(typed.users(`${role}-users`))], groups: [...new Set(groups)] };
}

function membersWords({ users, groups }: Members): string {
  const parts = [
    ...(users.length === 0 ? [] : [count(users.length, 'user')]),
    ...(groups.length === 0 ? [] : [count(groups.length, 'group')]),
  ];
  return parts.length === 0 ? 'nobody' : parts.join(' and ');
}

/** Who is FinOps, finance and leader. */
export const rolesForm: AreaForm = {
  title: 'Roles',
  explanation: 'Who may do what, by Slack user or user group.',
  summary: ({ roles }) =>
    ROLES.map((role) => {
      const besides = role === 'finops' ? 'the configuration’s, and ' : '';
      return `${ROLE_WORDS[role].name}: ${besides}${membersWords(roles[role])}`;
    })
      .join('; ')
      .replace('the configuration’s, and nobody', 'the configuration’s'),
  blocks: ({ roles }) => ROLES.flatMap((role) => roleFields(role, roles[role])),
  read: async (typed) =>
    typed.answer({
      finops: readMembers(typed, 'finops'),
      finance: readMembers(typed, 'finance'),
      leader: readMembers(typed, 'leader'),
    }),
};

const TEAM_WORDS: Readonly<Record<(typeof TEAM_POLICIES)[number], string>> = {
  all: 'Everybody sees every team',
  'sub-teams': 'Own team, those below it, and those one leads',
  'own-team': 'Own team, and those one leads',
};
const PEOPLE_WORDS: Readonly<Record<(typeof PEOPLE_POLICIES)[number], string>> = {
  nobody: 'Nobody, not even FinOps',
  finops: 'FinOps alone',
  'finops-and-leaders': 'FinOps and leaders',
  managers: 'FinOps, leaders, and managers in teams they lead',
};

const GUEST_WORDS: Readonly<Record<(typeof GUEST_POLICIES)[number], string>> = {
  refused: 'Guests are refused',
  admitted: 'Guests are answered like members',
};

function choicesOf(words: Readonly<Record<string, string>>) {
  return Object.entries(words).map(([value, text]) => ({ text, value }));
}

/** Who sees which figures. */
export const visibilityForm: AreaForm = {
  title: 'Visibility',
  explanation:
    'Who sees which figures. FinOps, finance and leaders see all teams; everybody sees their own use.',
  summary: ({ visibility }) =>
    `${TEAM_WORDS[visibility.teams]}; people one by one: ${PEOPLE_WORDS[visibility.people].toLowerCase().replace('finops', 'FinOps')}; ${GUEST_WORDS[visibility.guests].toLowerCase()}`,
  blocks: ({ visibility }) => [
    field({
      block: 'visible-teams',
      label: 'Teams',
      element: radioOf(choicesOf(TEAM_WORDS), visibility.teams),
    }),
    field({
      block: 'visible-people',
      label: 'Who sees people one by one',
      element: radioOf(choicesOf(PEOPLE_WORDS), visibility.people),
    }),
    field({
      block: 'visible-guests',
      label: 'Guests of this workspace',
      hint: 'People of other workspaces are refused in any case.',
      element: radioOf(choicesOf(GUEST_WORDS), visibility.guests),
    }),
  ],
  read: async (typed) =>
    typed.answer({
      teams: typed.option('visible-teams'),
      people: typed.option('visible-people'),
      guests: typed.option('visible-guests'),
    }),
};
