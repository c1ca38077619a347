import { allocateMonth } from '../../core/allocation/allocate.js';
import type { MonthSet } from '../../core/allocation/allocation.js';
import { AppError, assertNever, invalid } from '../../core/base/errors.js';
import { type Claim, type ClaimSubject, isUnfinished, waitingAsk } from '../../core/claims/claim.js';
import { advance, endAsk, endClaim, putFirst, resolve } from '../../core/claims/steps.js';
import type { DirectoryData, IdentifierLink, Person } from '../../core/people/data.js';
import { createDirectory, type Directory } from '../../core/people/directory.js';
import { readMonth } from '../allocation/read-month.js';
import type { Context } from '../context.js';
import { askingBudget } from './asking-budget.js';
import { claimNotices } from './notices.js';
import { subjectKey, subjectOf } from './unowned.js';

/** What somebody says to a claim; `leave` is FinOps's word that it shall have no owner. */
export type ClaimAnswer =
  | { readonly kind: 'mine' }
  | { readonly kind: 'not-mine' }
  | { readonly kind: 'owner'; readonly email: string }
  | { readonly kind: 'leave' };

/** Who says it; the surface vouches for it. */
export interface Answerer {
  readonly email: string | null;
  /** Finds anyone who HR knows under another address. */
  readonly slackUserId: string | null;
  readonly isFinOps: boolean;
}

/** The claim as it stands now, and a sentence for anyone who answered. */
export interface ClaimAnswered {
  readonly claim: Claim;
  readonly sentence: string;
}

/**
 * Takes an answer to a claim. Only the person who is being asked, or FinOps, may give one; an answer to what is
 * settled changes nothing. `ask` is the number of the question that was answered, null for FinOps's own message.
 * @throws AppError `forbidden` for anybody else, `not-found`, `invalid` for an owner nobody knows, `conflict`.
 */
export async function answerClaim(
  context: Context,
  input: {
    readonly claimId: number;
    readonly ask: number | null;
    readonly by: Answerer;
    readonly answer: ClaimAnswer;
  },
): Promise<ClaimAnswered> {
  const { store, actor, clock } = context;
  const claim = await store.findClaim(input.claimId);
  if (claim === null) throw new AppError('not-found', `There is no claim ${input.claimId}.`);
  if (!isUnfinished(claim)) return { claim, sentence: settledSentence(claim) };
  const data = await store.directory();
  const directory = createDirectory(data);
  const answerer = personOf(input.by, data, directory);
  requireAnswerer(claim, { answerer, isFinOps: input.by.isFinOps, ask: input.ask });
  const step = await takeStep(context, {
    claim,
    answer: input.answer,
    answerer,
    isFinOps: input.by.isFinOps,
    data,
    directory,
  });
  const saved = await store.saveClaim({ claim: step.claim, link: step.link, actor, atMs: clock() });
  await store.putNotices(claimNotices(saved), clock());
  return { claim: saved, sentence: step.sentence };
}

function personOf(
  { email, slackUserId }: Answerer,
  { people }: DirectoryData,
  directory: Directory,
): Person | null {
  const known = email === null ? null : directory.findPerson(email);
  const linked = people.find((person) => slackUserId !== null && person.slackUserId === slackUserId);
  return known ?? linked ?? null;
}

/** @throws AppError `forbidden` for a stranger, and for an answer to a question that has gone to somebody else. */
function requireAnswerer(
  claim: Claim,
  { answerer, isFinOps, ask }: { answerer: Person | null; isFinOps: boolean; ask: number | null },
): void {
  if (isFinOps) return;
  const waiting = waitingAsk(claim);
  const wasAsked = claim.asks.some(({ email }) => email === answerer?.email);
  if (
    waiting !== null &&
    waiting.email === answerer?.email &&
    (ask === null || ask === claim.asks.length - 1)
  )
    return;
  throw new AppError(
    'forbidden',
    wasAsked
      ? 'This question has gone to somebody else meanwhile; if it is yours after all, tell FinOps.'
      : `Only ${waiting === null ? 'FinOps' : `${waiting.name} and FinOps`} can answer this; nothing was changed.`,
  );
}

interface Answering {
  readonly claim: Claim;
  readonly answer: ClaimAnswer;
  readonly answerer: Person | null;
  readonly isFinOps: boolean;
  readonly data: DirectoryData;
  readonly directory: Directory;
}

interface Step {
  readonly claim: Claim;
  readonly link: IdentifierLink | null;
  readonly sentence: string;
}

async function takeStep(context: Context, answering: Answering): Promise<Step> {
  const { claim, answer, answerer, isFinOps, directory } = answering;
  switch (answer.kind) {
    case 'mine':
      if (answerer === null)
        return invalid(
          'The HR directory does not know your e-mail address, so nothing can be yours; tell FinOps.',
        );
      return give(context, answering, answerer);
    case 'owner': {
      const owner = directory.findPerson(answer.email);
      if (owner === null)
        return invalid(`The HR directory does not know ${answer.email}; choose somebody else.`);
      if (isFinOps || owner.email === answerer?.email) return give(context, answering, owner);
      return passOn(context, claim, { owner, by: answerer?.name ?? '' });
    }
    case 'not-mine':
      return {
        claim: await askNext(context, claim.state === 'asked' ? endAsk(claim, 'not-mine') : claim),
        link: null,
        sentence: 'Noted: it is not yours. Thank you.',
      };
    case 'leave':
      if (!isFinOps) throw new AppError('forbidden', 'Only FinOps can leave it without an owner.');
      return {
        claim: endClaim(claim, 'declined'),
        link: null,
        sentence: 'It stays without an owner, and nobody is asked again.',
      };
    default:
      return assertNever(answer);
  }
}

/** A dated link from the first unowned day on; the months it covers are stale from then on. */
async function give(context: Context, { claim, data }: Answering, owner: Person): Promise<Step> {
  const { kind, value, label } = claim.subject;
  const link: IdentifierLink = {
    kind,
    value,
    from: claim.firstDay,
    to: null,
    owner: { person: owner.email },
  };
  const followed = await isFollowed(context, claim, { ...data, links: [...data.links, link] });
  const resolution = {
    ownerEmail: owner.email,
    ownerName: owner.name,
    from: claim.firstDay,
    by: context.actor.name,
    atMs: context.clock(),
    followed,
  };
  return {
    claim: resolve(claim, resolution),
    link,
    sentence: `${label} belongs to ${owner.name} from ${claim.firstDay} on.`,
  };
}

/** Whether some rule gives the identifier's latest charges to a team, now that it has an owner. */
async function isFollowed(context: Context, { subject }: Claim, data: DirectoryData): Promise<boolean> {
  const { store } = context;
  const company = { data, directory: createDirectory(data) };
  const { ruleset } = await store.currentRuleset();
  for (const month of (await store.listMonths()).toReversed()) {
    const facts = await readMonth(context, month, { rulesets: [ruleset], company });
    const own = new Set(facts.sets.filter((each) => isAbout(each, subject)).map(({ setId }) => setId));
    if (own.size === 0) continue;
    return allocateMonth({ ...facts, ruleset }).some(
      ({ setId, dimension, target, split }) =>
        own.has(setId) && dimension === 'team' && (target !== null || split !== undefined),
    );
  }
  return false;
}

function isAbout({ set }: MonthSet, subject: ClaimSubject): boolean {
  const own = subjectOf(set);
  return own !== null && subjectKey(own) === subjectKey(subject);
}

async function passOn(
  context: Context,
  claim: Claim,
  { owner, by }: { owner: Person; by: string },
): Promise<Step> {
  const { email, name } = owner;
  const held = claim.candidates.find((candidate) => candidate.email === email);
  const reasons = [`was named by ${by}`, ...(held?.reasons ?? [])];
  const named = putFirst(endAsk(claim, 'passed-on'), { email, name, score: 100, reasons });
  return { claim: await askNext(context, named), link: null, sentence: `Thank you; ${name} is asked next.` };
}

async function askNext(context: Context, claim: Claim): Promise<Claim> {
  const { mayAsk } = await askingBudget(context);
  return advance(claim, { nowMs: context.clock(), mayAsk });
}

function settledSentence({ state, resolution, subject }: Claim): string {
  if (resolution !== null) return `Settled already: ${subject.label} belongs to ${resolution.ownerName}.`;
  return state === 'declined'
    ? `Settled already: FinOps leave ${subject.label} without an owner.`
    : `Settled already: ${subject.label} has an owner by now.`;
}
