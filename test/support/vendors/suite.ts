import { afterEach, describe, expect, it } from 'vitest';
import { encodeJson } from '../../../src/core/base/json.js';
import { type Nanos, sumNanos } from '../../../src/core/base/money.js';
import { addDays, type DayRange } from '../../../src/core/base/time.js';
import type { Charge } from '../../../src/core/ledger/charge.js';
import type { HttpOptions } from '../../../src/providers/http/http.js';
import type { Provider } from '../../../src/providers/provider.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext, type TestContext } from '../context.js';
import { impatientHttp } from './all.js';
import { closeFakes, type FakeCall, type FakeVendor, type Trouble } from './server.js';

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
  /** A window for which the money endpoint is asked more than once; absent: `window`. */
  readonly longWindow?: DayRange;
  /** An endpoint without whose answer there is no money. */
  readonly moneyEndpoint: RegExp;
  /** Changes the form of a field of that answer. */
  readonly deform: (text: string) => string;
}

/** Ways in which one endpoint does not answer, or not wholly. */
const FAULTS = {
  refused: { status: 403 },
  'not there': { status: 404 },
  empty: { edit: emptied },
} as const;

/** The same answer without anything in its lists. */
function emptied(text: string): string {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return [];
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, strip(each)]));
  };
  try {
    return JSON.stringify(strip(JSON.parse(text)));
  } catch {
    return ''; // a text of lines
  }
}

/** An endpoint with what it groups by or is limited to: the same path may give money, a check of it, and weights. */
function askedOf({ endpoint, query }: FakeCall): string {
  const told = [...query].filter(([name]) =>
    /^(group_by(\[\])?|groupBy|api_key_hash|workspace_id|user|state|cost_center_id)$/.test(name),
  );
  return `${endpoint} ${told.map((pair) => pair.join('=')).join(' ')}`;
}

/** Effective cost of some charges: what is allocated. */
export function effective(charges: readonly Charge[]): Nanos {
  return sumNanos(charges.map(({ effectiveCost }) => effectiveCost));
}

function sameCall(a: FakeCall, b: FakeCall | undefined): boolean {
  const keyOf = ({ endpoint, query, body }: FakeCall) => JSON.stringify([endpoint, [...query], body]);
  return b !== undefined && keyOf(a) === keyOf(b);
}

/** The trials, as tests of their own `describe`. */
export function describeVendor(vendorCase: VendorCase): void {
  const { vendor, window, secret, moneyEndpoint, currency = 'USD' } = vendorCase;
  const totalIn = async ({ store }: TestContext, range: DayRange) =>
    (await store.querySpend({ by: ['source'], range, where: [], currency })).total;
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
      const asked = vendorCase.longWindow ?? window;
      await expect(provider.pull(asked, [])).rejects.toMatchObject({ code: 'upstream' });
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

    it.each(Object.entries(FAULTS))(
      'keeps the ledger to the nano when one endpoint is %s, or publishes nothing and says why',
      async (_, fault) => {
        let failing: ((call: FakeCall) => boolean) | null = null;
        const { provider, fake } = await setUp((call) => (failing?.(call) === true ? fault : null));
        const context = await createTestContext({ now: '2026-11-23', providers: [provider] });
        expect(await ingestSource(context, provider, window)).toMatchObject({ ok: true });
        const total = await totalIn(context, window);
        expect(total).toBe(vendorCase.total(window));
        const calls = [...fake.calls];
        const endpoints = [...new Set(calls.map(askedOf))];
        const firstOf = (asked: string) => calls.find((call) => askedOf(call) === asked);
        const troubles = endpoints.flatMap((asked) => [
          (call: FakeCall) => askedOf(call) === asked,
          (call: FakeCall) => sameCall(call, firstOf(asked)),
        ]);
        for (const trouble of troubles) {
          failing = trouble;
          const report = await ingestSource(context, provider, window);
          const where = `${report.sentence} ${endpoints[Math.floor(troubles.indexOf(trouble) / 2)]}`;
          expect(await totalIn(context, window), where).toBe(total);
          if (!report.ok) expect(report.sentence).toMatch(/^\S+: .{20}/);
          failing = null;
          expect(await ingestSource(context, provider, window)).toMatchObject({ ok: true });
        }
      },
    );

    it('publishes no first pull in which a refused endpoint left money out', async () => {
      let failing = '';
      const { provider, fake } = await setUp((call) => (askedOf(call) === failing ? { status: 403 } : null));
      await provider.pull(window, []);
      for (const asked of new Set(fake.calls.map(askedOf))) {
        failing = asked;
        const pull = await provider.pull(window, []).catch(() => null);
        const isHeld = (pull?.missing ?? []).length + (pull?.differences ?? []).length > 0;
        const total = pull === null || isHeld ? vendorCase.total(window) : effective(pull.charges);
        expect(total, asked).toBe(vendorCase.total(window));
      }
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
      const held = () => totalIn(context, window);
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
