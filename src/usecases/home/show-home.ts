import { type Viewer, visibleTeams } from '../../core/access/visibility.js';
import { teamsOf } from '../../core/alerts/alert.js';
import { type Nanos, sumNanos } from '../../core/base/money.js';
import { covers, type Day, type DayRange, dayIn, type Month, monthOf } from '../../core/base/time.js';
import { type AgeingLine, ageUnowned } from '../../core/claims/ageing.js';
import { type Claim, waitingAsk } from '../../core/claims/claim.js';
import type { IdentifierKind } from '../../core/people/data.js';
import type { RulesetVersion } from '../../core/rules/rule.js';
import { UNALLOCATED } from '../../core/rules/target.js';
import type { Seat } from '../../core/seats/seat.js';
import type { SourceStatus } from '../../core/sources/feed.js';
import { comparablePeriod, thisMonth } from '../../core/spend/periods.js';
import { reportLines } from '../../core/spend/report.js';
import type { SpendLine } from '../../core/spend/spend.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { UnallocatedLine } from '../../store/contract/ledger.js';
import type { RuleDraft } from '../../store/contract/rules.js';
import { type BudgetFigures, type BudgetLine, showBudgets } from '../budgets/show-budgets.js';
import type { Context } from '../context.js';
import { listAliasSuggestions, type PricedAlias } from '../people/accept-alias.js';
import { readSettings } from '../settings/read-settings.js';
import { listSources } from '../sources/list-sources.js';

/** A change of the rules that waits for a second person. */
export type WaitingDraft = Pick<RuleDraft, 'id' | 'author' | 'note' | 'need' | 'createdAtMs'>;

/** The figures of a person's App Home; what is not for their role is null. */
export interface HomeFigures {
  readonly month: Month;
  readonly currency: string;
  /** The whole company, this month so far against the same days of the month before; null: not for the viewer. */
  readonly company: { readonly total: Nanos; readonly previous: Nanos } | null;
  /** The viewer's own team today, and the teams they lead, against plan. */
  readonly myTeams: readonly BudgetLine[];
  /** The last day that counts against the plans. */
  readonly through: BudgetFigures['through'];
  readonly own: OwnThings | null;
  /** Teams that the viewer may see, most expensive first. */
  readonly teams: readonly SpendLine[];
  /** For FinOps and finance. */
  readonly unallocated: { readonly total: Nanos; readonly lines: readonly UnallocatedLine[] } | null;
  /** Questions that wait for the viewer's answer, the oldest first. */
  readonly claimsForMe: readonly Claim[];
  /** For FinOps alone, since it names people: what waits for approval, what has no owner, whose addresses are unknown. */
  readonly finops: {
    readonly approvals: readonly WaitingDraft[];
    readonly ageing: readonly AgeingLine[];
    readonly aliases: readonly PricedAlias[];
    readonly sources: readonly SourceStatus[];
  } | null;
  /** Open cases of the viewer's teams, or assigned to them. */
  readonly openCases: readonly AlertCase[];
  readonly rules: RulesetVersion;
  readonly ruleCount: number;
}

const MOST_UNALLOCATED_LINES = 5;
const MOST_APPROVALS = 10;

/** Works App Home out for somebody: this month so far, what is theirs, and what waits for them. */
export async function showHome(context: Context, input: { readonly viewer: Viewer }): Promise<HomeFigures> {
  const { store, company, clock } = context;
  const { viewer } = input;
  const { currency, visibility } = (await readSettings(context)).settings;
  const today = dayIn(company.timeZone, clock());
  const { range } = thisMonth(today);
  const ask = { by: ['team'], where: [], currency };
  const current = await store.querySpend({ ...ask, range });
  const previous = await store.querySpend({ ...ask, range: comparablePeriod(range, today) });
  const seen = visibleTeams(viewer, visibility);
  const maySee = (team: string): boolean => seen === 'all' || seen.includes(team);
  const budgets = await showBudgets(context, { month: null, viewer });
  const claims = await store.listClaims(clock());
  const { version, ruleset } = await store.currentRuleset();
  const cases = await store.listOpenCases();
  return {
    month: monthOf(today),
    currency,
    company: seen === 'all' ? { total: current.total, previous: previous.total } : null,
    myTeams: myTeams(viewer, budgets),
    through: budgets.through,
    own: await readOwnThings(context, { viewer, range, today, currency }),
    teams: reportLines(current.rows, previous.rows).lines.filter(({ label }) => maySee(label)),
    unallocated: await unallocatedFor(context, viewer, {
      range,
      total: sumNanos(current.rows.filter(({ values }) => values[0] === UNALLOCATED).map(({ cost }) => cost)),
    }),
    claimsForMe: claims.filter((claim) => viewer.email !== null && waitingAsk(claim)?.email === viewer.email),
    finops: viewer.roles.includes('finops') ? await finopsPart(context, claims, range) : null,
    openCases: cases.filter((open) => isMine(context, viewer, open)),
    rules: version,
    ruleCount: ruleset.dimensions.reduce((count, { rules }) => count + rules.length, 0),
  };
}

/** Of one's team or one that one leads, or assigned to oneself; all of them for FinOps. */
function isMine({ actor }: Context, viewer: Viewer, { figures }: AlertCase): boolean {
  const isAssigned = actor.kind === 'slack' && figures.assignee?.userId === actor.userId;
  const own = [...(viewer.team === null ? [] : [viewer.team]), ...viewer.teamsLed];
  return viewer.roles.includes('finops') || isAssigned || teamsOf(figures).some((team) => own.includes(team));
}

/** One's own team first, then those one leads, as far as they have spent anything or have a budget. */
function myTeams(viewer: Viewer, { lines }: BudgetFigures): readonly BudgetLine[] {
  const names = new Set([...(viewer.team === null ? [] : [viewer.team]), ...viewer.teamsLed]);
  const own = [...names].flatMap((name) => lines.find(({ owner }) => owner === name) ?? []);
  const isNew = viewer.team !== null && !own.some(({ owner }) => owner === viewer.team);
  const none = { plan: null, otherCurrency: null, planned: 0n, spent: 0n };
  return isNew && viewer.team !== null ? [{ owner: viewer.team, ...none }, ...own] : own;
}

async function unallocatedFor(
  { store }: Context,
  viewer: Viewer,
  { range, total }: { readonly range: DayRange; readonly total: Nanos },
): Promise<HomeFigures['unallocated']> {
  if (!viewer.roles.includes('finops') && !viewer.roles.includes('finance')) return null;
  const lines = await store.listUnallocated({ dimension: 'team', range, limit: MOST_UNALLOCATED_LINES });
  return { total, lines };
}

async function finopsPart(
  context: Context,
  claims: readonly Claim[],
  range: DayRange,
): Promise<NonNullable<HomeFigures['finops']>> {
  const { store } = context;
  return {
    approvals: await store.listDrafts('waiting', MOST_APPROVALS),
    ageing: ageUnowned(claims),
    aliases: await listAliasSuggestions(context, range),
    sources: await listSources(context),
  };
}

/** A key or the like that is linked to the viewer, by the name its vendor has for it. */
interface OwnIdentifier {
  readonly kind: IdentifierKind;
  readonly label: string;
}

/** What is the viewer's own. */
interface OwnThings {
  /** Effective cost of their own use, by whatever address, in the range. */
  readonly spent: Nanos;
  readonly identifiers: readonly OwnIdentifier[];
  readonly seats: readonly Seat[];
}

/** Collects what is the viewer's own: their use, the keys linked to them, their seats. Null: HR does not know them. */
async function readOwnThings(
  { store, company }: Context,
  input: {
    readonly viewer: Viewer;
    readonly range: DayRange;
    readonly today: Day;
    readonly currency?: string;
  },
): Promise<OwnThings | null> {
  const { email } = input.viewer;
  if (email === null) return null;
  const data = await store.directory();
  const person = data.people.find((each) => each.email === email);
  const addresses = [email, ...(person?.aliases ?? [])];
  const own = new Set(addresses);
  const { total } = await store.querySpend({
    by: [],
    range: input.range,
    where: [{ key: 'person', values: addresses }],
    currency: input.currency ?? company.currency,
  });
  const links = data.links.filter(
    (link) => 'person' in link.owner && own.has(link.owner.person) && covers(link, input.today),
  );
  const named =
    links.length === 0
      ? new Map<string, string | null>()
      : new Map((await store.listIdentities()).map(({ id, name }) => [id, name]));
  const seats = (await store.listSeats()).filter(
    ({ holder, assignedTo }) =>
      (assignedTo === null || assignedTo > input.today) &&
      holder?.email !== null &&
      holder?.email !== undefined &&
      own.has(holder.email),
  );
  return {
    spent: total,
    identifiers: links.map(({ kind, value }) => ({ kind, label: named.get(value) ?? value })),
    seats,
  };
}
