import { describeActor } from '../../core/base/actor.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { dayIn, type Month, monthRange } from '../../core/base/time.js';
import { describeItem, type MonthClose } from '../../core/close/checklist.js';
import type { MonthRecord, MonthStep, SignOff } from '../../core/close/month.js';
import type { Notice } from '../../core/notices/notice.js';
import type { Context } from '../context.js';
import { checkMonth, teamsOfMonth } from './check-month.js';

/** Declares the month preliminary: owners look at it and sign. FinOps only. @throws AppError `conflict`, `invalid`. */
export async function softCloseMonth(
  context: Context,
  input: { readonly month: Month },
): Promise<MonthRecord> {
  const { store, actor, clock } = context;
  refuseUnfinished(context, input.month);
  await checkMonth(context, input);
  const record = await store.softCloseMonth({ ...input, actor, atMs: clock() });
  await tell(context, input.month, { what: 'soft-closed' });
  return record;
}

/** Who signs: the owner of teams by their e-mail, or FinOps for anyone who has not signed. */
export type Signer = { readonly kind: 'owner'; readonly email: string } | { readonly kind: 'finops' };

/**
 * Signs a month's figures for teams. An owner signs for the teams they own; FinOps for the named teams, or (null)
 * for the teams they own if any, else for all that are outstanding. Answers the teams that are signed for.
 * @throws AppError `forbidden` when the person owns none of the teams; `conflict` unless the month is soft-closed.
 */
export async function signMonth(
  context: Context,
  input: {
    readonly month: Month;
    readonly teams: readonly string[] | null;
    readonly signers: readonly Signer[];
  },
): Promise<readonly string[]> {
  const { store, actor, clock } = context;
  const { month } = input;
  const figures = await teamsOfMonth(context, month);
  const teams = await teamsToSign(context, input, [...figures.keys()]);
  const atMs = clock();
  for (const team of teams) {
    const signOff: SignOff = { team, by: actor, atMs, costs: figures.get(team) ?? [] };
    await store.signMonth({ month, signOff });
  }
  await tell(context, month, { what: 'signed', teams });
  return teams;
}

async function teamsToSign(
  context: Context,
  { month, teams, signers }: Parameters<typeof signMonth>[1],
  spending: readonly string[],
): Promise<readonly string[]> {
  const owner = signers.find((signer) => signer.kind === 'owner');
  const owned = owner === undefined ? [] : await teamsOwnedBy(context, owner.email);
  const own = spending.filter((team) => owned.includes(team));
  const isFinops = signers.some((signer) => signer.kind === 'finops');
  const stranger = teams?.find((team) => !spending.includes(team));
  if (stranger !== undefined)
    return invalid(`${stranger} has no spend in ${month}, so there is nothing to sign.`);
  if (teams !== null && (isFinops || teams.every((team) => own.includes(team)))) return teams;
  if (teams === null && own.length > 0) return own;
  if (!isFinops)
    throw new AppError(
      'forbidden',
      `Only the owner of a team with spend in ${month}, or FinOps, may sign it.`,
    );
  const { items } = await checkMonth(context, { month });
  const outstanding = items.flatMap((item) => (item.kind === 'owners' ? item.unsigned : []));
  return outstanding.length > 0 ? outstanding : invalid(`Every team has signed ${month} already.`);
}

/** Teams of the directory that name this person as their owner, under any of their addresses. */
async function teamsOwnedBy({ store }: Context, email: string): Promise<readonly string[]> {
  const { people, teams } = await store.directory();
  const address = email.toLowerCase();
  const person = people.find((each) => each.email === address || each.aliases.includes(address));
  const addresses = new Set([address, ...(person === undefined ? [] : [person.email, ...person.aliases])]);
  return teams
    .filter(({ ownerEmail }) => ownerEmail !== null && addresses.has(ownerEmail.toLowerCase()))
    .map(({ name }) => name);
}

/**
 * Locks a month for good. Open items refuse it, unless `override` says why it is locked all the same. FinOps only.
 * @throws AppError `conflict` naming what is open, or what the store refuses; `invalid` before the month is over.
 */
export async function lockMonth(
  context: Context,
  input: { readonly month: Month; readonly override: string | null },
): Promise<MonthRecord> {
  const { store, actor, clock, log } = context;
  const { month } = input;
  refuseUnfinished(context, month);
  const { items } = await checkMonth(context, { month });
  const openItems = items.filter((item) => !item.done).map(describeItem);
  const reason = input.override?.trim() ?? '';
  if (openItems.length > 0 && reason === '')
    throw new AppError(
      'conflict',
      `${month} is not ready to be locked. ${openItems.join(' ')} Mend it, or lock it with a reason.`,
    );
  const override = openItems.length === 0 ? null : { reason, openItems };
  const record = await store.lockMonth({ month, actor, atMs: clock(), override });
  if (override !== null) log.warn('month locked in spite of open items', { month, ...override });
  await tell(context, month, { what: 'locked', reason: override?.reason ?? null, openItems });
  return record;
}

/**
 * Unlocks a month in two steps by two people: the first asks and says why, the second (who did not lock it either)
 * confirms. FinOps only. @throws AppError `forbidden`, `conflict`, `invalid` without a reason.
 */
export async function unlockMonth(
  context: Context,
  input: { readonly month: Month; readonly reason: string | null },
): Promise<MonthRecord> {
  const { store, actor, clock } = context;
  const { month } = input;
  const step = { month, actor, atMs: clock() };
  const { stage, unlockRequest } = await store.findMonthRecord(month);
  if (stage === 'locked' && unlockRequest === null) {
    const reason = input.reason?.trim() ?? '';
    if (reason === '')
      return invalid(`Say why ${month} must be unlocked; the reason goes into the audit log.`);
    const record = await store.requestUnlock({ ...step, reason });
    await tell(context, month, { what: 'unlock-asked', reason });
    return record;
  }
  const record = await store.confirmUnlock(step);
  await tell(context, month, { what: 'unlocked', reason: unlockRequest?.reason ?? '' });
  return record;
}

function refuseUnfinished({ company, clock }: Context, month: Month): void {
  const today = dayIn(company.timeZone, clock());
  if (today < monthRange(month).to) invalid(`${month} is not over yet.`);
}

async function tell(context: Context, month: Month, step: MonthStep): Promise<void> {
  await tellMonth(context, await checkMonth(context, { month }), step);
}

/** Keeps FinOps's message about a month's close true, and tells the step in its thread. */
async function tellMonth(context: Context, figures: MonthClose, step: MonthStep): Promise<void> {
  const { store, actor, clock } = context;
  const atMs = clock();
  const audience = { kind: 'finops' } as const;
  const key = `month:${figures.month}`;
  const parent: Notice = { key, audience, parentKey: null, body: { kind: 'month-close', figures } };
  const who = actor.kind === 'slack' ? actor.userId : actor.name;
  const told: Notice = {
    key: `${key}:${step.what}:${atMs}:${who}`,
    audience,
    parentKey: key,
    body: { kind: 'month-step', month: figures.month, by: describeActor(actor), step },
  };
  await store.putNotices([parent, told], atMs);
}
