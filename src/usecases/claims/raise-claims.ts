import { compareBigint, compareText, NANOS_PER_UNIT, type Nanos } from '../../core/base/money.js';
import { addDays, dayIn, MS_PER_DAY } from '../../core/base/time.js';
import { type ClaimClues, type ClaimCompany, findCandidates } from '../../core/claims/candidates.js';
import { type Claim, isUnfinished, waitingAsk } from '../../core/claims/claim.js';
import { advance, endAsk, endClaim } from '../../core/claims/steps.js';
import type { VendorIdentity } from '../../core/people/data.js';
import { createDirectory } from '../../core/people/directory.js';
import type { Context } from '../context.js';
import { askingBudget } from './asking-budget.js';
import { claimNotices } from './notices.js';
import { readUnowned, subjectKey, subjectOf, type Unowned } from './unowned.js';

/** What nobody owns becomes a claim from this much on, over the last 30 days; in the company's currency. */
const THRESHOLD: Nanos = 25n * NANOS_PER_UNIT;
const DAYS = 30;

/** How many claims changed in a run. */
export interface ClaimRun {
  readonly opened: number;
  readonly asked: number;
  readonly escalated: number;
  readonly closed: number;
}

/**
 * Makes claims of keys, principals and seats that nobody owns and that cost enough, asks the likeliest owners as
 * far as the day's caps allow, moves on from those who did not answer in time, and closes what has an owner by
 * now. Most expensive first. Again on the same day changes nothing.
 */
export async function raiseClaims(context: Context): Promise<ClaimRun> {
  const { store, company, clock } = context;
  const today = dayIn(company.timeZone, clock());
  const data = await store.directory();
  const place: ClaimCompany = { data, directory: createDirectory(data), today };
  const range = { from: addDays(today, -DAYS), to: addDays(today, 1) };
  const unowned = await readUnowned(context, { directory: place.directory, range });
  const known = await store.listClaims(0);
  const closed = await refresh(context, known, unowned);
  const opened = await openNew(context, { known, unowned, place });
  const moved = await moveOn(context);
  const recent = await store.listClaims(clock() - DAYS * MS_PER_DAY);
  await store.putNotices(recent.flatMap(claimNotices), clock());
  return { opened, closed, ...moved };
}

/** Gives unfinished claims the money of today, and closes those that cost nothing without an owner any more. */
async function refresh(
  { store, actor, clock }: Context,
  known: readonly Claim[],
  unowned: readonly Unowned[],
): Promise<number> {
  const bySubject = new Map(unowned.map((each) => [subjectKey(each.subject), each]));
  let closed = 0;
  for (const claim of known.filter(isUnfinished)) {
    const now = bySubject.get(subjectKey(claim.subject));
    const isOver = now === undefined || now.cost === 0n;
    const { cost, firstDay, lastDay } = now ?? claim;
    const next = isOver ? endClaim(claim, 'closed') : { ...claim, cost, firstDay, lastDay };
    const isSame = cost === claim.cost && firstDay === claim.firstDay && lastDay === claim.lastDay;
    if (!isOver && isSame) continue;
    await store.saveClaim({ claim: next, link: null, actor, atMs: clock() });
    if (isOver) closed += 1;
  }
  return closed;
}

async function openNew(
  context: Context,
  { known, unowned, place }: { known: readonly Claim[]; unowned: readonly Unowned[]; place: ClaimCompany },
): Promise<number> {
  const { store, company, clock } = context;
  const news = unowned.filter((each) => each.cost >= THRESHOLD && !isAnswered(each, known, company.timeZone));
  if (news.length === 0) return 0;
  const identities = await store.listIdentities();
  const neighbours = await readNeighbours(context, place);
  for (const each of news.toSorted(dearestFirst)) {
    const { subject, currency, cost, firstDay, lastDay } = each;
    const clues = cluesOf(each, { identities, neighbours, place });
    const candidates = findCandidates(clues, place);
    await store.openClaim({ subject, currency, cost, firstDay, lastDay, candidates, atMs: clock() });
  }
  return news.length;
}

function dearestFirst(a: Unowned, b: Unowned): number {
  return compareBigint(b.cost, a.cost) || compareText(subjectKey(a.subject), subjectKey(b.subject));
}

/** Whether the question is asked already, or its answer still holds. */
function isAnswered({ subject, lastDay }: Unowned, known: readonly Claim[], timeZone: string): boolean {
  const last = known.findLast((claim) => subjectKey(claim.subject) === subjectKey(subject));
  if (last === undefined || last.state === 'closed') return false;
  if (last.state !== 'claimed' || last.resolution === null) return true;
  // An owner whom no rule follows is a matter of rules; one who is no owner any more is a new question.
  return !last.resolution.followed || lastDay <= dayIn(timeZone, last.resolution.atMs);
}

/** Per sub-account: the people behind its identifiers, with how many identifiers each. */
type Neighbours = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

async function readNeighbours({ store }: Context, { directory, today }: ClaimCompany): Promise<Neighbours> {
  const places = new Map<string, Map<string, Set<string>>>();
  for (const month of (await store.listMonths()).slice(-3)) {
    for (const { set, lastDay } of await store.listMonthSets(month)) {
      const { source = '', subAccountId, email } = set.attributes;
      const identifier = subjectOf(set)?.value ?? email;
      if (subAccountId === undefined || identifier === undefined) continue;
      const owner = directory.ownerOf(set, lastDay < today ? lastDay : today);
      if (owner.kind !== 'person') continue;
      const key = `${source}\n${subAccountId}`;
      const people = places.get(key) ?? new Map<string, Set<string>>();
      places.set(key, people);
      people.set(owner.person.email, (people.get(owner.person.email) ?? new Set()).add(identifier));
    }
  }
  return places;
}

function cluesOf(
  { subject, subAccount }: Unowned,
  {
    identities,
    neighbours,
    place,
  }: { identities: readonly VendorIdentity[]; neighbours: Neighbours; place: ClaimCompany },
): ClaimClues {
  const own = identities.find(({ source, id }) => source === subject.source && id === subject.value);
  const creator = own?.createdBy ?? null;
  const user = identities.find(
    ({ source, kind, id }) => source === subject.source && kind === 'user' && id === creator,
  );
  const people = subAccount === null ? undefined : neighbours.get(`${subject.source}\n${subAccount.id}`);
  return {
    label: own?.name ?? subject.label,
    createdBy: user?.email ?? creator,
    pastOwners: place.data.links.flatMap(({ kind, value, owner, to }) =>
      kind === subject.kind && value === subject.value && 'person' in owner
        ? [{ email: owner.person, until: to }]
        : [],
    ),
    neighbours: [...(people ?? [])].map(([email, ids]) => ({ email, identifiers: ids.size })),
    place: subAccount?.name ?? '',
  };
}

/** Times questions out and asks the next, most expensive first, while the day's caps last. */
async function moveOn(context: Context): Promise<{ asked: number; escalated: number }> {
  const { store, actor, clock } = context;
  const nowMs = clock();
  const budget = await askingBudget(context);
  const counts = { asked: 0, escalated: 0 };
  const unfinished = (await store.listClaims(nowMs)).filter(isUnfinished);
  for (const claim of unfinished.toSorted((a, b) => compareBigint(b.cost, a.cost) || a.id - b.id)) {
    const ask = waitingAsk(claim);
    const isLate = ask !== null && ask.deadlineMs <= nowMs;
    const next = advance(isLate ? endAsk(claim, 'timed-out') : claim, {
      nowMs,
      mayAsk: budget.mayAsk,
      mayAskFinOps: budget.mayAskFinOps(),
    });
    if (next === claim) continue;
    const saved = await store.saveClaim({ claim: next, link: null, actor, atMs: nowMs });
    const asked = waitingAsk(saved);
    if (asked !== null) budget.spend(asked.email);
    if (saved.state === 'asked') counts.asked += 1;
    if (saved.state !== 'escalated') continue;
    counts.escalated += 1;
    budget.spendFinOps();
  }
  return counts;
}
