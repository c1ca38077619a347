import type { Notice } from '../core/notice.js';
import { UNALLOCATED } from '../core/rules/target.js';
import type { AlertCase } from '../store/outbox-store.js';

/** Keys of a case's notices, unique for ever. */
export function caseKey(caseId: number, part: 'explained' | 'acknowledged' | null): string {
  return part === null ? `alert:case:${caseId}` : `alert:case:${caseId}:${part}`;
}

/**
 * What is told of a case: its parent message and the explanation in its thread. They follow from the case alone,
 * so that writing them again after a crash changes nothing, and a changed case edits them.
 */
export function caseNotices(alertCase: AlertCase): readonly [parent: Notice, explained: Notice] {
  const { id, owner, figures, state, acknowledgedBy } = alertCase;
  const audience =
    owner === UNALLOCATED ? ({ kind: 'finops' } as const) : ({ kind: 'team', team: owner } as const);
  const parentKey = caseKey(id, null);
  const told = { ...figures, caseId: id, state, acknowledgedBy };
  return [
    { key: parentKey, audience, parentKey: null, body: { kind: 'alert', figures: told } },
    {
      key: caseKey(id, 'explained'),
      audience,
      parentKey,
      // Acknowledging and closing do not change the causes: no edit for them.
      body: { kind: 'alert-explained', figures: { ...told, state: 'open', acknowledgedBy: null } },
    },
  ];
}
