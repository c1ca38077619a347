import { describe, expect, it } from 'vitest';
import type { MovedMoney } from '../../../src/core/allocation/diff.js';
import { parseMonth } from '../../../src/core/base/time.js';
import {
  type ApprovalPolicy,
  ApprovalSetting,
  approvalNeed,
  movedMoney,
} from '../../../src/core/rule-review/approval.js';

const move = (cost: bigint, more: Partial<MovedMoney> = {}): MovedMoney => ({
  dimension: 'team',
  month: parseMonth('2026-10'),
  currency: 'USD',
  from: null,
  to: 'Search',
  cost,
  ...more,
});

describe('The money that a change moves', () => {
  it('counts credits like charges, over all months', () => {
    const moved = [move(70n), move(-30n, { month: parseMonth('2026-11') })];
    expect(movedMoney({ moved })).toEqual([{ currency: 'USD', moved: 100n }]);
  });

  it('counts the same money once when several dimensions follow one another', () => {
    const moved = [move(70n), move(50n, { dimension: 'product' }), move(10n, { dimension: 'product' })];
    expect(movedMoney({ moved })).toEqual([{ currency: 'USD', moved: 70n }]);
  });

  it('is never added across currencies', () => {
    const moved = [move(70n), move(90n, { currency: 'EUR' })];
    expect(movedMoney({ moved })).toEqual([
      { currency: 'EUR', moved: 90n },
      { currency: 'USD', moved: 70n },
    ]);
  });
});

describe('A second person', () => {
  const policy: ApprovalPolicy = { threshold: 100n, basisPoints: null };

  it('is needed above the threshold, not at it', () => {
    expect(approvalNeed({ moved: [move(100n)] }, policy, new Map())).toBeNull();
    expect(approvalNeed({ moved: [move(101n)] }, policy, new Map())).toEqual({
      currency: 'USD',
      moved: 101n,
      limit: 100n,
    });
    expect(approvalNeed({ moved: [] }, { ...policy, threshold: 0n }, new Map())).toBeNull();
  });

  it('is needed above the larger of threshold and share of last month, each currency by itself', () => {
    const shared = { threshold: 100n, basisPoints: 500 };
    const spent = new Map([['USD', 4_000n]]);
    expect(approvalNeed({ moved: [move(200n)] }, shared, spent)).toBeNull();
    expect(approvalNeed({ moved: [move(201n)] }, shared, spent)?.limit).toBe(200n);
    expect(approvalNeed({ moved: [move(150n, { currency: 'EUR' })] }, shared, spent)?.limit).toBe(100n);
  });

  it('is asked for by the configuration in units and shares', () => {
    expect(ApprovalSetting.parse({ threshold: 1000, share: 0.05 })).toEqual({
      threshold: 1_000_000_000_000n,
      basisPoints: 500,
    });
    expect(ApprovalSetting.parse({ threshold: '0.5' })).toEqual({
      threshold: 500_000_000n,
      basisPoints: null,
    });
    expect(ApprovalSetting.parse({ threshold: null })).toBeNull();
    expect(ApprovalSetting.safeParse({ threshold: 0.1 }).error?.issues[0]?.message).toContain('such as 1000');
    expect(ApprovalSetting.safeParse({ threshold: -1 }).success).toBe(false);
  });
});
