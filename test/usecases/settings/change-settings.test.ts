import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loosensApproval } from '../../../src/core/settings/proposal.js';
import { defaultSettings, type SettingsArea } from '../../../src/core/settings/settings.js';
import type { Context } from '../../../src/usecases/context.js';
import { changeSettings, decideSettings } from '../../../src/usecases/settings/change-settings.js';
import { readSettings } from '../../../src/usecases/settings/read-settings.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const FINOPS = { roles: ['finops'] } as const;
const limit = (threshold: bigint | null, basisPoints: number | null = null) => ({ threshold, basisPoints });

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext();
});
afterEach(() => context.store.close());

const as = (userId: string): Context => ({ ...context, actor: { kind: 'slack', userId, name: userId } });
const ana = (): Context => as('U0ANA00001');
const grace = (): Context => as('U0GRACE003');
const inForce = async () => (await readSettings(context)).settings;

async function change(by: Context, area: SettingsArea, value: unknown) {
  const base = (await readSettings(context)).changed[area]?.number ?? null;
  return changeSettings(by, { area, value, base, by: FINOPS });
}

async function proposed(by: Context, area: SettingsArea, value: unknown): Promise<string> {
  const outcome = await change(by, area, value);
  if (outcome.kind !== 'waiting') throw new Error('It should wait for a second person.');
  return outcome.proposal.id;
}

describe('the limit above which a second person approves', () => {
  it('is lowered by one person, at once', async () => {
    await change(ana(), 'approval', limit(1000n));
    expect(await change(ana(), 'approval', limit(10n))).toMatchObject({ kind: 'changed' });
    expect((await inForce()).approval).toEqual(limit(10n));
  });

  it.each([
    ['raised', limit(1001n)],
    ['taken away', limit(null)],
    ['given a share of the month', limit(1000n, 1)],
  ])('is %s only when somebody else approves, and FinOps is told', async (_how, value) => {
    await change(ana(), 'approval', limit(1000n));
    const id = await proposed(ana(), 'approval', value);
    expect((await inForce()).approval).toEqual(limit(1000n));
    const card = await context.store.findNotice(`settings-approval:${id}`);
    expect(card?.notice).toMatchObject({ audience: { kind: 'finops' } });
    await expect(decideSettings(ana(), { id, verdict: 'approve', by: FINOPS })).rejects.toThrow(
      'You made this change yourself',
    );
    expect((await inForce()).approval).toEqual(limit(1000n));
    await decideSettings(grace(), { id, verdict: 'approve', by: FINOPS });
    expect((await inForce()).approval).toEqual(value);
    const [entry] = await context.store.listAudit(1);
    expect(entry).toMatchObject({ action: 'settings.change', actor: 'slack:U0ANA00001 (U0ANA00001)' });
    expect(entry?.detail).toMatchObject({ approver: 'slack:U0GRACE003 (U0GRACE003)' });
  });

  it('is not taken away by going back to a configuration that has none', async () => {
    await change(ana(), 'approval', limit(1000n));
    await proposed(ana(), 'approval', null);
    expect((await inForce()).approval).toEqual(limit(1000n));
  });

  it('is not bypassed by making oneself another approver', async () => {
    await change(ana(), 'approval', limit(1000n));
    const { roles } = await inForce();
    const more = { ...roles, finops: { users: ['U0ALT00009'], groups: [] } };
    await proposed(ana(), 'roles', more);
    expect((await inForce()).roles).toEqual(roles);
    const leaders = { ...roles, leader: { users: ['U0LEAD0001'], groups: [] } };
    expect(await change(ana(), 'roles', leaders)).toMatchObject({ kind: 'changed' });
  });

  it('is decided once: what was rejected, withdrawn or overtaken is not approved afterwards', async () => {
    await change(ana(), 'approval', limit(1000n));
    const rejected = await proposed(ana(), 'approval', limit(null));
    await decideSettings(grace(), { id: rejected, verdict: 'reject', by: FINOPS });
    await decideSettings(grace(), { id: rejected, verdict: 'reject', by: FINOPS });
    await expect(decideSettings(grace(), { id: rejected, verdict: 'approve', by: FINOPS })).rejects.toThrow(
      'was rejected already',
    );
    const overtaken = await proposed(ana(), 'approval', limit(null));
    await change(grace(), 'approval', limit(5n));
    await expect(decideSettings(grace(), { id: overtaken, verdict: 'approve', by: FINOPS })).rejects.toThrow(
      'Somebody else has changed these settings',
    );
    expect((await inForce()).approval).toEqual(limit(5n));
  });

  it('is nobody else’s to decide', async () => {
    await change(ana(), 'approval', limit(1000n));
    const id = await proposed(ana(), 'approval', limit(null));
    const outsider = decideSettings(as('U0OUT00005'), { id, verdict: 'approve', by: { roles: ['leader'] } });
    await expect(outsider).rejects.toThrow('Only FinOps may change settings');
  });

  it('never lets more money pass without a second person, whatever one person does', () => {
    const anyLimit = fc.record({
      threshold: fc.option(fc.bigInt({ min: 0n, max: 10n ** 15n })),
      basisPoints: fc.option(fc.integer({ min: 0, max: 10_000 })),
    });
    const month = fc.bigInt({ min: 0n, max: 10n ** 18n });
    const alone = (
      { threshold, basisPoints }: { threshold: bigint | null; basisPoints: number | null },
      spent: bigint,
    ) => {
      if (threshold === null) return null;
      const share = (spent * BigInt(basisPoints ?? 0)) / 10_000n;
      return share > threshold ? share : threshold;
    };
    fc.assert(
      fc.property(anyLimit, anyLimit, month, (before, after, spent) => {
        const settings = defaultSettings({ timeZone: 'UTC', currency: 'USD' });
        const isLooser = loosensApproval({ ...settings, approval: before }, { ...settings, approval: after });
        if (isLooser || before.threshold === null) return;
        const [was, is] = [alone(before, spent), alone(after, spent)];
        expect(was !== null && is !== null && is <= was).toBe(true);
      }),
    );
  });
});
