import { describe, expect, it } from 'vitest';
import type { Day } from '../../../src/core/base/time.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { spendMessage } from '../../../src/slack/spend/message.js';
import { alertFigures, digestFigures, ruleChange, spendReport } from '../../support/slack/figures.js';

const incomplete = [{ source: 'claude', completeThrough: '2026-11-14' as Day }];
const { diff } = ruleChange();
const messages = [
  noticeMessage({ kind: 'digest', figures: digestFigures({ incomplete, unallocated: 5n }) }),
  noticeMessage({ kind: 'digest-detail', figures: digestFigures({ incomplete, unallocated: 5n }) }),
  ...(['open', 'acknowledged', 'closed'] as const).flatMap((state) => [
    noticeMessage({ kind: 'alert', figures: alertFigures({ state }) }),
    noticeMessage({ kind: 'alert-explained', figures: alertFigures({ state }) }),
  ]),
  noticeMessage({ kind: 'alert-acknowledged', caseId: 1, by: 'Ana', atMs: 0, comment: 'mine' }),
  noticeMessage({ kind: 'feed-trouble', source: 'claude', sentence: 'No.', since: 'Monday' }),
  noticeMessage({
    kind: 'rules-changed',
    figures: ruleChange({ diff: { ...diff, shadowedRuleIds: ['a'], deadRuleIds: ['b'] } }),
  }),
  spendMessage(spendReport({ incomplete }), { text: '', sharedBy: null, canShare: true, chart: null }),
];

describe('what the app says by itself', () => {
  it('has no pictograph in it: a box in many fonts, and noise to a screen reader', () => {
    for (const message of messages) expect(JSON.stringify(message)).not.toMatch(/\p{Extended_Pictographic}/u);
  });
});

describe('a report whose bills are not all in', () => {
  const view = { text: '', sharedBy: null, canShare: true, chart: null };
  const shown = (report: Parameters<typeof spendReport>[0]) =>
    spendMessage(spendReport({ total: 5n * 10n ** 9n, previousTotal: 8n * 10n ** 9n, ...report }), view).text;

  it('shows no saving: the missing days may bring it all', () => {
    expect(shown({ incomplete })).toContain('days missing');
    expect(shown({ incomplete })).not.toContain('▼');
    expect(shown({ incomplete: [] })).toContain('▼');
  });

  it('still shows a rise', () => {
    expect(shown({ incomplete, previousTotal: 10n ** 9n })).toContain('▲');
  });
});
