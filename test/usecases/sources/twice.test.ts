import { describe, expect, it } from 'vitest';
import { parseNanos } from '../../../src/core/base/money.js';
import { addDays, parseDay } from '../../../src/core/base/time.js';
import { carrySameMoney } from '../../../src/core/sources/twice.js';
import { findTwice } from '../../../src/usecases/sources/find-twice.js';
import { addSource } from '../../../src/usecases/sources/manage-sources.js';
import { createTestContext } from '../../support/context.js';
import { clock, connect } from '../../support/vendors/all.js';

const days = (amounts: readonly string[]) =>
  amounts.map((amount, index) => {
    const cost = parseNanos(amount);
    const day = addDays(parseDay('2026-11-01'), index);
    return { day, currency: 'USD', billed: cost, effective: cost };
  });

describe('the same account under two names', () => {
  it.each([
    ['openai', {}, {}, true],
    ['openai', {}, { options: { organizationId: 'org-1' } }, true],
    ['cursor', {}, { options: { seatPrice: '40' } }, true],
    ['replit', {}, { adminKey: 'other' }, false],
    ['devin', { options: { acuPrice: '2' } }, { options: { acuPrice: '3' } }, true],
    ['hugging-face', { options: { organization: 'a' } }, { options: { organization: 'b' } }, false],
    ['github-copilot', { options: { organization: 'a' } }, { options: { enterprise: 'a' } }, false],
  ])('is known by its credential: %s, %j and %j', async (kind, first, second, isSame) => {
    const of = (source: string, changes: object) =>
      connect(kind, { source, adminKey: 'secret-of-larkspur', clock, ...changes });
    const providers = [of('one', first), of('two', second)];
    const context = await createTestContext({ now: '2026-11-23', providers });
    const told = await findTwice(context);
    expect(told).toHaveLength(isSame ? 1 : 0);
    if (isSame) expect(told[0]).toContain('one and two read the same account');
    expect(JSON.stringify(providers)).not.toContain('secret-of-larkspur');
  });

  it('is refused when it is added, before any vendor is asked', async () => {
    const cursor = (source: string) => connect('cursor', { source, adminKey: 'secret-of-larkspur', clock });
    const context = await createTestContext({ now: '2026-11-23' });
    const held = {
      name: 'one',
      kind: 'cursor',
      origin: 'file',
      provider: cursor('one'),
      problem: null,
    } as const;
    const catalog = { list: async () => [held], kinds: [], credentials: [], create: () => cursor('two') };
    const settings = {
      name: 'two',
      kind: 'cursor',
      credential: 'team',
      baseUrl: null,
      path: null,
      options: {},
    };
    await expect(addSource({ ...context, sources: catalog }, settings)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('The source "one" reads this account already') as string,
    });
    expect(await context.store.listAddedSources()).toEqual([]);
  });

  it('is known by equal days, not by a flat fee or a few of them', () => {
    const used = days(['1', '2.5', '3', '4', '0.000000001', '6']);
    expect(carrySameMoney(used, used)).toBe(true);
    expect(carrySameMoney(used, days(['1', '2.5', '3', '4', '0.000000002', '6']))).toBe(false);
    expect(carrySameMoney(used, used.slice(0, 4))).toBe(false);
    expect(carrySameMoney(days(Array(9).fill('40')), days(Array(9).fill('40')))).toBe(false);
  });
});
