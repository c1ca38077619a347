import { describeActor } from '../../core/base/actor.js';
import type { AlertCase } from '../../store/contract/alerts.js';
import type { Context } from '../context.js';
import { type CaseAct, requireActor } from './act-on-case.js';
import { audienceOf, caseKey, caseNotices } from './notices.js';

/**
 * Marks a case as acknowledged by the context's actor: the parent message is edited, its thread told. Twice
 * changes nothing, nor does acknowledging a case that has closed meanwhile.
 * @throws AppError `not-found` when there is no such case, `forbidden` for whom it is not.
 */
export async function acknowledgeAlert(
  context: Context,
  input: Omit<CaseAct, 'once'> & { readonly comment: string | null },
): Promise<AlertCase> {
  const { store, actor, clock } = context;
  const { caseId, comment } = input;
  await requireActor(context, input);
  const by = actor.kind === 'system' ? describeActor(actor) : actor.name;
  const atMs = clock();
  return store.editCase({
    id: caseId,
    actor,
    atMs,
    once: null,
    edit: (held) =>
      held.state === 'open'
        ? { state: 'acknowledged', comment, figures: { ...held.figures, acknowledgedBy: by } }
        : null,
    notices: (after) => [
      ...caseNotices(after),
      {
        // Acknowledged once more after it was raised again, it is told once more.
        key: caseKey(
          caseId,
          after.care.raises === 0 ? 'acknowledged' : `acknowledged:${after.care.waitingSinceMs}`,
        ),
        audience: audienceOf(after),
        parentKey: after.care.rollup ?? caseKey(caseId, null),
        body: { kind: 'alert-acknowledged', caseId, by, atMs, comment },
      },
    ],
  });
}
