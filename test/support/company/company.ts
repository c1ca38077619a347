import {
  addMonths,
  type Day,
  type DayRange,
  daysIn,
  firstDay,
  monthOf,
} from '../../../src/core/base/time.js';
import type { Charge, DimensionSet } from '../../../src/core/ledger/charge.js';
import type { Provider, Pull } from '../../../src/providers/provider.js';

/** A key of the test company: who uses it, on what, and what it costs a day in whole cents. */
export interface TestKey {
  readonly key: string;
  readonly model: string;
  readonly service?: string;
  readonly email?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly cents: (day: Day) => number;
}

const NANOS_PER_CENT = 10_000_000n;

/** One charge a day and key over a half-open range, all on one invoice a month; days of zero cents have none. */
export function chargesOf(keys: readonly TestKey[], range: DayRange): Charge[] {
  return keys.flatMap((key) => {
    const set: DimensionSet = {
      attributes: {
        serviceProviderName: 'Anthropic',
        serviceName: key.service ?? 'Claude API',
        chargeCategory: 'Usage',
        source: 'claude',
        apiKeyId: `id-${key.key}`,
        apiKeyName: key.key,
        model: key.model,
        ...(key.email === undefined ? {} : { email: key.email }),
      },
      tags: key.tags ?? {},
    };
    return daysIn(range).flatMap((day) => {
      const cents = key.cents(day);
      return cents === 0 ? [] : [chargeOf(set, day, BigInt(cents) * NANOS_PER_CENT)];
    });
  });
}

function chargeOf(set: DimensionSet, day: Day, cost: bigint): Charge {
  const month = monthOf(day);
  return {
    set,
    kind: {
      chargeClass: null,
      chargeDescription: null,
      chargeFrequency: 'Usage-Based',
      pricingCategory: 'Standard',
      pricingUnit: 'Tokens',
      consumedUnit: 'Tokens',
      skuPriceId: null,
      serviceSubcategory: null,
      confidence: 'billed',
      extra: {},
    },
    bill: {
      billingAccountId: 'org-1',
      billingAccountName: 'Test',
      billingPeriodStart: firstDay(month),
      billingPeriodEnd: firstDay(addMonths(month, 1)),
      invoiceId: `INV-${month}`,
      invoiceIssuerName: 'Anthropic',
      billingCurrency: 'USD',
    },
    chargeDay: day,
    consumedQuantity: 1000,
    pricingQuantity: 1000,
    billedCost: cost,
    effectiveCost: cost,
    listCost: cost,
    contractedCost: cost,
  };
}

/** A provider in memory that answers from a function and remembers the windows it was asked for. */
export function createTestProvider(
  answer: (window: DayRange) => Partial<Pull>,
  settings: Partial<Pick<Provider, 'source' | 'openWindowDays' | 'reachDays'>> = {},
): Provider & { readonly windows: readonly DayRange[] } {
  const windows: DayRange[] = [];
  return {
    source: settings.source ?? 'claude',
    kind: 'test',
    openWindowDays: settings.openWindowDays ?? 30,
    reachDays: settings.reachDays ?? null,
    windows,
    async pull(window) {
      windows.push(window);
      return {
        scope: { kind: 'charge-days', from: window.from, to: window.to },
        charges: [],
        raw: [],
        identities: [],
        completeThrough: null,
        remarks: [],
        ...answer(window),
      };
    },
  };
}

/** A rule that gives one key to an owner. */
export function keyRule(key: string, owner: string) {
  return {
    id: `key-${key}`,
    name: `Key ${key}`,
    when: { attribute: 'apiKeyName' as const, is: key },
    allocateTo: { value: owner },
  };
}
