import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { deriveChange } from '../../../src/usecases/rules/derive-change.js';
import { anyLedger } from '../../support/arbitrary/ledger.js';
import { anyDirectoryData, anyRulesetPair } from '../../support/arbitrary/rules.js';
import { chargeOf, setOf } from '../../support/build/charges.js';
import { rule, ruleset } from '../../support/build/rules.js';
import { createFilledCompany } from '../../support/company/filled.js';
import type { TestContext } from '../../support/context.js';
import { diffNaively } from '../../support/naive/change.js';

async function diffOf(context: TestContext, after: Ruleset) {
  return (await deriveChange(context, await context.store.currentRuleset(), after)).diff;
}

describe('a preview', () => {
  it('says what working out everything says, for any company, rules and small edit', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLedger,
        anyDirectoryData,
        anyRulesetPair,
        async (charges, data, { before, after }) => {
          const context = await createFilledCompany({ charges, rules: before, data });
          const expected = await diffNaively(context, before, after);
          expect(await diffOf(context, after)).toEqual(expected);
          await context.store.markStale(await context.store.listMonths(), 'whatever');
          expect(await diffOf(context, after)).toEqual(expected);
          await context.store.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  const key = (apiKeyName: string) => setOf({ apiKeyName, model: 'm' });
  const charges = ['a', 'b', 'c'].map((name) => chargeOf('2026-10-05', '10', { set: key(name) }));
  const is = (name: string, owner: string, on: 'apiKeyName' | 'model' = 'apiKeyName') =>
    rule(`${on.toLowerCase()}-${name}`, { attribute: on, is: name }, { value: owner });

  it('tells of an untouched rule that the change leaves without a charge, and of no rule that idled before', async () => {
    const [a, all, never] = [is('a', 'Search'), is('m', 'Platform', 'model'), is('x', 'Nobody')];
    const before = ruleset({
      team: [never, is('b', 'Support'), a, { ...is('a', 'Twice'), id: 'twice' }, all],
    });
    const context = await createFilledCompany({ charges, rules: before });
    const greedy = { ...is('b', 'Support'), when: { attribute: 'model' as const, is: 'm' } };
    const after = ruleset({ team: [never, greedy, a, is('a', 'Twice'), all] });
    expect(await diffOf(context, after)).toMatchObject({
      shadowedRuleIds: ['apikeyname-a', 'model-m'],
      deadRuleIds: [],
    });
  });

  it('does not call a rule idle that lost what the change touches but wins elsewhere', async () => {
    const before = ruleset({ team: [is('m', 'Platform', 'model')] });
    const context = await createFilledCompany({ charges, rules: before });
    const diff = await diffOf(
      context,
      ruleset({ team: [is('a', 'Search'), ...(before.dimensions[0]?.rules ?? [])] }),
    );
    expect(diff).toMatchObject({ shadowedRuleIds: [], deadRuleIds: [] });
    expect(diff.moved).toMatchObject([{ from: 'Platform', to: 'Search', cost: 10_000_000_000n }]);
  });

  it('counts what is Unallocated in all, not only where the change reaches', async () => {
    const context = await createFilledCompany({ charges, rules: ruleset({ team: [] }) });
    const diff = await diffOf(context, ruleset({ team: [is('a', 'Search')] }));
    expect(diff.unallocated).toEqual([
      { dimension: 'team', currency: 'USD', before: 30_000_000_000n, after: 20_000_000_000n },
    ]);
  });
});
