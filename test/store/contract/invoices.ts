import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatNanos, parseNanos, sumNanos } from '../../../src/core/base/money.js';
import type { Invoice } from '../../../src/core/invoices/invoice.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { Store } from '../../../src/store/store.js';
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
import { ANA, settle } from './support.js';

const OCT = month('2026-10');
const AUTUMN = daysScope('2026-09-01', '2026-12-01');
const RATED = kindOf({ confidence: 'rated' });

/** Search 60, Ads 30 over two days, by our own reckoning. */
const ESTIMATED: readonly Charge[] = [
  chargeOf('2026-10-05', '60', { kind: RATED }),
  chargeOf('2026-10-06', '20', { kind: RATED, set: setOf({ apiKeyId: 'ads' }) }),
  chargeOf('2026-10-07', '10', { kind: RATED, set: setOf({ apiKeyId: 'ads' }) }),
];
const BILLED: readonly Charge[] = ESTIMATED.map((charge) => ({ ...charge, kind: kindOf() }));

/** What every store of invoices promises; `open` gives a fresh, empty store. */
export function invoiceStoreContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const pull = (charges: readonly Charge[]) => store.replaceCharges(batchOf(charges, { scope: AUTUMN }));
  const put = (...invoices: Invoice[]) => store.putInvoices({ invoices, actor: ANA, atMs: 5_000 });
  const close = async (which = OCT) => {
    await settle(store);
    await store.softCloseMonth({ month: which, actor: ANA, atMs: 1 });
    await store.lockMonth({ month: which, actor: ANA, atMs: 2, override: null });
  };
  /** Billed and effective cost of a billing period by invoice. */
  const totals = async (which = OCT) => {
    const rows = await store.listInvoiceTotals(which);
    return Object.fromEntries(
      rows.map(({ invoiceId, billed, effective }) => [
        invoiceId ?? 'none',
        `${formatNanos(billed)} / ${formatNanos(effective)}`,
      ]),
    );
  };
  const byDay = async () => {
    const cells = await store.listSetDays({ from: day('2026-10-01'), to: day('2026-12-01') });
    const sums: Record<string, bigint> = {};
    for (const cell of cells) sums[cell.day] = (sums[cell.day] ?? 0n) + cell.effectiveCost;
    return Object.fromEntries(Object.entries(sums).map(([on, sum]) => [on, formatNanos(sum)]));
  };
  const residuals = async (which = OCT) =>
    Object.fromEntries(
      (await store.listInvoiceFigures(which)).map(({ invoice, ledger }) => [
        invoice.invoiceId,
        formatNanos(invoice.payable - ledger),
      ]),
    );

  describe('an invoice on an estimate', () => {
    it('brings each set and day up by its share, so that the billed cost is what is payable', async () => {
      await pull(ESTIMATED);
      await put(invoiceOf([lineOf('usage', '99')]));
      expect(await totals()).toEqual({ 'INV-10': '99 / 99' });
      expect(await byDay()).toEqual({ '2026-10-05': '66', '2026-10-06': '22', '2026-10-07': '11' });
    });

    it('gives the same ledger whether the feed or the invoice came first, once or twice', async () => {
      const invoice = invoiceOf([lineOf('usage', '99'), lineOf('tax', '0.000000007')]);
      await pull(ESTIMATED);
      await put(invoice);
      const first = await store.monthFingerprint(OCT);
      const byOwnWords = [await totals(), await byDay(), await residuals()];
      await settle(store);
      expect(await pull(ESTIMATED)).toMatchObject({ unchanged: true, staleMonths: [] });
      expect(await put(invoice)).toEqual({ changed: 0, staleMonths: [] });
      expect(await store.monthFingerprint(OCT)).toBe(first);
      expect(await store.listStaleMonths()).toEqual([]);

      const other = await open();
      await other.putInvoices({ invoices: [invoice, invoice], actor: ANA, atMs: 1 });
      for (let time = 0; time < 2; time += 1)
        await other.replaceCharges(batchOf(ESTIMATED, { scope: AUTUMN }));
      [store] = [other, await store.close()];
      expect([await totals(), await byDay(), await residuals()]).toEqual(byOwnWords);
    });

    it('follows a new version and a restated feed, and never adds up twice', async () => {
      await pull(ESTIMATED);
      await put(invoiceOf([lineOf('usage', '99')]));
      await put(invoiceOf([lineOf('usage', '45')]));
      expect(await byDay()).toEqual({ '2026-10-05': '30', '2026-10-06': '10', '2026-10-07': '5' });
      await pull(ESTIMATED.slice(0, 2));
      expect(await totals()).toEqual({ 'INV-10': '45 / 45' });
      expect(await byDay()).toEqual({ '2026-10-05': '33.75', '2026-10-06': '11.25' });
      const versions = await store.listInvoiceVersions(invoiceOf([]));
      expect(versions.map(({ version, payable }) => [version, formatNanos(payable)])).toEqual([
        [1, '99'],
        [2, '45'],
      ]);
    });
  });

  describe('an invoice on the vendor’s own bill', () => {
    it('names the charges and books nothing; the difference stays a residual until somebody accepts it', async () => {
      await pull(BILLED);
      await put(invoiceOf([lineOf('usage', '90.3')]));
      expect(await totals()).toEqual({ 'INV-10': '90 / 90' });
      expect(await residuals()).toEqual({ 'INV-10': '0.3' });
      const key = invoiceOf([]);
      const step = { key, reason: 'token fee', actor: ANA, atMs: 9 };
      await expect(store.acceptResidual({ ...step, residual: 1n })).rejects.toMatchObject({
        code: 'conflict',
      });
      await store.acceptResidual({ ...step, residual: parseNanos('0.3') });
      expect(await totals()).toEqual({ 'INV-10': '90.3 / 90.3' });
      expect(await residuals()).toEqual({ 'INV-10': '0' });
      expect(await store.listAudit(1)).toMatchObject([{ action: 'invoice.accept-residual' }]);
      await expect(store.acceptResidual({ ...step, residual: 0n })).rejects.toMatchObject({
        code: 'conflict',
      });
    });

    it('adds what only the invoice knows under its own category', async () => {
      await pull(BILLED);
      await put(
        invoiceOf([
          lineOf('usage', '90'),
          lineOf('seat', '62', { email: 'ana@larkspur.test' }),
          lineOf('tax', '9', { recoverable: false }),
          lineOf('tax', '19', { recoverable: true }),
          lineOf('credit', '-30', { creditKind: 'prepaid' }),
          lineOf('credit', '-9', { creditKind: 'promotional' }),
          lineOf('purchase', '500', { creditKind: 'prepaid' }),
          lineOf('fee', '0.9'),
        ]),
      );
      expect(await totals()).toEqual({ 'INV-10': '641.9 / 152.9' });
      expect(await residuals()).toEqual({ 'INV-10': '0' });
      const { rows } = await store.querySpend({
        by: ['person'],
        range: { from: day('2026-10-01'), to: day('2026-11-01') },
        where: [],
        currency: 'USD',
      });
      expect(rows.map(({ values, cost }) => [values[0], formatNanos(cost)])).toEqual([
        ['(none)', '90.9'],
        ['ana@larkspur.test', '62'],
      ]);
    });

    it('keeps a credit note as an invoice of its own, whose usage the feed holds already', async () => {
      await pull(BILLED);
      const note = { invoiceId: 'CN-1', corrects: 'INV-10' };
      await put(invoiceOf([lineOf('usage', '100')]), invoiceOf([lineOf('usage', '-10')], note));
      expect(await totals()).toEqual({ 'INV-10': '100 / 90', 'CN-1': '-10 / 0' });
      expect(await residuals()).toEqual({ 'INV-10': '0', 'CN-1': '0' });
    });
  });

  describe('an invoice of a locked month', () => {
    it('leaves the month bit-identical and is posted, once, in the first open one', async () => {
      await pull([...ESTIMATED, chargeOf('2026-11-03', '5')]);
      await close();
      const before = await store.monthFingerprint(OCT);
      const invoice = invoiceOf([lineOf('usage', '99'), lineOf('tax', '9.9')]);
      expect(await put(invoice)).toEqual({ changed: 1, staleMonths: ['2026-11'] });
      expect(await store.monthFingerprint(OCT)).toBe(before);
      expect(await byDay()).toMatchObject({ '2026-11-01': '18.9', '2026-11-03': '5' });
      expect(await residuals()).toEqual({ 'INV-10': '0' });
      await settle(store);
      expect(await pull([...ESTIMATED, chargeOf('2026-11-03', '5')])).toMatchObject({ unchanged: true });
      expect(await put(invoice)).toMatchObject({ changed: 0, staleMonths: [] });
    });

    it('still is what was paid when the vendor restates the month after its lock', async () => {
      await pull([...ESTIMATED, chargeOf('2026-11-03', '5')]);
      await put(invoiceOf([lineOf('usage', '99')]));
      await close();
      const before = await store.monthFingerprint(OCT);
      await pull([...ESTIMATED.slice(0, 2), chargeOf('2026-11-03', '5')]);
      expect(await store.monthFingerprint(OCT)).toBe(before);
      expect(await residuals()).toEqual({ 'INV-10': '0' });
      const cells = await store.listSetDays({ from: day('2026-10-01'), to: day('2026-12-01') });
      expect(sumNanos(cells.map(({ effectiveCost }) => effectiveCost))).toBe(parseNanos('104'));
    });

    it('corrects a version of before by its difference', async () => {
      await pull([...ESTIMATED, chargeOf('2026-11-03', '5')]);
      await put(invoiceOf([lineOf('usage', '99')]));
      await close();
      await put(invoiceOf([lineOf('usage', '96')]));
      expect(await byDay()).toMatchObject({ '2026-10-05': '66', '2026-11-01': '-3' });
      expect(await residuals()).toEqual({ 'INV-10': '0' });
    });
  });

  it('refuses an invoice that does not hold together, or that would move, and keeps nothing of the batch', async () => {
    const good = invoiceOf([lineOf('usage', '1')]);
    const wrong = invoiceOf([lineOf('usage', '2')], { invoiceId: 'INV-11', payable: 1n });
    await expect(put(good, wrong)).rejects.toThrow(
      /INV-11: its lines add up to 2 USD, but 0.000000001 is payable/,
    );
    expect(await store.listInvoices(null)).toEqual([]);
    await put(good);
    const moved = invoiceOf([lineOf('usage', '1')], { billingPeriod: month('2026-09') });
    await expect(put(moved)).rejects.toThrow(/enter a credit note and a new invoice/);
    expect((await store.listInvoices(OCT)).map(({ version }) => version)).toEqual([1]);
  });

  it('keeps each invoice at what is payable and a locked month as it was, in whatever order things happen', async () => {
    const inCents = (cents: number) => formatNanos(BigInt(cents) * 10_000_000n);
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 2, maxLength: 8 }), async (steps) => {
        const fresh = await open();
        const batch = (cents: readonly number[]) => [
          chargeOf('2026-10-01', '1', { kind: RATED }),
          ...cents.map((each, index) =>
            chargeOf(`2026-10-0${index + 2}`, inCents(each), {
              kind: RATED,
              set: setOf({ apiKeyId: `k${index % 2}` }),
            }),
          ),
          chargeOf('2026-11-03', '5'),
        ];
        await fresh.replaceCharges(batchOf(batch([100]), { scope: AUTUMN }));
        let locked: string | null = null;
        for (const step of steps) {
          if (step.do === 'pull') await fresh.replaceCharges(batchOf(batch(step.cents), { scope: AUTUMN }));
          else if (step.do === 'invoice') {
            const sign = step.id === 'CN-1' ? '-' : '';
            const lines = [
              lineOf('usage', `${sign}${inCents(step.usage)}`),
              lineOf('tax', `${sign}${inCents(step.tax)}`),
            ];
            const changes = { invoiceId: step.id, corrects: step.id === 'CN-1' ? 'INV-10' : null };
            await fresh.putInvoices({ invoices: [invoiceOf(lines, changes)], actor: ANA, atMs: 1 });
          } else if (locked === null) {
            await settle(fresh);
            await fresh.softCloseMonth({ month: OCT, actor: ANA, atMs: 1 });
            await fresh.lockMonth({ month: OCT, actor: ANA, atMs: 2, override: null });
            locked = await fresh.monthFingerprint(OCT);
          }
        }
        const figures = await fresh.listInvoiceFigures(OCT);
        const now = await fresh.monthFingerprint(OCT);
        const all = { from: day('2026-10-01'), to: day('2027-01-01') };
        const { total } = await fresh.querySpend({ by: [], range: all, where: [], currency: 'USD' });
        await fresh.close();
        if (locked !== null) expect(now).toBe(locked);
        for (const { invoice, ledger } of figures)
          expect([invoice.invoiceId, ledger]).toEqual([invoice.invoiceId, invoice.payable]);
        // What owners see is what is paid, wherever it is posted, as soon as there is an invoice of the usage.
        if (figures.some(({ invoice }) => invoice.corrects === null)) {
          const paid = sumNanos(figures.map(({ invoice }) => invoice.payable));
          expect(total).toBe(paid + parseNanos('5'));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('bills per invoice exactly what is payable, whatever stands on it and whatever the feed says', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ lines, charges, invoiceFirst }) => {
        const fresh = await open();
        const invoice = invoiceOf(lines);
        const enter = () => fresh.putInvoices({ invoices: [invoice], actor: ANA, atMs: 1 });
        if (invoiceFirst) await enter();
        await fresh.replaceCharges(batchOf(charges, { scope: AUTUMN }));
        await enter();
        const [figures] = await fresh.listInvoiceFigures(OCT);
        const sums = await fresh.listInvoiceTotals(OCT);
        await fresh.close();
        expect(figures?.ledger).toBe(invoice.payable);
        expect(sumNanos(sums.map(({ billed }) => billed))).toBe(invoice.payable);
      }),
      { numRuns: 30 },
    );
  });
}

/** What happens to October and November in some order; amounts in cents. */
const anyStep = fc.oneof(
  fc.record({
    do: fc.constant('pull' as const),
    cents: fc.array(fc.integer({ min: -5_000, max: 50_000 }), { maxLength: 4 }),
  }),
  fc.record({
    do: fc.constant('invoice' as const),
    id: fc.constantFrom('INV-10', 'INV-11', 'CN-1'),
    usage: fc.integer({ min: 0, max: 90_000 }),
    tax: fc.integer({ min: 0, max: 9_000 }),
  }),
  fc.record({ do: fc.constant('lock' as const) }),
);

const amount = fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n });
const anyLine = fc
  .tuple(
    fc.constantFrom('usage', 'seat', 'tax', 'fee', 'rounding', 'credit', 'purchase'),
    amount,
    fc.boolean(),
  )
  .map(([kind, nanos, flag]) => {
    const magnitude = nanos < 0n ? -nanos : nanos;
    const signed = kind === 'credit' ? -magnitude : kind === 'purchase' ? magnitude : nanos;
    const kinds =
      kind === 'credit' || kind === 'purchase'
        ? ({ creditKind: flag ? 'prepaid' : 'promotional' } as const)
        : {};
    return lineOf(kind, formatNanos(signed), kind === 'tax' ? { recoverable: flag } : kinds);
  });
/** A feed of estimates: what it holds of usage is trued up, so that no residual is left. */
const anyCase = fc.record({
  lines: fc.array(anyLine, { minLength: 1, maxLength: 6 }).map((lines) => [lineOf('usage', '1'), ...lines]),
  charges: fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 31 }), fc.constantFrom('a', 'b', 'c'), amount)
      .map(([on, key, nanos]) =>
        chargeOf(`2026-10-${String(on).padStart(2, '0')}`, formatNanos(nanos), {
          kind: RATED,
          set: setOf({ apiKeyId: key }),
          bill: billOf(OCT),
        }),
      ),
    { maxLength: 8 },
  ),
  invoiceFirst: fc.boolean(),
});
