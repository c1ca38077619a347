import { describeActor } from '../core/actor.js';
import { AppError } from '../core/errors.js';
import type { Notice } from '../core/notice.js';
import type { AlertCase } from '../store/outbox-store.js';
import { caseKey, caseNotices } from './case-notices.js';
import type { Context } from './context.js';

/**
 * Marks a case as acknowledged by the context's actor: the parent message is edited, its thread told. Twice
 * changes nothing, nor does acknowledging a case that has closed meanwhile.
 * @throws AppError `not-found` when there is no such case.
 */
export async function acknowledgeAlert(
  context: Context,
  input: { readonly caseId: number; readonly comment: string | null },
): Promise<AlertCase> {
  const { store, actor, clock } = context;
  const found = await store.findCase(input.caseId);
  if (found === null) throw new AppError('not-found', `There is no alert case ${input.caseId}.`);
  const acknowledged =
    found.state === 'open'
      ? await store.updateCase({
          id: found.id,
          figures: { ...found.figures, acknowledgedBy: nameOf(context) },
          state: 'acknowledged',
          actor,
          comment: input.comment,
          atMs: clock(),
        })
      : found;
  const { acknowledgedBy: by, acknowledgedAtMs: atMs } = acknowledged;
  if (by === null || atMs === null) return acknowledged;
  const told = caseKey(found.id, 'acknowledged');
  const [parent, explained] = caseNotices(acknowledged);
  const notices: Notice[] = [parent, explained];
  // Found again when a crash came between the case and its notice; the first comment stands.
  if ((await store.findNotice(told)) === null) {
    notices.push({
      key: told,
      audience: parent.audience,
      parentKey: parent.key,
      body: { kind: 'alert-acknowledged', caseId: found.id, by, atMs, comment: input.comment },
    });
  }
  await store.putNotices(notices, clock());
  return acknowledged;
}

/** How the thread names the person. */
function nameOf({ actor }: Context): string {
  return actor.kind === 'system' ? describeActor(actor) : actor.name;
}
