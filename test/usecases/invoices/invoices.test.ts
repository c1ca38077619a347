import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatNanos, parseNanos } from '../../../src/core/base/money.js';
import { describeItem } from '../../../src/core/close/checklist.js';
import type { Invoice } from '../../../src/core/invoices/invoice.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { reconcile } from '../../../src/usecases/allocation/reconcile.js';
import { checkMonth } from '../../../src/usecases/close/check-month.js';
import { acceptResidual, enterInvoices } from '../../../src/usecases/invoices/enter-invoice.js';
import { fixRates, fxEffect, overrideRate } from '../../../src/usecases/invoices/fix-rates.js';
import { listCredits } from '../../../src/usecases/invoices/prepaid-credits.js';
import { tieInvoices } from '../../../src/usecases/invoices/tie-invoices.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
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
import { invoiceOf, lineOf } from '../../support/build/invoices.js';
import { keyRule } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const OCT = month('2026-10');
const OCTOBER = { from: day('2026-10-01'), to: day('2026-11-01') };
const RATED = kindOf({ confidence: 'rated' });

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
  const team = [
    keyRule('search-prod', 'Search'),
    {
      id: 'owned',
      name: 'Named owner',
      when: { attribute: 'tag:invoice-owner', exists: true },
      allocateTo: { attribute: 'tag:invoice-owner' },
    },
  ];
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules: team }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
});
afterEach(() => context.store.close());

const pull = (charges: readonly Charge[]) =>
  context.store.replaceCharges(batchOf(charges, { scope: daysScope('2026-01-01', '2026-12-01') }));
const enter = (...invoices: readonly Invoice[]) =>
  enterInvoices(context, {
    invoices: invoices.map((each) => ({ ...each, billingAccountId: null })),
    isNew: true,
  });
const byTeam = async (currency = 'USD') => {
  const { rows } = await context.store.querySpend({ by: ['team'], range: OCTOBER, where: [], currency });
  const costs: Record<string, string> = {};
  for (const { values, cost } of rows) costs[values[0] ?? ''] = formatNanos(cost);
  return costs;
};
const estimate = (key: string, amount: string, on = '2026-10-05') =>
  chargeOf(on, amount, { kind: RATED, set: setOf({ apiKeyId: key, apiKeyName: key }) });

describe('the tie-out of an invoice', () => {
  it('shows the gateway’s difference with its cause beside the true-up that it explains', async () => {
    // The reconciliation of litellm#34801: 65,304 cached tokens were billed, the gateway counted 49,563.
    await pull([estimate('search-prod', '0.790000000')]);
    await context.store.putTieOutCauses({
      source: 'anthropic',
      billingPeriod: OCT,
      kind: 'gateway-difference',
      causes: [
        { amount: parseNanos('0.073641'), sentence: 'LiteLLM counted 49,563 cached tokens of 65,304.' },
      ],
    });
    await enter(invoiceOf([lineOf('usage', '0.863641')]));
    await reallocate(context);
    const [tieOut] = (await tieInvoices(context, { period: OCT })).tieOuts;
    expect(tieOut).toMatchObject({
      residual: 0n,
      isTied: true,
      trueUp: parseNanos('0.073641'),
      causes: [{ kind: 'gateway-difference', amount: parseNanos('0.073641') }],
    });
    expect(await byTeam()).toEqual({ Search: '0.863641' });
  });

  it('names what a residual is made of, to the nano, and is open until somebody accepts it', async () => {
    await pull([chargeOf('2026-10-05', '1000')]);
    await context.store.putTieOutCauses({
      source: 'anthropic',
      billingPeriod: OCT,
      kind: 'unpriced-usage',
      causes: [{ amount: parseNanos('300'), sentence: '2 models have no price.' }],
    });
    await enter(invoiceOf([lineOf('usage', '1400'), lineOf('tax', '19', { recoverable: true })]));
    await reallocate(context);
    const { tieOuts } = await tieInvoices(context, { period: OCT });
    expect(tieOuts[0]?.reasons.map(({ kind, amount }) => [kind, formatNanos(amount)])).toEqual([
      ['unpriced-usage', '300'],
      ['timing', '100'],
    ]);
    const open = (await checkMonth(context, { month: OCT })).items.find(({ kind }) => kind === 'invoices');
    expect(open).toMatchObject({ done: false });
    expect(open === undefined ? '' : describeItem(open)).toBe(
      'Not tied: anthropic INV-10 (400 USD apart); see /apportion invoices.',
    );
    const key = { source: 'anthropic', billingAccountId: 'org-1', invoiceId: 'INV-10' };
    await expect(acceptResidual(context, { key, residual: parseNanos('400'), reason: ' ' })).rejects.toThrow(
      /few words/,
    );
    await acceptResidual(context, { key, residual: parseNanos('400'), reason: 'priority tier' });
    await reallocate(context);
    const [invoice] = (await reconcile(context, { period: OCT })).invoices;
    expect(invoice).toMatchObject({
      invoiceTotal: '1419',
      ledger: '1419',
      allocated: '1400',
      unallocated: '19',
      residual: '0',
      tieOut: { tied: true, recoverableTax: '19', accepted: { amount: '400', reason: 'priority tier' } },
    });
    expect(await byTeam()).toEqual({ Search: '1400', Unallocated: '0' });
  });

  it('refuses a number that is there already, and an account that cannot be known', async () => {
    const other = billOf(OCT, { billingAccountId: 'org-2' });
    await pull([chargeOf('2026-10-05', '1'), chargeOf('2026-10-06', '1', { bill: other })]);
    await expect(enter(invoiceOf([lineOf('usage', '2')]))).rejects.toThrow(
      /2 billing accounts in 2026-10: name one of/,
    );
    await pull([chargeOf('2026-10-05', '1')]);
    await enter(invoiceOf([lineOf('usage', '2')]));
    await expect(enter(invoiceOf([lineOf('usage', '3')]))).rejects.toThrow(
      /INV-10 of anthropic is there already/,
    );
    expect(await context.store.listInvoices(null)).toHaveLength(1);
  });
});

describe('prepaid credits', () => {
  it('expire as an expense of the named owner in the month of expiry, once, and follow late usage', async () => {
    context = {
      ...context,
      company: { ...context.company, credits: { owner: 'Platform', promotional: 'owner' } },
    };
    await pull([chargeOf('2026-09-05', '60')]);
    const purchase = lineOf('purchase', '100', {
      creditKind: 'prepaid',
      from: day('2026-09-01'),
      to: day('2026-09-02'),
      expiresOn: day('2026-10-20'),
    });
    await enter(invoiceOf([purchase], { invoiceId: 'P-1', billingPeriod: month('2026-09') }));
    await reallocate(context);
    expect(await byTeam()).toEqual({ Platform: '40' });
    await reallocate(context);
    expect(await context.store.listStaleMonths()).toEqual([]);
    await pull([chargeOf('2026-09-05', '60'), chargeOf('2026-09-06', '15')]);
    await reallocate(context);
    expect(await byTeam()).toEqual({ Platform: '25' });
    const [account] = await listCredits(context);
    expect([account?.balance, account?.uncovered]).toEqual([0n, 0n]);
    const totals = await context.store.listInvoiceTotals(OCT);
    expect(totals.map(({ billed }) => billed)).toEqual([0n]);
  });
});

describe('money in another currency', () => {
  const euros = (amount: string, key = 'search-prod') =>
    chargeOf('2026-10-05', amount, {
      set: setOf({ apiKeyId: key, apiKeyName: key }),
      bill: billOf(OCT, { billingCurrency: 'EUR' }),
    });
  const rate = (text: string, on = '2026-10') => {
    return { month: month(on), from: 'EUR', to: 'USD', rate: text, source: 'ECB', date: day('2026-10-01') };
  };

  it('joins the answer at the rate of its month, conserves the total, and is named where there is none', async () => {
    await pull([euros('10'), euros('0.000000001', 'stray'), chargeOf('2026-10-06', '5')]);
    await reallocate(context);
    const ask = () => context.store.querySpend({ by: ['team'], range: OCTOBER, where: [], currency: 'USD' });
    expect(await ask()).toMatchObject({
      total: parseNanos('5'),
      otherCurrencies: [{ currency: 'EUR', total: parseNanos('10.000000001') }],
    });
    await fixRates(context, [rate('1.0832')]);
    const answer = await ask();
    expect(answer.otherCurrencies).toEqual([]);
    expect(answer.total).toBe(parseNanos('5') + parseNanos('10.832000001'));
    expect(await byTeam()).toEqual({ Search: '15.832', Unallocated: '0.000000001' });
    expect(answer.converted).toMatchObject([{ month: '2026-10', rate: { rate: '1.0832', source: 'ECB' } }]);
    expect(
      (await context.store.querySpend({ by: [], range: OCTOBER, where: [], currency: 'EUR' }))
        .otherCurrencies,
    ).toEqual([{ currency: 'USD', total: parseNanos('5') }]);
  });

  it('keeps a rate for ever, takes the same again, and refuses another, also under an override that overlaps', async () => {
    await fixRates(context, [rate('1.0832')]);
    expect(await fixRates(context, [rate('1.08320')])).toEqual({ rates: 1, added: 0 });
    await expect(fixRates(context, [rate('1.2', '2026-11'), rate('1.09')])).rejects.toThrow(/never changes/);
    expect((await context.store.listFxRates()).rates).toHaveLength(1);
    const { month: _month, ...agreed } = rate('1.1');
    await overrideRate(context, { ...agreed, fromMonth: OCT, toMonth: null });
    const late = { ...agreed, fromMonth: month('2026-12'), toMonth: null };
    await expect(overrideRate(context, late)).rejects.toThrow(/valid in some of these months/);
  });

  it('tells the FX effect apart, and a locked month keeps its rates', async () => {
    await pull([euros('10')]);
    await fixRates(context, [rate('1.1'), rate('1', '2026-09')]);
    await reallocate(context);
    expect(await fxEffect(context, { month: OCT })).toMatchObject([
      { from: 'EUR', cost: parseNanos('11'), atPreviousRate: parseNanos('10'), effect: parseNanos('1') },
    ]);
    await context.store.softCloseMonth({ month: OCT, actor: context.actor, atMs: 1 });
    await context.store.lockMonth({ month: OCT, actor: context.actor, atMs: 2, override: null });
    expect((await context.store.findMonthRecord(OCT)).lock?.fx).toMatchObject([{ from: 'EUR', rate: '1.1' }]);
    const { month: _month, ...agreed } = rate('1.5');
    await expect(overrideRate(context, { ...agreed, fromMonth: OCT, toMonth: null })).rejects.toThrow(
      /2026-10 is locked/,
    );
    await expect(fixRates(context, [{ ...rate('7'), from: 'GBP' }])).rejects.toThrow(/2026-10 is locked/);
    expect(await byTeam()).toEqual({ Search: '11' });
  });
});
