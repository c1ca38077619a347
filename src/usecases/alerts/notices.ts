import { type CaseNote, causeOf } from '../../core/alerts/alert.js';
import { teamOfAlert } from '../../core/alerts/figures.js';
import type { Audience, Notice } from '../../core/notices/notice.js';
import type { AlertCase } from '../../store/contract/alerts.js';

/** Key of a case's parent message, or of something in its thread; never used again. */
export function caseKey(caseId: number, part: string | null): string {
  return part === null ? `alert:case:${caseId}` : `alert:case:${caseId}:${part}`;
}

/** Who is told of a case. */
export function audienceOf({ figures }: Pick<AlertCase, 'figures'>): Audience {
  const team = teamOfAlert(figures);
  return team === null ? { kind: 'finops' } : { kind: 'team', team };
}

/**
 * What is told of a case: its parent message and the explanation in its thread. They follow from the case alone,
 * so that writing them again changes nothing, and a changed case edits them. A case in a roll-up has neither.
 */
export function caseNotices(alertCase: AlertCase): readonly Notice[] {
  const { id, figures, care } = alertCase;
  if (care.rollup !== null) return [];
  const audience = audienceOf(alertCase);
  const parentKey = caseKey(id, null);
  return [
    { key: parentKey, audience, parentKey: null, body: { kind: 'alert', figures } },
    {
      key: caseKey(id, 'explained'),
      audience,
      parentKey,
      // Acknowledging and closing do not change the causes: no edit for them.
      body: {
        kind: 'alert-explained',
        figures: { ...figures, state: 'open', acknowledgedBy: null, assignee: null, silence: null },
      },
    },
  ];
}

/** Something in the thread of a case; in that of the roll-up, where the case has no message of its own. */
export function caseNote(alertCase: AlertCase, part: string, note: CaseNote): Notice {
  const { id, figures, care } = alertCase;
  return {
    key: caseKey(id, part),
    audience: audienceOf(alertCase),
    parentKey: care.rollup ?? caseKey(id, null),
    body: {
      kind: 'alert-note',
      caseId: id,
      // In a roll-up's thread it must say which of the cases it is of.
      of: care.rollup === null ? null : causeOf(figures),
      note,
    },
  };
}
