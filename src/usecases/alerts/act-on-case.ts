import { maySee, type Viewer } from '../../core/access/visibility.js';
import { mayActOn } from '../../core/alerts/access.js';
import { type CasePerson, causeOf, type Silence } from '../../core/alerts/alert.js';
import { describeActor } from '../../core/base/actor.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { type Day, daysBetween, utcDay } from '../../core/base/time.js';
import { createDirectory } from '../../core/people/directory.js';
import type { AlertCase, CaseEdit } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { readSettings } from '../settings/read-settings.js';
import { caseKey, caseNote, caseNotices } from './notices.js';

/** Somebody's act on a case. */
export interface CaseAct {
  readonly caseId: number;
  readonly viewer: Viewer;
  /** The request's own id: a second one with it changes nothing. */
  readonly once: string;
}

/** The longest time ahead that is spoken for. */
export const LONGEST_SILENCE_DAYS = 92;

/** The case, for somebody who may answer for it. @throws AppError `not-found` or `forbidden`. */
export async function requireActor(
  { store, actor }: Context,
  { caseId, viewer }: Pick<CaseAct, 'caseId' | 'viewer'>,
): Promise<AlertCase> {
  const found = await store.findCase(caseId);
  if (found === null) throw new AppError('not-found', `There is no alert case ${caseId} any more.`);
  const { teams } = await store.directory();
  const verdict = mayActOn(found.figures, { viewer, actor, teams });
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
  return found;
}

/** The case, for somebody who may see what it is about. @throws AppError `not-found` or `forbidden`. */
export async function requireReader(
  context: Context,
  { caseId, viewer }: Pick<CaseAct, 'caseId' | 'viewer'>,
): Promise<AlertCase> {
  const found = await context.store.findCase(caseId);
  if (found === null) throw new AppError('not-found', `There is no alert case ${caseId} any more.`);
  const { visibility } = (await readSettings(context)).settings;
  const { assignee, owner } = found.figures;
  const { actor } = context;
  if (actor.kind === 'slack' && assignee?.userId === actor.userId) return found;
  const verdict = maySee(viewer, visibility, { dimension: 'team', owner });
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
  return found;
}

/** Says something in the case's thread, and in the audit log. @throws AppError as above, `invalid` for nothing. */
export async function commentOnCase(
  context: Context,
  input: CaseAct & { readonly text: string },
): Promise<void> {
  const { store, actor, clock } = context;
  const text = input.text.trim();
  if (text === '') invalid('Write a comment first.');
  await requireReader(context, input);
  await store.editCase({
    id: input.caseId,
    actor,
    atMs: clock(),
    once: input.once,
    edit: () => ({ audit: { action: 'alert.comment', detail: { text } } }),
    notices: (after) => [
      caseNote(after, `comment:${input.once}`, { is: 'comment', by: describeActor(actor), text }),
    ],
  });
}

/** Notes in the audit log what somebody wrote in a case's thread; false where the thread is none of a case. */
export async function mirrorReply(
  { store, actor, clock }: Context,
  reply: { readonly channelId: string; readonly threadTs: string; readonly text: string },
): Promise<boolean> {
  const found = await store.findCaseOf({ channelId: reply.channelId, ts: reply.threadTs });
  if (found === null) return false;
  const detail = { text: reply.text, in: 'thread' };
  await store.appendAudit({
    actor,
    action: 'alert.comment',
    subject: `alert case ${found.id}`,
    detail,
    atMs: clock(),
  });
  return true;
}

/**
 * Books what the case's cause is expected to cost a day up to a day; the case keeps still until then, or until more
 * than that is spent.
 * @throws AppError as above, `invalid` for a day in the past or too far away, or no amount.
 */
export async function expectSpend(
  context: Context,
  input: CaseAct & { readonly until: Day; readonly limit: bigint; readonly comment: string | null },
): Promise<void> {
  if (input.limit <= 0n) invalid('Say how much a day is expected, above zero.');
  await silence(context, input, { kind: 'expected', limit: input.limit });
}

/** Mutes the key of a case up to a day. @throws AppError as above; `invalid` for a case that is of no key. */
export async function muteKey(
  context: Context,
  input: CaseAct & { readonly until: Day; readonly comment: string | null },
): Promise<void> {
  await silence(context, input, { kind: 'muted', limit: null });
}

async function silence(
  context: Context,
  input: CaseAct & { readonly until: Day; readonly comment: string | null },
  { kind, limit }: Pick<Silence, 'kind' | 'limit'>,
): Promise<void> {
  const { store, actor, clock } = context;
  const found = await requireActor(context, input);
  const today = utcDay(clock());
  const { until, comment } = input;
  if (until < today) invalid('Choose today or a later day.');
  if (daysBetween(today, until) > LONGEST_SILENCE_DAYS)
    invalid(`Choose a day within ${LONGEST_SILENCE_DAYS} days.`);
  const cause = causeOf(found.figures);
  if (kind === 'muted' && cause.kind !== 'key')
    invalid('Only a key can be muted; this alert is of more than one.');
  const by = describeActor(actor);
  const said = { kind, cause, limit, by, until, comment, from: today, outcome: null };
  const told = { ...said, caseId: found.id, currency: found.figures.currency };
  await store.editCase({
    id: found.id,
    actor,
    atMs: clock(),
    once: input.once,
    edit: (held): CaseEdit => ({
      ...(held.state === 'open' ? { state: 'acknowledged' } : {}),
      figures: {
        ...held.figures,
        acknowledgedBy: held.acknowledgedBy ?? actor.name,
        silence: { kind, until, by, limit },
      },
      comment,
      audit: { action: `alert.${kind}`, detail: { until, limit, comment } },
      silence: { ...said, currency: found.figures.currency },
    }),
    notices: (after) => [
      ...caseNotices(after),
      caseNote(after, `silenced:${input.once}`, { is: 'silenced', silence: told }),
    ],
  });
}

/** Takes a booking or a mute back. @throws AppError as above. */
export async function liftSilence(
  context: Context,
  input: { readonly silenceId: number; readonly viewer: Viewer },
): Promise<Silence> {
  const { store, actor, clock } = context;
  const found = await store.findSilence(input.silenceId);
  if (found === null) throw new AppError('not-found', 'There is no such booking or mute any more.');
  const of = await requireActor(context, { caseId: found.caseId, viewer: input.viewer });
  const over = { ...found, outcome: 'lifted' as const };
  const by = describeActor(actor);
  await store.endSilence({
    id: found.id,
    outcome: 'lifted',
    actor,
    atMs: clock(),
    notices: [caseNote(of, `silence:${found.id}`, { is: 'silence-over', silence: over, by })],
  });
  return over;
}

/** Hands a case to somebody, who hears of it in a direct message. @throws AppError as above. */
export async function assignCase(
  context: Context,
  input: CaseAct & {
    readonly to: { readonly userId: string; readonly email: string | null };
    readonly comment: string | null;
  },
): Promise<void> {
  const { store, actor, clock } = context;
  await requireActor(context, input);
  const { to, comment, once } = input;
  const name = await nameOf(context, to);
  const assignee: CasePerson = { userId: to.userId, name };
  const by = describeActor(actor);
  await store.editCase({
    id: input.caseId,
    actor,
    atMs: clock(),
    once,
    edit: (held) => ({
      // The person it is handed to has their own time to answer.
      care: { ...held.care, assignee, waitingSinceMs: clock() },
      audit: { action: 'alert.assigned', detail: { to: assignee, comment } },
    }),
    notices: (after) => [
      ...caseNotices(after),
      caseNote(after, `assigned:${once}`, { is: 'assigned', to: assignee, by, comment }),
      {
        key: caseKey(after.id, `handed:${once}`),
        audience:
          to.email === null ? { kind: 'channel', channelId: to.userId } : { kind: 'person', email: to.email },
        parentKey: null,
        body: { kind: 'alert-handed', figures: after.figures, by, hours: null, comment },
      },
    ],
  });
}

async function nameOf(
  { store }: Context,
  { userId, email }: { readonly userId: string; readonly email: string | null },
): Promise<string> {
  const data = await store.directory();
  const linked = data.people.find(({ slackUserId }) => slackUserId === userId);
  const person = linked ?? (email === null ? null : createDirectory(data).findPerson(email));
  return person?.name ?? email ?? userId;
}
