import { requiresRole, type Viewer } from '../../core/access/visibility.js';
import { type Actor, describeActor, isSameActor } from '../../core/base/actor.js';
import { AppError, invalid } from '../../core/base/errors.js';
import { canonicalJson } from '../../core/base/json.js';
import type { Notice } from '../../core/notices/notice.js';
import {
  loosensApproval,
  type ProposalOutcome,
  type SettingsProposal,
} from '../../core/settings/proposal.js';
import {
  areaProblem,
  defaultSettings,
  type Settings,
  type SettingsArea,
  type SettingsEdition,
  settingsOf,
} from '../../core/settings/settings.js';
import type { Context } from '../context.js';
import { readSettings } from './read-settings.js';

type By = Pick<Viewer, 'roles'>;

/** A change as a person makes it; a null `value` goes back to what the configuration says. */
interface SettingsChange {
  readonly area: SettingsArea;
  readonly value: unknown;
  /** The number of the edition that the person saw; null: the default. */
  readonly base: number | null;
}

/** What became of a change: it is in force, or it waits for a second person of FinOps. */
export type SettingsOutcome =
  | { readonly kind: 'changed'; readonly edition: SettingsEdition }
  | { readonly kind: 'waiting'; readonly proposal: SettingsProposal };

/**
 * Changes one area of the settings as a whole. A change that weakens the approval by a second person is put before
 * FinOps in its channel and is not in force before somebody else approves it.
 * @throws AppError `forbidden` unless FinOps asks, `invalid` naming the field, `conflict` when it changed meanwhile.
 */
export async function changeSettings(
  context: Context,
  input: SettingsChange & { readonly by: By },
): Promise<SettingsOutcome> {
  const { store, actor, clock, log } = context;
  const { area, value, base } = input;
  requireFinops(input.by);
  const problem = value === null ? null : areaProblem(area, value);
  if (problem !== null) return invalid(problem);
  const { settings: before } = await readSettings(context);
  const after = await settingsWith(context, input);
  if (loosensApproval(before, after)) return propose(context, input, { before, after });
  const edition = await store.changeSettings({ area, value, base, actor, atMs: clock() });
  log.info('settings changed', { area, number: edition.number, by: actor.name });
  return { kind: 'changed', edition };
}

function requireFinops(by: By): void {
  const verdict = requiresRole(by, ['finops'], 'change settings');
  if (!verdict.ok) throw new AppError('forbidden', verdict.sentence);
}

/** The settings as they would be with a change. */
async function settingsWith({ store, company }: Context, { area, value }: SettingsChange): Promise<Settings> {
  const others = (await store.latestSettings()).filter((edition) => edition.area !== area);
  const changed = { number: 0, area, value, author: '', recordedAtMs: 0 };
  return settingsOf(defaultSettings(company), [...others, changed]).settings;
}

async function propose(
  context: Context,
  { area, value, base }: SettingsChange,
  states: { readonly before: Settings; readonly after: Settings },
): Promise<SettingsOutcome> {
  const { store, actor, clock } = context;
  const current = (await readSettings(context)).changed[area]?.number ?? null;
  if (current !== base)
    throw new AppError(
      'conflict',
      'Somebody else has changed these settings meanwhile; open them again and repeat the change.',
    );
  const id = crypto.randomUUID();
  const proposal: SettingsProposal = {
    id,
    area,
    value,
    base,
    author: actor,
    ...states,
    outcome: { kind: 'waiting' },
  };
  await store.putNotices([noticeOf(proposal)], clock());
  await store.appendAudit({ ...entryOf('settings.propose', proposal, actor), atMs: clock() });
  return { kind: 'waiting', proposal };
}

const keyOf = (id: string): string => `settings-approval:${id}`;

function noticeOf(proposal: SettingsProposal): Notice {
  const body = { kind: 'settings-approval', proposal } as const;
  return { key: keyOf(proposal.id), audience: { kind: 'finops' }, parentKey: null, body };
}

function entryOf(action: string, { area, value }: SettingsProposal, actor: Actor) {
  return { actor, action, subject: `settings: ${area}`, detail: { value } };
}

/**
 * Decides about a change that waits for a second person: approved, it is in force under its author's name; rejected
 * (by its author: withdrawn), nothing changes. The same decision again changes nothing.
 * @throws AppError `forbidden` unless FinOps asks and, to approve, unless somebody other than the author does;
 * `conflict` when it was decided otherwise or the settings have changed meanwhile; `not-found`.
 */
export async function decideSettings(
  context: Context,
  input: { readonly id: string; readonly verdict: 'approve' | 'reject'; readonly by: By },
): Promise<void> {
  const { store, actor, clock } = context;
  requireFinops(input.by);
  const held = await store.findNotice(keyOf(input.id));
  if (held?.notice.body.kind !== 'settings-approval')
    throw new AppError('not-found', 'This change of the settings is not kept any more; make it again.');
  const { proposal } = held.notice.body;
  const isOwn = isSameActor(proposal.author, actor);
  const approving = input.verdict === 'approve';
  if (approving && isOwn)
    throw new AppError(
      'forbidden',
      'You made this change yourself, so somebody else of FinOps must approve it.',
    );
  const kind = approving ? 'approved' : isOwn ? 'withdrawn' : 'rejected';
  const outcome: ProposalOutcome = { kind, by: describeActor(actor) };
  if (proposal.outcome.kind !== 'waiting') {
    if (canonicalJson(proposal.outcome) === canonicalJson(outcome)) return;
    throw new AppError(
      'conflict',
      `This change was ${proposal.outcome.kind} already; make it again if it is wanted.`,
    );
  }
  const notices = [noticeOf({ ...proposal, outcome })];
  if (approving) {
    const { area, value, base, author } = proposal;
    await store.changeSettings({ area, value, base, actor: author, approver: actor, notices, atMs: clock() });
    return;
  }
  await store.putNotices(notices, clock());
  await store.appendAudit({ ...entryOf(`settings.${kind}`, proposal, actor), atMs: clock() });
}
