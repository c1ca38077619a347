import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNanos } from '../../../src/core/base/money.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { lintRules } from '../../../src/usecases/rules/lint-rules.js';
import { anyLedger } from '../../support/arbitrary/ledger.js';
import { anyDirectoryData, anyRulesetPair } from '../../support/arbitrary/rules.js';
import { batchOf, chargeOf, day, month, setOf } from '../../support/build/charges.js';
import { directoryData, member, person } from '../../support/build/directory.js';
import { rule, ruleset } from '../../support/build/rules.js';
import { changeRules, createFilledCompany } from '../../support/company/filled.js';
import type { TestContext } from '../../support/context.js';
import { allocateAllNaively } from '../../support/naive/change.js';

/** All that is stored of the months, with proofs that do not say when they were made. */
async function stored({ store }: TestContext) {
  const months = await store.listMonths();
  const pieces = new Map<string, unknown>();
  const proofs: unknown[] = [];
  for (const each of months) {
    pieces.set(each, sorted(await store.listAllocations(each)));
    proofs.push(...(await store.listProofs(each)).map(({ provedAtMs: _at, ...proof }) => proof));
  }
  return { pieces, proofs };
}

/** By dimension's name: the store lists dimensions as they were first met. */
function sorted<T extends { readonly dimension: string }>(pieces: readonly T[]): readonly T[] {
  return pieces.toSorted((a, b) => (a.dimension < b.dimension ? -1 : a.dimension > b.dimension ? 1 : 0));
}

function revisions(context: TestContext): number {
  return context.log.lines.filter(({ message }) => message === 'revised').length;
}

const key = (apiKeyName: string) => setOf({ apiKeyName });
const charges = ['2026-09-05', '2026-10-05', '2026-11-05'].flatMap((on) =>
  ['a', 'b', 'c'].map((name) => chargeOf(on, '10', { set: key(name) })),
);
const is = (name: string, owner: string) =>
  rule(`is-${name}`, { attribute: 'apiKeyName', is: name }, { value: owner });
const RULES = ruleset({ team: [is('a', 'Search'), is('b', 'Support')] });
const EDITED = ruleset({ team: [is('a', 'Search'), is('b', 'Platform')] });

describe('re-allocation after a change of rules', () => {
  it('leaves what allocating everything leaves, with the same proofs, for any company, rules and edits', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLedger,
        anyDirectoryData,
        anyRulesetPair,
        async (ledger, data, { before, after }) => {
          const context = await createFilledCompany({ charges: ledger, rules: before, data });
          for (const next of [after, before, after]) {
            await changeRules(context, next);
            const { pieces, proofs } = await stored(context);
            const naive = await allocateAllNaively(context);
            expect(pieces).toEqual(new Map([...naive].map(([each, all]) => [each, sorted(all)])));
            await context.store.markStale(await context.store.listMonths(), 'all of it');
            await reallocate(context);
            expect((await stored(context)).proofs).toEqual(proofs);
          }
          await context.store.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('works out only the sets that the change concerns', async () => {
    const context = await createFilledCompany({ charges, rules: RULES });
    await changeRules(context, EDITED);
    expect(revisions(context)).toBe(3);
    expect(
      await context.store.listOwners('team', { from: day('2026-09-01'), to: day('2026-12-01') }, 'USD'),
    ).toEqual([
      { owner: 'Platform', cost: 30_000_000_000n },
      { owner: 'Search', cost: 30_000_000_000n },
    ]);
  });

  it('works out everything where charges came in as well, before the change or after it', async () => {
    const context = await createFilledCompany({ charges, rules: RULES });
    await context.store.markStale([month('2026-09')], 'charges');
    await importRules(context, { ruleset: EDITED, file: 'rules', note: null });
    await context.store.markStale([month('2026-10')], 'charges');
    await reallocate(context);
    expect(revisions(context)).toBe(1);
    await changeRules(context, RULES);
    expect(revisions(context)).toBe(4);
  });

  it('leaves a locked month with its proofs, whether the change concerns it or not', async () => {
    const old = chargeOf('2026-08-05', '10', { set: key('z') });
    const context = await createFilledCompany({ charges, rules: RULES });
    const { store, actor } = context;
    await store.replaceCharges(batchOf([old]));
    await reallocate(context);
    const august = month('2026-08');
    await store.softCloseMonth({ month: august, actor, atMs: 1 });
    await store.lockMonth({ month: august, actor, atMs: 1, override: null });
    const proofs = await store.listProofs(august);
    await changeRules(context, EDITED);
    expect(revisions(context)).toBe(4);
    await changeRules(context, ruleset({ team: [is('z', 'Search')] }));
    expect(revisions(context)).toBe(7);
    expect(await store.listProofs(august)).toEqual(proofs);
    expect(await store.listStaleMonths()).toEqual([]);
    expect(await store.listAdjustments(august)).toMatchObject([{ target: null }, { target: 'Search' }]);
  });

  it.each<[string, Ruleset]>([
    ['a dimension is new', { ...EDITED, dimensions: [...EDITED.dimensions, { id: 'squad', rules: [] }] }],
    [
      'money is divided',
      ruleset({
        team: [
          rule(
            'is-a',
            { attribute: 'apiKeyName', is: 'a' },
            { split: { method: 'even', among: ['X', 'Y'] } },
          ),
        ],
      }),
    ],
  ])('works out everything where %s', async (_, rules) => {
    const context = await createFilledCompany({ charges, rules: RULES });
    await changeRules(context, rules);
    expect(revisions(context)).toBe(0);
    const naive = await allocateAllNaively(context);
    expect((await stored(context)).pieces).toEqual(
      new Map([...naive].map(([each, all]) => [each, sorted(all)])),
    );
  });
});

describe('a split by head count', () => {
  const people = [person('ana'), person('bo'), person('cy')];
  const memberships = [
    member('ana', 'Search', '2026-01-01', { costCentre: 'CC-100' }),
    member('bo', 'Search', '2026-01-01', { costCentre: 'CC-110' }),
    member('cy', 'Search', '2026-01-01', { costCentre: 'CC-110' }),
  ];
  const heads = (id: string) =>
    rule(id, { attribute: 'model', exists: true }, { split: { method: 'measure', measure: 'headcount' } });

  it('counts heads of cost centres in the dimension of cost centres, of teams in that of teams', async () => {
    const context = await createFilledCompany({
      charges: [chargeOf('2026-10-05', '9')],
      rules: ruleset({ team: [heads('t')], 'cost-centre': [heads('c')], product: [heads('p')] }),
      data: directoryData({ people, memberships }),
    });
    const by = async (dimension: string) => {
      const range = { from: day('2026-10-01'), to: day('2026-11-01') };
      const { rows } = await context.store.querySpend({ by: [dimension], range, where: [], currency: 'USD' });
      return rows.map(({ values, cost }) => `${values[0]} ${formatNanos(cost)}`);
    };
    expect(await by('team')).toEqual(['Search 9']);
    expect(await by('cost-centre')).toEqual(['CC-110 6', 'CC-100 3']);
    expect(await by('product')).toEqual(['Unallocated 9']);
    expect((await lintRules(context)).map(({ sentence }) => sentence)).toContain(
      'product: "p" splits by head count, but people belong to none of the owners of product; import a measure by product and split by that.',
    );
    await context.store.close();
  });
});
