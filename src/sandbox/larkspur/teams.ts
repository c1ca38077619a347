/** A team of Larkspur and who leads it. */
export interface TeamPlan {
  readonly name: string;
  readonly parent: string;
  readonly costCentre: string;
  readonly lead: string;
  readonly channel: string;
  /** Head count, the lead included. */
  readonly size: number;
  /** What most of its people are. */
  readonly title: string;
}

function plan(name: string, parent: string, rest: Omit<TeamPlan, 'name' | 'parent' | 'channel'>): TeamPlan {
  return { name, parent, channel: `team-${name.toLowerCase().replaceAll(' ', '-')}`, ...rest };
}

/** The teams of today. Support Automation is filled from Support on the day of the re-org. */
export const TEAMS: readonly TeamPlan[] = [
  plan('Search', 'Engineering', {
    costCentre: 'CC-310',
    lead: 'Mia Chen',
    size: 15,
    title: 'Search engineer',
  }),
  plan('Platform', 'Engineering', {
    costCentre: 'CC-320',
    lead: 'Priya Raman',
    size: 17,
    title: 'Platform engineer',
  }),
  plan('Data Science', 'Engineering', {
    costCentre: 'CC-330',
    lead: 'Jonas Weber',
    size: 14,
    title: 'Data scientist',
  }),
  plan('Mobile', 'Engineering', {
    costCentre: 'CC-340',
    lead: 'Aiko Tanaka',
    size: 12,
    title: 'Mobile engineer',
  }),
  plan('Payments', 'Engineering', {
    costCentre: 'CC-350',
    lead: 'Tunde Balogun',
    size: 13,
    title: 'Payments engineer',
  }),
  plan('Security', 'Engineering', {
    costCentre: 'CC-360',
    lead: 'Elif Kaya',
    size: 8,
    title: 'Security engineer',
  }),
  plan('Support', 'Customer', {
    costCentre: 'CC-410',
    lead: 'Noor Haddad',
    size: 10,
    title: 'Support specialist',
  }),
  plan('Support Automation', 'Customer', {
    costCentre: 'CC-415',
    lead: 'Kofi Mensah',
    size: 6,
    title: 'Automation engineer',
  }),
  plan('Growth', 'Commercial', {
    costCentre: 'CC-510',
    lead: 'Lucia Fernandez',
    size: 11,
    title: 'Growth marketer',
  }),
  plan('FinOps', 'Finance', {
    costCentre: 'CC-610',
    lead: 'Grace Lindqvist',
    size: 4,
    title: 'FinOps analyst',
  }),
  plan('Leadership', 'Larkspur', {
    costCentre: 'CC-100',
    lead: 'Ingrid Solheim',
    size: 5,
    title: 'Chief of staff',
  }),
];

/** Teams of teams, each under the company. */
export const DIVISIONS = ['Engineering', 'Customer', 'Commercial', 'Finance'] as const;
/** The root of the organisation. */
export const COMPANY = 'Larkspur';
/** The team out of which Support Automation came. */
export const REORG = { from: 'Support', to: 'Support Automation' } as const;
