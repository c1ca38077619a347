import { type AgeingLine, ageUnowned } from '../core/ageing.js';
import { type Claim, waitingAsk } from '../core/claim.js';
import { createDirectory } from '../core/directory/directory.js';
import type { FeedStatus } from '../core/feed.js';
import type { Nanos } from '../core/money.js';
import { comparablePeriod, thisMonth } from '../core/periods.js';
import type { RulesetVersion } from '../core/rules/rule.js';
import { UNALLOCATED } from '../core/rules/target.js';
import type { SpendLine } from '../core/spend.js';
import { reportLines } from '../core/spend-report.js';
import { dayIn, type Month, monthOf } from '../core/time.js';
import type { UnallocatedLine } from '../store/ledger-store.js';
import type { AlertCase } from '../store/outbox-store.js';
import { listAliasSuggestions, type PricedAlias } from './accept-alias.js';
import type { Context } from './context.js';

/** The figures of a person's App Home. */
export interface HomeFigures {
  readonly month: Month;
  readonly currency: string;
  readonly total: Nanos;
  readonly previousToSameDay: Nanos;
  /** The viewer's own team today, if the directory knows them. */
  readonly myTeam: { readonly team: string; readonly line: SpendLine } | null;
  readonly teams: readonly SpendLine[];
  readonly unallocated: Nanos;
  readonly unallocatedLines: readonly UnallocatedLine[];
  /** Questions that wait for the viewer's answer, the oldest first. */
  readonly claimsForMe: readonly Claim[];
  /** For FinOps alone, since it names people: what has no owner, and whose unknown addresses may be. */
  readonly finops: {
    readonly ageing: readonly AgeingLine[];
    readonly aliases: readonly PricedAlias[];
  } | null;
  readonly openCases: readonly AlertCase[];
  readonly feeds: readonly FeedStatus[];
  readonly rules: RulesetVersion;
  readonly ruleCount: number;
}

const MOST_UNALLOCATED_LINES = 5;

/** Works App Home out: this month so far against the same days of the month before, by team. */
export async function showHome(
  context: Context,
  input: { readonly email: string | null; readonly isFinOps: boolean },
): Promise<HomeFigures> {
  const { store, company, clock } = context;
  const { currency } = company;
  const today = dayIn(company.timeZone, clock());
  const { range } = thisMonth(today);
  const ask = { by: ['team'], where: [], currency };
  const current = await store.querySpend({ ...ask, range });
  const previous = await store.querySpend({ ...ask, range: comparablePeriod(range, today) });
  const costOf = (rows: typeof current.rows, team: string): Nanos =>
    rows.find((row) => row.values[0] === team)?.cost ?? 0n;
  const directory = createDirectory(await store.directory());
  const me = input.email === null ? null : directory.findPerson(input.email);
  const team = me === null ? null : (directory.membershipOn(me.email, today)?.team ?? null);
  const claims = await store.listClaims(clock());
  const { version, ruleset } = await store.currentRuleset();
  return {
    month: monthOf(today),
    currency,
    total: current.total,
    previousToSameDay: previous.total,
    myTeam:
      team === null
        ? null
        : {
            team,
            line: { label: team, cost: costOf(current.rows, team), previous: costOf(previous.rows, team) },
          },
    teams: reportLines(current.rows, previous.rows).lines,
    unallocated: costOf(current.rows, UNALLOCATED),
    unallocatedLines: await store.listUnallocated({
      dimension: 'team',
      range,
      limit: MOST_UNALLOCATED_LINES,
    }),
    claimsForMe: claims.filter((claim) => me !== null && waitingAsk(claim)?.email === me.email),
    finops: input.isFinOps
      ? { ageing: ageUnowned(claims), aliases: await listAliasSuggestions(context, range) }
      : null,
    openCases: await store.listOpenCases(),
    feeds: await store.listFeeds(),
    rules: version,
    ruleCount: ruleset.dimensions.reduce((count, { rules }) => count + rules.length, 0),
  };
}
