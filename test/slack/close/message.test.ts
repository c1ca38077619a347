import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChecklistItem, MonthClose } from '../../../src/core/close/checklist.js';
import type { MonthStage } from '../../../src/core/close/month.js';
import type { NoticeBody } from '../../../src/core/notices/notice.js';
import { isMessageTooLong, validateBlocks } from '../../../src/sandbox/slack/validate.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { MESSAGE_BUDGET } from '../../../src/slack/kit/limits.js';
import { day, month } from '../../support/build/charges.js';
import { textOf } from '../../support/slack/world.js';

const OCT = month('2026-10');
const name = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<@U0ANA00001>',
    '*bold*',
    '',
    '\n',
    '\u202egnirts',
    '\ud800',
    '"'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const names = fc.array(name, { maxLength: 300, size: 'max' });
const nanos = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });

/** Any state of a month's close, with hostile names and any amounts. */
const anyClose = fc
  .record({
    teams: names,
    currencies: fc.array(name, { maxLength: 40 }),
    total: nanos,
    stage: fc.constantFrom<MonthStage>('open', 'soft-closed', 'locked'),
    asked: fc.option(name),
    done: fc.boolean(),
  })
  .map(({ teams, currencies, total, stage, asked, done }): MonthClose => {
    const items: readonly ChecklistItem[] = [
      {
        kind: 'feeds',
        done,
        behind: teams.map((source) => ({ source, completeThrough: day('2026-10-30') })),
      },
      { kind: 'invoices', done, invoices: 3, untied: 1, notIssued: 2 },
      {
        kind: 'unallocated',
        done,
        costs: currencies.map((currency) => ({ currency, cost: total, limit: 1n })),
      },
      { kind: 'owners', done, teams: teams.length, unsigned: teams },
    ];
    const by = { kind: 'slack', userId: 'U1', name: asked ?? '' } as const;
    const unlockRequest = asked === null ? null : { by, atMs: 1, reason: asked };
    return { month: OCT, stage, currency: 'USD', total, items, unlockRequest };
  });

const anyBody: fc.Arbitrary<NoticeBody> = fc.oneof(
  anyClose.map((figures): NoticeBody => ({ kind: 'month-close', figures })),
  fc
    .record({ by: name, reason: name, teams: names })
    .chain(({ by, reason, teams }) =>
      fc
        .constantFrom(
          { what: 'soft-closed' as const },
          { what: 'signed' as const, teams },
          { what: 'locked' as const, reason, openItems: teams },
          { what: 'locked' as const, reason: null, openItems: [] },
          { what: 'unlock-asked' as const, reason },
          { what: 'unlocked' as const, reason },
        )
        .map((step): NoticeBody => ({ kind: 'month-step', month: OCT, by, step })),
    ),
);

describe('the messages of a month’s close', () => {
  it('are taken by Slack whatever the names and amounts, and nothing in them is live', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const { text, blocks } = noticeMessage(body);
        expect(validateBlocks('message', blocks)).toEqual([]);
        expect(isMessageTooLong(blocks as never)).toBe(false);
        expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(MESSAGE_BUDGET.jsonCharacters);
        expect(text).not.toMatch(/<[!@#h]/);
        expect(text.length).toBeLessThanOrEqual(MESSAGE_BUDGET.fallbackText);
      }),
      { numRuns: 60 },
    );
  });

  it('offer the next step and no other', () => {
    const items: readonly ChecklistItem[] = [
      { kind: 'invoices', done: true, invoices: 1, untied: 0, notIssued: 1 },
    ];
    const close = (stage: MonthStage, done = true): string => {
      const some = done
        ? items
        : [...items, { kind: 'owners', done, teams: 1, unsigned: ['Search'] } as const];
      const figures = { month: OCT, stage, currency: 'USD', total: 5n, items: some, unlockRequest: null };
      const { blocks } = noticeMessage({ kind: 'month-close', figures });
      return textOf(blocks.filter(({ type }) => type === 'actions'));
    };
    expect(close('open')).toBe('Soft-close\nSee invoices');
    expect(close('soft-closed')).toContain('Lock');
    expect(close('soft-closed', false)).toBe('Sign\nLock anyway …\nSee invoices');
    expect(close('locked')).toBe('Unlock …');
  });
});
