import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertFigures, CaseNote, Silence } from '../../../src/core/alerts/alert.js';
import type { Day } from '../../../src/core/base/time.js';
import { explainChange } from '../../../src/core/explain/change.js';
import type { NoticeBody } from '../../../src/core/notices/notice.js';
import { isMessageTooLong, validateBlocks, validateView } from '../../../src/sandbox/slack/validate.js';
import {
  acknowledgeView,
  assignView,
  commentView,
  expectedView,
  muteView,
} from '../../../src/slack/alerts/forms.js';
import { alertListMessage } from '../../../src/slack/alerts/list-message.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import type { Message } from '../../../src/slack/kit/blocks.js';
import { alertFigures } from '../../support/slack/figures.js';

const DAY = '2026-11-12' as Day;
const name = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '*x* _y_ ~z~ `c`',
    '<https://evil|text>',
    '&amp;',
    ':smile:',
    '',
    '\u202egnp',
    'x'.repeat(300),
    '🦥'.repeat(150),
  ),
  fc.string({ maxLength: 300 }),
);
const money = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });

const figures = fc
  .record({ label: name, owner: name, teams: fc.array(name, { maxLength: 8 }), a: money, b: money, by: name })
  .map(
    ({ label, owner, teams, a, b, by }): AlertFigures =>
      alertFigures({
        owner,
        actual: a,
        expected: b,
        excess: a - b,
        cause: { kind: 'key', label },
        teams: teams.map((team) => ({ team, actual: a, expected: b })),
        moreTeams: 3,
        drivers: teams.map((each) => ({ by: 'key', label: each, actual: a, expected: b })),
        change: {
          before: { from: DAY, to: DAY },
          after: { from: DAY, to: DAY },
          explanation: explainChange({ cells: [], total: b }, { cells: [], total: a }),
        },
        assignee: { userId: 'U1', name: by },
        silence: { kind: 'expected', until: DAY, by, limit: a },
      }),
  );

function bodiesOf(one: AlertFigures, text: string): readonly NoticeBody[] {
  const cause = { kind: 'key', label: text } as const;
  const silence: Silence = {
    id: 1,
    caseId: 1,
    kind: 'expected',
    cause,
    currency: 'USD',
    from: DAY,
    until: DAY,
    by: text,
    limit: 5n,
    comment: text,
    outcome: null,
  };
  const person = { userId: 'U1', name: text };
  const notes: readonly CaseNote[] = [
    { is: 'grown', figures: one, times: 2.5, joined: text },
    ...(['calm', 'new-normal', 'moved'] as const).map((why) => ({
      is: 'closed' as const,
      figures: one,
      why,
    })),
    { is: 'comment', by: text, text: text.repeat(10) },
    { is: 'silenced', silence },
    { is: 'silenced', silence: { ...silence, kind: 'muted', limit: null } },
    ...(['used', 'unused', 'exceeded', 'lifted'] as const).map((outcome) => ({
      is: 'silence-over' as const,
      silence: { ...silence, outcome },
      by: text,
    })),
    { is: 'assigned', to: person, by: text, comment: text },
    { is: 'escalated', to: text },
  ];
  const line = { caseId: 1, cause, owner: text, state: 'open', currency: 'USD', excess: one.excess } as const;
  return [
    { kind: 'alert', figures: one },
    { kind: 'alert-explained', figures: one },
    ...notes.map((note) => ({ kind: 'alert-note' as const, caseId: 1, of: cause, note })),
    { kind: 'alert-handed', figures: one, by: text, hours: null, comment: text },
    { kind: 'alert-handed', figures: one, by: null, hours: 48, comment: null },
    { kind: 'alert-rollup', day: DAY, currency: 'USD', count: 7, open: 2, excess: one.excess },
    { kind: 'alert-rollup-list', lines: Array.from({ length: 40 }, () => line), more: 9_960 },
  ];
}

function problemsOf({ text, blocks }: Message): readonly unknown[] {
  const live = /<[!@#]|<https?:/.exec(text);
  return [
    ...validateBlocks('message', blocks),
    ...(isMessageTooLong(blocks as never) ? ['too long'] : []),
    ...(live === null ? [] : [live[0]]),
  ];
}

describe('everything that is said of alerts', () => {
  it('is what Slack takes, with nothing live in it, whatever keys, teams and people are called', () => {
    fc.assert(
      fc.property(figures, name, (one, text) => {
        for (const body of bodiesOf(one, text)) expect(problemsOf(noticeMessage(body))).toEqual([]);
        const care = {
          assignee: null,
          raisedExcess: 0n,
          raises: 0,
          waitingSinceMs: 0,
          escalated: 'no',
          rollup: null,
        } as const;
        const held = {
          id: 1,
          dimension: 'key',
          owner: text,
          state: 'open',
          firstDay: DAY,
          lastDay: DAY,
        } as const;
        const open = {
          ...held,
          figures: one,
          acknowledgedBy: null,
          acknowledgedAtMs: null,
          openedAtMs: 0,
          care,
        };
        const silence = {
          id: 1,
          caseId: 1,
          kind: 'muted',
          cause: { kind: 'key', label: text },
          currency: 'USD',
        } as const;
        const muted = {
          ...silence,
          from: DAY,
          until: DAY,
          by: text,
          limit: null,
          comment: text,
          outcome: null,
        };
        const list = {
          cases: Array.from({ length: 30 }, () => open),
          silences: Array.from({ length: 30 }, () => muted),
          leads: new Map([[one.owner, text]]),
          nowMs: 9e9,
        };
        expect(problemsOf(alertListMessage(list))).toEqual([]);
        const views = [
          acknowledgeView(1),
          expectedView(one, DAY),
          muteView(one, DAY),
          assignView(one),
          commentView(one),
        ];
        for (const view of views) expect(validateView(view)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
