import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MonthSet, SetMoney } from '../../../src/core/allocation/allocation.js';
import { formatNanos } from '../../../src/core/base/money.js';
import { addDays, monthOf } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { narrowed } from '../../../src/core/lineage/figure.js';
import type { SpendFigure } from '../../../src/core/lineage/lineage.js';
import { howWords } from '../../../src/core/lineage/words.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import type { Context } from '../../../src/usecases/context.js';
import { explainNumber } from '../../../src/usecases/explain/explain-number.js';
import { anyDirectoryData } from '../../support/arbitrary/rules.js';
import { anySplitMonth, anySplitRuleset } from '../../support/arbitrary/splits.js';
import {
  batchOf,
  billOf,
  chargeOf,
  day,
  daysScope,
  kindOf,
  month,
  setOf,
} from '../../support/build/charges.js';
import { directoryData, link, member, person } from '../../support/build/directory.js';
import { leaksOf } from '../../support/build/lineage.js';
import { rule, ruleset } from '../../support/build/rules.js';
import { createTestContext } from '../../support/context.js';

const OCT = month('2026-10');
const AUTUMN = { from: day('2026-09-15'), to: day('2026-11-15') };
const actor = { kind: 'system', name: 'test' } as const;

type SplitMonth = { readonly sets: readonly MonthSet[]; readonly money: readonly SetMoney[] };

const KINDS = [
  kindOf(),
  kindOf({ confidence: 'estimated' }),
  kindOf({ chargeClass: 'Correction', confidence: 'spread' }),
];
const CATEGORIES = ['Usage', 'Credit', 'Adjustment'];

/** Each cell as two charges of different kinds, so that parts must be divided among them. */
function chargesOf({ sets, money }: SplitMonth, factor = 1n): Charge[] {
  return money.flatMap(({ setId, day: chargeDay, billId, currency, effectiveCost, billedCost }, index) => {
    const found = sets.find((each) => each.setId === setId)?.set ?? { attributes: {}, tags: {} };
    const chargeCategory = CATEGORIES[setId % 3] ?? 'Usage';
    const set = { ...found, attributes: { ...found.attributes, source: 'anthropic', chargeCategory } };
    const bill = billOf(monthOf(chargeDay), {
      billingCurrency: currency,
      invoiceId: billId === 1 ? 'INV' : null,
    });
    const piece = effectiveCost / 3n;
    return [piece, (effectiveCost - piece) * factor].map((cost, part) => ({
      set,
      kind: KINDS[(index + part) % 3] ?? kindOf(),
      bill,
      chargeDay,
      consumedQuantity: 10,
      pricingQuantity: null,
      effectiveCost: cost,
      billedCost,
      listCost: cost,
      contractedCost: cost,
    }));
  });
}

async function setUp(context: Context, data: DirectoryData, rules: Ruleset): Promise<void> {
  const { store } = context;
  await store.importPeople({ ...data, actor, atMs: 1 });
  for (const link of data.links) await store.putLink(link, actor, 2);
  await commit(context, rules);
}

async function commit({ store }: Context, rules: Ruleset): Promise<void> {
  const { version } = await store.currentRuleset();
  await store.commitRuleset({
    baseVersion: version.number,
    ruleset: rules,
    actor,
    note: null,
    atMs: 3,
    draftId: null,
    notices: [],
  });
}

async function pull({ store }: Context, charges: readonly Charge[]): Promise<void> {
  await store.replaceCharges(batchOf(charges, { scope: daysScope('2026-09-01', '2027-01-01') }));
}

/** Every figure that a report over the range could show in some dimensions. */
async function figuresOf({ store }: Context, dimension: string): Promise<readonly SpendFigure[]> {
  const figure: SpendFigure = { dimension, where: [], range: AUTUMN, currency: 'USD' };
  const figures = [figure];
  for (const key of ['team', 'product', 'confidence', 'model', 'day']) {
    const { rows } = await store.querySpend({ ...figure, by: [dimension, key] });
    for (const { values } of rows.slice(0, 6)) {
      const [owner = '', value = ''] = values;
      const owned = narrowed(figure, dimension, owner);
      figures.push(owned, narrowed(owned, key, value), narrowed(figure, key, value));
    }
  }
  return figures;
}

/** Where any figure and its leaves differ; a lineage that is not its figure is refused by itself. */
async function leaksEverywhere(context: Context): Promise<readonly string[]> {
  const leaks: string[] = [];
  for (const dimension of ['team', 'product', 'feature'])
    for (const figure of await figuresOf(context, dimension)) {
      const found = leaksOf(await explainNumber(context, { figure, mostLines: 3 }));
      leaks.push(...found.map((leak) => `${JSON.stringify(figure.where)} by ${dimension}: ${leak}`));
    }
  return leaks;
}

describe('explaining any figure', () => {
  const amount = fc.bigInt({ min: -1_000n, max: 1_000_000n });

  it('gives leaves that add up to it at every level, for any company with splits', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySplitMonth(amount),
        anySplitRuleset,
        anyDirectoryData,
        async (facts, rules, data) => {
          const context = await createTestContext();
          await setUp(context, data, rules);
          await pull(context, chargesOf(facts));
          await reallocate(context);
          expect(await leaksEverywhere(context)).toEqual([]);
          await context.store.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('holds for what was posted after a month was locked: prior-period lines and moves between owners', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySplitMonth(amount).filter(({ money }) => money.length > 0),
        fc.tuple(anySplitRuleset, anySplitRuleset),
        anyDirectoryData,
        async (facts, [before, after], data) => {
          const context = await createTestContext();
          const { store } = context;
          await setUp(context, data, before);
          const late = chargesOf(facts).map((charge) => ({
            ...charge,
            chargeDay: addDays(charge.chargeDay, 31),
            bill: billOf(monthOf(addDays(charge.chargeDay, 31)), charge.bill),
          }));
          await pull(context, [...chargesOf(facts), ...late]);
          await reallocate(context);
          await store.softCloseMonth({ month: OCT, actor, atMs: 4 });
          await store.lockMonth({ month: OCT, actor, atMs: 5, override: null });
          await commit(context, after);
          await pull(context, [...chargesOf(facts, 2n), ...late]);
          await reallocate(context);
          expect(await leaksEverywhere(context)).toEqual([]);
          await store.close();
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('the way of a charge', () => {
  it('names the link, who added it, the person and their place; what comes after a lock says so', async () => {
    const context = await createTestContext();
    const { store } = context;
    const owned = rule('owned', { attribute: 'apiKeyId', exists: true }, { owner: 'team' });
    const data = directoryData({
      people: [person('ana')],
      memberships: [member('ana', 'Search', '2026-01-01', { managerEmail: 'bo@larkspur.test' })],
      links: [link('apiKey', 'key-1', { person: 'ana@larkspur.test' })],
    });
    await setUp(context, data, ruleset({ team: [owned] }));
    const charge = (dollars: string) =>
      chargeOf('2026-10-05', dollars, { set: setOf({ apiKeyId: 'key-1' }) });
    const november = chargeOf('2026-11-02', '1', { set: setOf({ apiKeyId: 'key-1' }) });
    await pull(context, [charge('10'), november]);
    await reallocate(context);
    await store.softCloseMonth({ month: OCT, actor, atMs: 4 });
    await store.lockMonth({ month: OCT, actor, atMs: 5, override: null });
    await pull(context, [charge('12'), november]);
    await store.importPeople({
      ...data,
      memberships: [member('ana', 'Support', '2026-01-01')],
      actor,
      atMs: 6,
    });
    await reallocate(context);

    const range = { from: day('2026-11-01'), to: day('2026-12-01') };
    const figure: SpendFigure = { dimension: 'team', where: [], range, currency: 'USD' };
    const { bills } = await explainNumber(context, { figure });
    const hows = bills.flatMap((bill) => bill.rules.flatMap((each) => each.hows));
    expect(hows.map((how) => [how.nature, how.target, formatNanos(how.cost), ...howWords(how)])).toEqual([
      [
        'prior-period',
        'Support',
        '2',
        'Prior-period line. The directory names Support.',
        'Key key-1 belongs to ana@larkspur.test, from 2020-01-01 on, added by test on 1970-01-01.',
        'The person is ana (ana@larkspur.test, employee).',
        'ana@larkspur.test was in Support from 2026-01-01 on.',
      ],
      [
        'charge',
        'Support',
        '1',
        'The directory names Support.',
        'Key key-1 belongs to ana@larkspur.test, from 2020-01-01 on, added by test on 1970-01-01.',
        'The person is ana (ana@larkspur.test, employee).',
        'ana@larkspur.test was in Support from 2026-01-01 on.',
      ],
      [
        'adjustment',
        'Search',
        '-10',
        'Adjustment. A change of rules or people after 2026-10 was closed moved this money.',
      ],
      [
        'adjustment',
        'Support',
        '10',
        'Adjustment. A change of rules or people after 2026-10 was closed moved this money.',
      ],
    ]);
    expect(hows[0]?.lines[0]).toMatchObject({ day: '2026-11-01', priorDay: '2026-10-05' });
    await store.close();
  });
});
