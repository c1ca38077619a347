import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { roundedQuotient, sumNanos } from '../../../src/core/base/money.js';
import { type DayRange, parseDay } from '../../../src/core/base/time.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { toCharges } from '../../../src/providers/vendors/devin/focus.js';
import { clock, connect, exactUnits, impatientHttp, NOW_MS, range } from '../../support/vendors/all.js';
import { DEVIN_KEY, devinEnterprise, startDevin } from '../../support/vendors/devin.js';
import { closeFakes, groupBy, type Trouble } from '../../support/vendors/server.js';
import { describeVendor, effective } from '../../support/vendors/suite.js';

const WINDOW = range('2026-11-10', '2026-11-15');
const OPTIONS = { acuPrice: '2.25', currency: 'USD' };

/** Nano-ACUs of a day times 2.25, rounded once a day. */
function total(window: DayRange): bigint {
  const inside = devinEnterprise().sessions.filter(({ day }) => window.from <= day && day < window.to);
  const days = [...groupBy(inside, ({ day }) => day).values()];
  return sumNanos(
    days.map((day) => roundedQuotient(sumNanos(day.map(({ acus }) => exactUnits(acus, 9))) * 225n, 100n)),
  );
}

describeVendor({
  vendor: 'Devin',
  secret: DEVIN_KEY,
  window: WINDOW,
  async start(trouble) {
    const enterprise = devinEnterprise();
    const fake = await startDevin(enterprise, trouble);
    return {
      fake,
      restate() {
        enterprise.sessions = enterprise.sessions.map((session) =>
          session.day === '2026-11-11' && session.userId === 'user-ana'
            ? { ...session, acus: '25.4' }
            : session,
        );
      },
      vanish() {
        enterprise.sessions = enterprise.sessions.filter(
          ({ day, userId }) => day !== '2026-11-11' || userId !== 'user-ana',
        );
      },
    };
  },
  provider: (baseUrl, adminKey, http) =>
    connect('devin', { source: 'devin', baseUrl, adminKey, clock, http, options: OPTIONS }),
  total,
  afterRestatement: total(WINDOW) + 2_250_000_000n,
  afterVanishing: total(WINDOW) - 54_900_000_000n,
  moneyEndpoint: /\/consumption\/daily$/,
  deform: (text) => text.replaceAll('"total_acus":', '"acus":'),
});

async function setUp(trouble?: Trouble, nowMs = NOW_MS) {
  const fake = await startDevin(devinEnterprise(), trouble);
  const source = { source: 'devin', baseUrl: fake.url, adminKey: DEVIN_KEY, options: OPTIONS };
  return {
    fake,
    provider: connect('devin', { ...source, clock: () => nowMs, http: impatientHttp().http }),
  };
}

describe('a pull from Devin', () => {
  afterEach(closeFakes);

  it('prices ACUs by user and books the vendor day on the UTC day in which it begins', async () => {
    const { provider, fake } = await setUp();
    const { charges, remarks, identities } = await provider.pull(range('2026-11-10', '2026-11-11'), []);
    expect(fake.calls[0]?.query.get('start_date')).toBe('2026-11-10T08:00:00Z');
    expect(fake.calls[0]?.query.get('end_date')).toBe('2026-11-11T08:00:00Z');
    const rows = charges.map(({ set, effectiveCost, consumedQuantity }) => [
      set.attributes.email,
      effectiveCost,
      consumedQuantity,
    ]);
    expect(rows).toEqual([
      ['ana.ruiz@larkspur.example', 54_900_000_000n, 24.4],
      ['tom.lee@larkspur.example', 39_397_500_000n, 17.51],
      [undefined, 749_999_999n, 0.333333333],
    ]);
    expect(charges[0]?.kind).toMatchObject({
      confidence: 'estimated',
      extra: { x_VendorDay: 'From 08:00 UTC of the charge day to 08:00 UTC of the next (midnight PST)' },
    });
    expect(identities).toHaveLength(2);
    expect(remarks).toEqual([
      "Devin's ACUs by organisation, without Cascade and Terminal (a check, not added) totals 24.733333333: org_platform 100 %.",
    ]);
  });

  it('closes a day at 08:00 UTC of the next, not at midnight', async () => {
    const early = await setUp(undefined, Date.parse('2026-11-23T07:59:00Z'));
    const window = range('2026-11-20', '2026-11-24');
    expect((await early.provider.pull(window, [])).completeThrough).toBe('2026-11-21');
    expect(early.fake.calls.map(({ query }) => query.get('start_date'))).not.toContain(
      '2026-11-23T08:00:00Z',
    );
    const late = await setUp(undefined, Date.parse('2026-11-23T08:00:00Z'));
    expect((await late.provider.pull(window, [])).completeThrough).toBe('2026-11-22');
  });

  it('refuses an answer that holds another day', async () => {
    const { provider } = await setUp(({ endpoint }) =>
      endpoint.endsWith('daily') ? { edit: (text) => text.replace('"2026-11-12"', '"2026-11-13"') } : null,
    );
    await expect(provider.pull(WINDOW, [])).rejects.toThrow(
      /with ACUs of 2026-11-13 when asked for 2026-11-12/,
    );
  });

  it('lets the total count when the users have more, and says so', async () => {
    const { provider } = await setUp(({ query }) =>
      query.get('start_date') === '2026-11-10T08:00:00Z'
        ? { edit: (text) => text.replace(/"total_acus":[\d.]+/, '"total_acus":40') }
        : null,
    );
    const { charges, remarks } = await provider.pull(range('2026-11-10', '2026-11-11'), []);
    expect(effective(charges)).toBe(90_000_000_000n);
    expect(remarks[0]).toMatch(/users have 1.91 ACUs more than its total/);
  });

  it('spends every nano of a day on somebody, whatever its users', () => {
    const acus = fc.nat(9_999_999).map((millionths) => String(millionths / 1e6));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), acus, { maxKeys: 6 }),
        acus,
        (users, total) => {
          const day = parseDay('2026-11-10');
          const none = { consumption_by_date: {}, consumption_by_org_id: {} };
          const facts = [{ ...none, day, total_acus: total, consumption_by_user: users }];
          const charges = toCharges(facts, { source: 's', options: OPTIONS, people: new Map() });
          expect(effective(charges)).toBe(
            roundedQuotient(exactUnits(Number(total).toFixed(9), 9) * 225n, 100n),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is made by the catalog and needs a price', () => {
    const entry = { name: 'devin', kind: 'devin', credential: 'x', baseUrl: null, path: null };
    expect(createProvider({ ...entry, options: { acuPrice: 2.25 } }, { clock })).toMatchObject({
      kind: 'devin',
    });
    expect(() => createProvider({ ...entry, options: {} }, { clock })).toThrow(/the option acuPrice/);
  });
});
