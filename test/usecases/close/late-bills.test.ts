import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AllocationPiece, MonthSet, SetMoney } from '../../../src/core/allocation/allocation.js';
import { formatNanos } from '../../../src/core/base/money.js';
import { addDays, type Month, monthOf } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { anyDirectoryData } from '../../support/arbitrary/rules.js';
import { anyDirectSplits } from '../../support/arbitrary/splits.js';
import { batchOf, billOf, chargeOf, day, daysScope, month, setOf } from '../../support/build/charges.js';
import { rule, ruleset } from '../../support/build/rules.js';
import { createFilledCompany } from '../../support/company/filled.js';
import type { TestContext } from '../../support/context.js';

const [SEP, OCT, NOV] = ['2026-09', '2026-10', '2026-11'].map(month) as [Month, Month, Month];
const ALL = daysScope('2026-09-01', '2026-12-01');
const ANA = { kind: 'slack', userId: 'U1', name: 'Ana' } as const;
const BEN = { kind: 'slack', userId: 'U2', name: 'Ben' } as const;
const CEM = { kind: 'slack', userId: 'U3', name: 'Cem' } as const;

const EMAILS = ['ana', 'bo', undefined].map((name) => name && `${name}@larkspur.test`);
const SETS = EMAILS.flatMap((email, i) =>
  ['ci-1', 'gpt-6', undefined].map((apiKeyName, j) =>
    setOf(
      { email, apiKeyName, apiKeyId: `key-${(i + j) % 4}`, model: j === 1 ? 'claude' : undefined },
      i === j ? { env: 'a' } : {},
    ),
  ),
);

const charge = fc
  .record({
    set: fc.constantFrom(...SETS),
    offset: fc.nat(75),
    nanos: fc.bigInt({ min: -3_000_000_000n, max: 9_000_000_000n }),
    currency: fc.constantFrom('USD', 'USD', 'EUR'),
    isOpenBill: fc.boolean(),
  })
  .map(({ set, offset, nanos, currency, isOpenBill }): Charge => {
    const on = addDays(day('2026-09-10'), offset);
    const bill = billOf(isOpenBill ? NOV : monthOf(on), { billingCurrency: currency });
    const costs = { billedCost: nanos, effectiveCost: nanos, listCost: nanos + 5n, contractedCost: nanos };
    return { ...chargeOf(on, '1', { set, bill }), ...costs };
  });

type Step =
  | { readonly kind: 'add'; readonly charges: readonly Charge[] }
  | { readonly kind: 'vanish' | 'restate'; readonly at: number; readonly nanos: bigint }
  | { readonly kind: 'lock' | 'unlock' | 'reallocate' }
  | { readonly kind: 'people'; readonly data: DirectoryData }
  | { readonly kind: 'measure'; readonly on: number; readonly label: string; readonly amount: bigint };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      charges: fc.array(charge, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('vanish' as const, 'restate' as const),
      at: fc.nat(),
      nanos: fc.bigInt({ min: -4_000_000_000n, max: 4_000_000_000n }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lock' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('unlock' as const, 'reallocate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('people' as const), data: anyDirectoryData }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('measure' as const),
      on: fc.nat(75),
      label: fc.constantFrom('Search', 'IT'),
      amount: fc.bigInt({ min: 0n, max: 50n }),
    }),
  },
);

/** Takes a step in a ledger whose months are locked, or in its twin that knows no locks. */
async function take(
  context: TestContext,
  step: Step,
  charges: readonly Charge[],
  locks: boolean,
): Promise<void> {
  const { store } = context;
  const atMs = context.testClock.now();
  context.testClock.advance(1000);
  if (step.kind === 'add' || step.kind === 'vanish' || step.kind === 'restate')
    await store.replaceCharges(batchOf(charges, { scope: ALL }));
  else if (step.kind === 'people') {
    const { people, memberships } = step.data;
    await store.importPeople({ people, memberships, teams: [], actor: ANA, atMs });
  } else if (step.kind === 'measure') {
    const { label, amount } = step;
    const date = addDays(day('2026-09-10'), step.on);
    await store.putMeasures({ rows: [{ measure: 'requests', label, date, amount }], actor: ANA, atMs });
  } else if (step.kind === 'reallocate') await reallocate(context);
  else if (locks && step.kind === 'lock') await lock(context);
  else if (locks && step.kind === 'unlock') {
    const last = await store.closedThrough();
    if (last === null) return;
    await store.requestUnlock({ month: last, actor: BEN, atMs, reason: 'Late' });
    await store.confirmUnlock({ month: last, actor: CEM, atMs });
  }
}

async function lock(context: TestContext): Promise<void> {
  const { store } = context;
  const last = await store.closedThrough();
  const charged = await store.listMonths();
  const next = [SEP, OCT].find((each) => (last === null || each > last) && charged.includes(each));
  if (next === undefined) return;
  await reallocate(context);
  if ((await store.findMonthRecord(next)).stage === 'open')
    await store.softCloseMonth({ month: next, actor: ANA, atMs: 1 });
  await store.lockMonth({ month: next, actor: ANA, atMs: 2, override: null });
}

/** Effective and billed cost by dimension, real month, currency and owner, and how many cells were divided. */
async function owners(context: TestContext) {
  const { store } = context;
  const sums = new Map<string, bigint>();
  let cells = 0n;
  const add = (
    key: readonly unknown[],
    { effectiveCost, billedCost }: Pick<SetMoney, 'effectiveCost' | 'billedCost'>,
  ) => {
    for (const [cost, amount] of [
      ['effective', effectiveCost],
      ['billed', billedCost],
    ] as const) {
      const text = JSON.stringify([...key, cost]);
      sums.set(text, (sums.get(text) ?? 0n) + amount);
    }
  };
  for (const each of await store.listMonths()) {
    const sets = new Map((await store.listMonthSets(each)).map((set) => [set.setId, set]));
    const realMonth = (setId: number) => monthOf(sets.get(setId)?.priorDay ?? day(`${each}-01`));
    const money = await store.listMonthMoney(each);
    for (const piece of await store.listAllocations(each))
      for (const { target, cell } of ownedBy(piece, money)) {
        if (piece.split !== undefined) cells += 1n;
        add([piece.dimension, realMonth(piece.setId), cell.currency, target], cell);
      }
    for (const moved of await store.listAdjustments(each))
      add([moved.dimension, realMonth(moved.setId), moved.currency, moved.target], moved);
  }
  return { sums, cells };
}

function ownedBy(piece: AllocationPiece, money: readonly SetMoney[]) {
  if (piece.split !== undefined)
    return piece.split.flatMap(({ target, cells }) => cells.map((cell) => ({ target, cell })));
  return money
    .filter(({ setId, day: on }) => setId === piece.setId && piece.from <= on && on < piece.to)
    .map((cell) => ({ target: piece.target, cell }));
}

/** Owners of the open month's own charges: late ones must not move them. */
async function own(context: TestContext, which: Month) {
  const { store } = context;
  const sets = new Map((await store.listMonthSets(which)).map((set): [number, MonthSet] => [set.setId, set]));
  const pieces = (await store.listAllocations(which)).filter(
    ({ setId }) => sets.get(setId)?.priorDay === undefined,
  );
  return pieces
    .map(({ setId, ...piece }) => ({
      ...piece,
      set: sets.get(setId)?.set,
      split: piece.split?.map(({ cells, ...part }) => ({
        ...part,
        cells: cells.map(({ day: on, currency, effectiveCost }) => `${on} ${currency} ${effectiveCost}`),
      })),
    }))
    .map((piece) => JSON.stringify(piece))
    .toSorted();
}

function after(charges: readonly Charge[], step: Step): readonly Charge[] {
  if (step.kind === 'add') return [...charges, ...step.charges];
  if (step.kind !== 'vanish' && step.kind !== 'restate') return charges;
  const at = charges.length === 0 ? 0 : step.at % charges.length;
  if (step.kind === 'vanish') return charges.filter((_, i) => i !== at);
  return charges.map((each, i) =>
    i === at
      ? { ...each, effectiveCost: each.effectiveCost + step.nanos, billedCost: each.billedCost + step.nanos }
      : each,
  );
}

describe('late bills of locked months', () => {
  it('leave the splits of the open month alone and follow the weights of their own', async () => {
    const owner = (name: string) => setOf({ apiKeyName: name }, { owner: name });
    const pool = setOf({ apiKeyName: 'pool' });
    const spend = { method: 'proportional', to: 'spend' } as const;
    const rules = ruleset({
      team: [
        rule('own', { attribute: 'tag:owner', exists: true }, { attribute: 'tag:owner' }),
        rule('pool', { attribute: 'apiKeyName', is: 'pool' }, { split: spend }),
      ],
    });
    const context = await createFilledCompany({ charges: [], rules });
    const charges = (late: string) => [
      chargeOf('2026-10-05', '200', { set: owner('A') }),
      chargeOf('2026-10-05', late, { set: pool }),
      chargeOf('2026-11-05', '10', { set: owner('A') }),
      chargeOf('2026-11-05', '30', { set: owner('B') }),
      chargeOf('2026-11-05', '40', { set: pool }),
    ];
    await context.store.replaceCharges(batchOf(charges('50'), { scope: ALL }));
    await lock(context);
    await context.store.replaceCharges(batchOf(charges('150'), { scope: ALL }));
    await reallocate(context);
    const spent = await context.store.querySpend({
      by: ['team'],
      range: { from: day('2026-11-01'), to: day('2026-12-01') },
      where: [],
      currency: 'USD',
    });
    expect(spent.rows.map(({ values, cost }) => [values[0], formatNanos(cost)])).toEqual([
      ['A', '120'],
      ['B', '60'],
    ]);
  });

  it('have the owners of a ledger that was never locked, to one nano for each divided cell', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDirectSplits,
        anyDirectoryData,
        fc.array(charge, { minLength: 6, maxLength: 14 }),
        fc.array(step, { minLength: 3, maxLength: 9 }),
        async (rules: Ruleset, data, first, steps) => {
          const [locked, twin] = [
            await createFilledCompany({ charges: [], rules, data }),
            await createFilledCompany({ charges: [], rules, data }),
          ];
          let charges: readonly Charge[] = first;
          const all: Step[] = [{ kind: 'add', charges: [] }, { kind: 'lock' }, ...steps];
          for (const each of all) {
            charges = after(charges, each);
            await take(locked, each, charges, true);
            await take(twin, each, charges, false);
          }
          await reallocate(locked);
          await reallocate(twin);
          const [mine, true_] = [await owners(locked), await owners(twin)];
          const tolerance = 4n * (mine.cells + true_.cells);
          for (const key of new Set([...mine.sums.keys(), ...true_.sums.keys()])) {
            const gap = (mine.sums.get(key) ?? 0n) - (true_.sums.get(key) ?? 0n);
            if (gap > tolerance || gap < -tolerance) expect({ key, gap }).toEqual({ key, gap: 0n });
          }
          expect(await own(locked, NOV)).toEqual(await own(twin, NOV));
          await locked.store.close();
          await twin.store.close();
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 25), endOnFailure: process.env['RUNS'] !== undefined },
    );
  });
});
