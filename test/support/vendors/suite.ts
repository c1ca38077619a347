import { afterEach, describe, expect, it } from 'vitest';
import { encodeJson } from '../../../src/core/base/json.js';
import { type Nanos, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type DayRange } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { HttpOptions } from '../../../src/providers/http/http.js';
import type { Provider } from '../../../src/providers/provider.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../context.js';
import { impatientHttp } from './all.js';
import { closeFakes, type FakeVendor, type Trouble } from './server.js';

/** One connector and its fake vendor, for the trials that every connector must stand. */
export interface VendorCase {
  readonly vendor: string;
  readonly secret: string;
  readonly window: DayRange;
  readonly currency?: string;
  /** Serves a fresh copy of the vendor's data; `restate` changes an amount in it, `vanish` drops a row. */
  start(trouble?: Trouble): Promise<{ fake: FakeVendor; restate(): void; vanish(): void }>;
  provider(url: string, secret: string, http: HttpOptions): Provider;
  /** What the vendor's data come to within a window, worked out apart from the connector. */
  total(window: DayRange): Nanos;
  readonly afterRestatement: Nanos;
  readonly afterVanishing: Nanos;
  /** An endpoint without whose answer there is no money. */
  readonly moneyEndpoint: RegExp;
  /** Changes the form of a field of that answer. */
  readonly deform: (text: string) => string;
}

/** Effective cost of some charges: what is allocated. */
export function effective(charges: readonly Charge[]): Nanos {
  return sumNanos(charges.map(({ effectiveCost }) => effectiveCost));
}

/** The trials, as tests of their own `describe`. */
export function describeVendor(vendorCase: VendorCase): void {
  const { vendor, window, secret, moneyEndpoint } = vendorCase;
  const setUp = async (trouble?: Trouble, key = secret) => {
    const { fake, ...change } = await vendorCase.start(trouble);
    const { http, waits } = impatientHttp();
    return { fake, change, waits, provider: vendorCase.provider(fake.url, key, http) };
  };

  describe(`${vendor} in good and bad days`, () => {
    afterEach(closeFakes);

    it('comes to the total of the vendor to the nano, and keeps no credential', async () => {
      const { fake, provider } = await setUp();
      const pull = await provider.pull(window, []);
      expect(effective(pull.charges)).toBe(vendorCase.total(window));
      expect(pull.raw).toHaveLength(fake.calls.length);
      expect(encodeJson(pull)).not.toContain(secret);
      expect(pull.scope.kind).toBe('charge-days');
    });

    it('loses nothing to 429, 5xx, half answers and garbage, and waits as long as it is asked to', async () => {
      const clean = await (await setUp()).provider.pull(window, []);
      const troubles = [
        { status: 429, headers: { 'retry-after': '7' } },
        { status: 503 },
        'cut',
        'garbage',
      ] as const;
      const { provider, waits } = await setUp(({ attempt }) => troubles[attempt - 1] ?? null);
      const pull = await provider.pull(window, []);
      expect(pull.charges).toEqual(clean.charges);
      expect(pull.remarks).toEqual(clean.remarks);
      expect(waits.filter((ms) => ms === 7000).length).toBeGreaterThan(0);
    });

    it('brings nothing at all when a later answer about money fails for good', async () => {
      let answered = 0;
      const { provider } = await setUp(({ endpoint, attempt }) =>
        moneyEndpoint.test(endpoint) && (attempt > 1 || ++answered > 1) ? { status: 500 } : null,
      );
      await expect(provider.pull(window, [])).rejects.toMatchObject({ code: 'upstream' });
    });

    it('brings nothing when a field about money has another form, and names it', async () => {
      const { provider } = await setUp(({ endpoint }) =>
        moneyEndpoint.test(endpoint) ? { edit: vendorCase.deform } : null,
      );
      await expect(provider.pull(window, [])).rejects.toThrow(/unexpected form at .+Nothing was stored/s);
    });

    it('says that the credential is refused, without any part of it', async () => {
      const { provider } = await setUp(undefined, 'WrongSecretOfLarkspur');
      const refusal = await provider.pull(window, []).catch((error: unknown) => String(error));
      expect(refusal).toMatch(/refused the credential of source/);
      expect(refusal).not.toContain('WrongSecret');
    });

    it('gives days the same charges whatever window they are pulled in', async () => {
      const { provider } = await setUp();
      const whole = await provider.pull(window, []);
      const late = { from: addDays(window.from, 1), to: window.to };
      const part = await provider.pull(late, []);
      const shared = ({ scope, charges }: typeof whole) =>
        charges.filter(({ chargeDay }) => scope.kind === 'charge-days' && chargeDay >= late.from);
      expect(shared(part)).toEqual(shared(whole));
    });

    it('changes nothing when pulled twice and follows restatements and vanished rows in the ledger', async () => {
      const { provider, change } = await setUp();
      const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
      const pull = () => ingestSource(context, provider, window);
      const held = async () => {
        const { total } = await context.store.querySpend({
          by: ['source'],
          range: window,
          where: [],
          currency: vendorCase.currency ?? 'USD',
        });
        return total;
      };
      expect(await pull()).toMatchObject({ ok: true });
      const before = await held();
      expect(before).toBe(vendorCase.total(window));
      expect(await pull()).toMatchObject({ ok: true, unchanged: true });
      expect(await held()).toBe(before);
      change.restate();
      expect(await pull()).toMatchObject({ ok: true, unchanged: false });
      expect(await held()).toBe(vendorCase.afterRestatement);
      change.vanish();
      expect(await pull()).toMatchObject({ ok: true, unchanged: false });
      expect(await held()).toBe(vendorCase.afterVanishing);
    });
  });
}
