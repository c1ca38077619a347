import type { Condition } from '../../core/rules/condition.js';
import type { Rule, Ruleset } from '../../core/rules/rule.js';
import type { Target } from '../../core/rules/target.js';
import type { Calendar } from './calendar.js';
import { TEAMS } from './teams.js';

function rule(id: string, name: string, when: Condition, allocateTo: Target): Rule {
  return { id, name, when, allocateTo };
}

function slug(team: string): string {
  return team.toLowerCase().replaceAll(' ', '-');
}

/** Where a team's API spend happens: its Anthropic workspace and its OpenAI project. */
const PLACES: readonly (readonly [team: string, workspace: string, project: string])[] = [
  ['Search', 'Search', 'search'],
  ['Data Science', 'Data Science', 'data-science'],
  ['Platform', 'Platform', 'platform'],
  ['Payments', 'Payments risk', 'payments'],
  ['Mobile', 'Mobile assistant', 'mobile'],
  ['Growth', 'Growth', 'growth'],
  ['Security', 'Security', 'security'],
];
const SUPPORT_PLACES = ['support-summarizer-prod', 'support-router'];
const ASSISTANTS: Condition = {
  all: [
    { attribute: 'serviceName', in: ['Claude Code', 'Cursor', 'GitHub Copilot'] },
    { attribute: 'email', exists: true },
  ],
};
const CI: Condition = {
  any: [
    { attribute: 'apiKeyName', startsWith: 'ci-' },
    { attribute: 'tag:env', is: 'ci' },
  ],
};
/** What a claim may find an owner for. */
const OWNABLE: Condition = {
  any: [
    { attribute: 'apiKeyId', exists: true },
    { attribute: 'principalId', exists: true },
    { attribute: 'seatId', exists: true },
  ],
};
const SEARCH_PRODUCTION: Condition = {
  all: [
    { dimension: 'team', is: 'Search' },
    { attribute: 'apiKeyName', endsWith: '-prod' },
  ],
};
const SERVES_CUSTOMERS: Condition = {
  any: [
    { attribute: 'apiKeyName', endsWith: '-prod' },
    { dimension: 'product', exists: true },
  ],
};

function tagged(id: string, name: string, tag: `tag:${string}`): Rule {
  return rule(id, name, { attribute: tag, exists: true }, { attribute: tag });
}

function teamIs(team: string): Condition {
  return { dimension: 'team', is: team };
}

function teamRules({ reorg }: Calendar): Rule[] {
  const support: Condition = { attribute: 'subAccountName', in: SUPPORT_PLACES };
  const [before, since] = [{ value: 'Support' }, { value: 'Support Automation' }];
  return [
    tagged('tagged-team', 'What carries a team tag', 'tag:team'),
    rule('coding-assistants', 'Coding assistants follow the person', ASSISTANTS, { owner: 'team' }),
    rule('ci', 'CI keys and agents are Platform’s', CI, { value: 'Platform' }),
    {
      ...rule('support-before-reorg', 'Support’s models, until the re-org', support, before),
      effective: { to: reorg },
    },
    {
      ...rule('support-automation', 'Support’s models, since the re-org', support, since),
      effective: { from: reorg },
    },
    ...PLACES.map(([team, workspace, project]) => {
      const when: Condition = { attribute: 'subAccountName', in: [workspace, project] };
      return rule(`places-${slug(team)}`, `${team}: its workspace and project`, when, { value: team });
    }),
    rule('owners', 'Anything else follows its owner', OWNABLE, { owner: 'team' }),
  ];
}

const PRODUCT_RULES: Rule[] = [
  tagged('tagged-product', 'What carries a product tag', 'tag:product'),
  rule(
    'helpdesk',
    'Support’s router serves the helpdesk',
    { attribute: 'subAccountName', is: 'support-router' },
    { value: 'Helpdesk' },
  ),
  rule('search-product', 'Search’s production keys', SEARCH_PRODUCTION, { value: 'Larkspur Search' }),
];

const COST_CENTRE_RULES: Rule[] = [
  tagged('tagged-cost-centre', 'Workspaces with a cost centre', 'tag:cost_center'),
  rule(
    'person-cost-centre',
    'The person’s cost centre',
    { attribute: 'email', exists: true },
    { owner: 'costCentre' },
  ),
  ...TEAMS.map(({ name, costCentre }) =>
    rule(`cost-centre-of-${slug(name)}`, `${name}’s cost centre`, teamIs(name), { value: costCentre }),
  ),
];

const TREATMENT_RULES: Rule[] = [
  rule('cogs', 'Production serves customers', SERVES_CUSTOMERS, { value: 'COGS' }),
  rule('marketing', 'Growth is sales and marketing', teamIs('Growth'), { value: 'S&M' }),
  rule(
    'general',
    'FinOps and leadership are overhead',
    { dimension: 'team', in: ['FinOps', 'Leadership'] },
    { value: 'G&A' },
  ),
  rule('research', 'All other teams build', { dimension: 'team', exists: true }, { value: 'R&D' }),
];

/**
 * The rules that Larkspur's FinOps have written so far. Sam Whitlock's key, the playground, untagged cloud
 * resources and seats without an e-mail are still Unallocated: something to find in the first minute, or to claim.
 */
export function startingRules(calendar: Calendar): Ruleset {
  return {
    version: 1,
    dimensions: [
      { id: 'team', rules: teamRules(calendar) },
      { id: 'product', rules: PRODUCT_RULES },
      { id: 'cost-centre', rules: COST_CENTRE_RULES },
      { id: 'treatment', rules: TREATMENT_RULES },
    ],
  };
}
