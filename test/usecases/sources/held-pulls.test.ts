import { describe, expect, it } from 'vitest';
import { parseNanos as nanos } from '../../../src/core/base/money.js';
import { addDays, type DayRange } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { Provider, Pull } from '../../../src/providers/provider.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { acceptPull } from '../../../src/usecases/sources/accept-pull.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { listSources } from '../../../src/usecases/sources/list-sources.js';
import { chargeOf, setOf } from '../../support/build/charges.js';
import { createTestContext, type TestContext } from '../../support/context.js';
import { range } from '../../support/vendors/all.js';

const NOVEMBER = range('2026-11-01', '2026-11-18');
const KEY = 'data-quality:held:main:2026-11-18';

type Answer = Pick<Pull, 'missing' | 'differences'> & { readonly charges: readonly Charge[] };

/** A vendor whose answer can be exchanged between pulls. */
function vendor(first: Answer, changes: Partial<Provider> = {}) {
  let answer = first;
  const provider: Provider = {
    source: 'main',
    kind: 'test',
    openWindowDays: 7,
    reachDays: null,
    async pull(window: DayRange) {
      const scope = { kind: 'charge-days', ...window } as const;
      const completeThrough = addDays(window.to, -2);
      return { scope, raw: [], identities: [], completeThrough, remarks: [], ...answer };
    },
    ...changes,
  };
  return {
    provider,
    says: (next: Answer) => {
      answer = next;
    },
  };
}

const on = (day: string, amount: string): Charge =>
  chargeOf(day, amount, { set: setOf({ serviceProviderName: 'Vendor', source: 'main' }) });

async function setUp(first: Answer, changes: Partial<Provider> = {}) {
  const context = await createTestContext({ now: '2026-11-18' });
  const { provider, says } = vendor(first, changes);
  const configured = { ...context, providers: [provider] };
  const pull = () => ingestSource(configured, provider, NOVEMBER);
  return { context: configured, says, pull };
}

async function heldIn({ store }: TestContext, currency = 'USD') {
  return (await store.querySpend({ by: ['source'], range: NOVEMBER, where: [], currency })).total;
}

const wordsOf = async ({ store }: TestContext, key = KEY) => {
  const told = await store.findNotice(key);
  return told === null ? null : JSON.stringify(noticeMessage(told.notice.body));
};

describe('a pull that may be a part of an answer', () => {
  it.each([
    ['grouped rows are empty while the control has them', '8535.99', '0', 'control'],
    ['grouped rows are halved while the control has all', '8535.99', '5289.14', 'control'],
    ['the products of Hugging Face are refused', '36.31', '29.69', 'missing'],
    ['the report of all cost is refused', '8897.58', '4293.56', 'missing'],
    ['premium requests are not there', '40.50', '0', 'missing'],
    ['a category has no cost', '134.56', '11.10', 'missing'],
    ['half of the rows are gone', '8535.99', '5289.14', 'nothing'],
    ['a category is gone', '134.56', '11.10', 'nothing'],
    ['an empty 200 is all there is', '40.50', '0', 'nothing'],
    ['an empty 200 is all there is of a few cents', '0.02', '0', 'nothing'],
  ])('changes nothing and is told once when %s', async (_, before, after, said) => {
    const { context, says, pull } = await setUp({ charges: [on('2026-11-10', before)] });
    expect(await pull()).toMatchObject({ ok: true });
    says({
      charges: after === '0' ? [] : [on('2026-11-10', after)],
      ...(said === 'missing' && { missing: [{ part: '/cost', sentence: 'V refused /cost (403).' }] }),
      ...(said === 'control' && {
        differences: [
          {
            control: 'total of V',
            period: '2026-11',
            currency: 'USD',
            stated: nanos(before),
            got: nanos(after),
          },
        ],
      }),
    });
    const report = await pull();
    expect(report).toMatchObject({ ok: false, fault: 'input', unchanged: true });
    expect(report.sentence).toContain('accept-pull main');
    expect(await heldIn(context)).toBe(nanos(before));
    expect(await context.store.listFeeds()).toMatchObject([
      { source: 'main', failingSinceMs: context.clock() },
    ]);
    await pull();
    expect((await context.store.findNotice(KEY))?.revision).toBe(1);
    expect(await wordsOf(context)).toContain('Accept this pull');
    const [status] = await listSources(context);
    expect(status?.state).toBe('failing');
    expect(status?.held?.length).toBeGreaterThan(0);
  });

  it('is held when one closed day is empty, however little it is of the month', async () => {
    const days = ['100', '100', '100', '6'].map((amount, index) => on(`2026-11-1${index}`, amount));
    const { context, says, pull } = await setUp({ charges: days });
    await pull();
    says({ charges: days.slice(0, 3) });
    expect(await pull()).toMatchObject({ ok: false });
    expect(await heldIn(context)).toBe(nanos('306'));
  });

  it('is published when a person has accepted it, and says who and what', async () => {
    const { context, says, pull } = await setUp({ charges: [on('2026-11-10', '100')] });
    await pull();
    says({ charges: [on('2026-11-10', '40')] });
    expect((await pull()).sentence).toContain('closed days of 2026-11 would fall from 100 USD to 40 USD');
    await acceptPull(context, { source: 'main' });
    expect(await pull()).toMatchObject({
      ok: true,
      remarks: ['Accepted: closed days of 2026-11 would fall from 100 USD to 40 USD.'],
    });
    expect(await heldIn(context)).toBe(nanos('40'));
    expect(await wordsOf(context)).toContain('Fin Ops says that it is right');
    expect(await wordsOf(context)).not.toContain('Accept this pull');
    await expect(acceptPull(context, { source: 'main' })).rejects.toMatchObject({ code: 'not-found' });
    expect(await pull()).toMatchObject({ ok: true, unchanged: true });
    expect(await listSources(context)).toMatchObject([{ state: 'well' }]);
  });

  it('is held again when it fell further than what was accepted', async () => {
    const { context, says, pull } = await setUp({ charges: [on('2026-11-10', '1000')] });
    await pull();
    says({ charges: [on('2026-11-10', '700')] });
    await pull();
    await acceptPull(context, { source: 'main' });
    says({ charges: [on('2026-11-10', '500')] });
    expect(await pull()).toMatchObject({ ok: false });
    expect(await heldIn(context)).toBe(nanos('1000'));
  });

  it('is over by itself when a later pull is whole', async () => {
    const { context, says, pull } = await setUp({ charges: [on('2026-11-10', '100')] });
    await pull();
    says({ charges: [] });
    await pull();
    says({ charges: [on('2026-11-10', '101')] });
    expect(await pull()).toMatchObject({ ok: true });
    expect(await heldIn(context)).toBe(nanos('101'));
    expect(await wordsOf(context)).toContain('whole again');
    expect(await context.store.findPullHold('main')).toBeNull();
  });

  it('is let through without a refused part until that part has come back', async () => {
    const refused = { part: '/cost', sentence: 'V refused /cost (404).' };
    const part: Answer = { charges: [on('2026-11-10', '7')], missing: [refused] };
    const { context, says, pull } = await setUp(part);
    expect(await pull()).toMatchObject({ ok: false });
    expect(await heldIn(context)).toBe(0n);
    await acceptPull(context, { source: 'main' });
    for (const _ of [1, 2]) expect(await pull()).toMatchObject({ ok: true });
    says({ charges: [on('2026-11-10', '9')] });
    expect(await pull()).toMatchObject({ ok: true });
    says(part);
    expect(await pull()).toMatchObject({ ok: false });
    expect(await heldIn(context)).toBe(nanos('9'));
  });

  it.each([
    ['a fall within the amount', [on('2026-11-10', '60')], [on('2026-11-10', '20')]],
    ['a fall within the share', [on('2026-11-10', '1000')], [on('2026-11-10', '801')]],
    [
      'money that only moves to another day',
      [on('2026-11-10', '500'), on('2026-11-11', '500')],
      [on('2026-11-11', '1000')],
    ],
    ['the open day', [on('2026-11-10', '1000'), on('2026-11-17', '900')], [on('2026-11-10', '1000')]],
  ])('is no matter of %s', async (_, before, after) => {
    const { context, says, pull } = await setUp({ charges: before });
    await pull();
    says({ charges: after });
    expect(await pull()).toMatchObject({ ok: true });
    expect(await context.store.findPullHold('main')).toBeNull();
  });

  it('is measured by the limits of the settings', async () => {
    const { context, says, pull } = await setUp({ charges: [on('2026-11-10', '100')] });
    const value = { amount: nanos('70'), basisPoints: 5_000 };
    const { actor, store } = context;
    await store.changeSettings({ area: 'pulls', value, base: null, actor, atMs: 1 });
    await pull();
    says({ charges: [on('2026-11-10', '31')] });
    expect(await pull()).toMatchObject({ ok: true });
    says({ charges: [on('2026-11-10', '200')] });
    await pull();
    says({ charges: [on('2026-11-10', '99')] });
    expect(await pull()).toMatchObject({ ok: false });
  });

  it('is not a file: what somebody has put there is meant', async () => {
    const { context, says, pull } = await setUp({ charges: [on('2026-11-10', '100')] }, { chunkDays: null });
    await pull();
    says({ charges: [] });
    expect(await pull()).toMatchObject({ ok: true });
    expect(await heldIn(context)).toBe(0n);
  });
});
