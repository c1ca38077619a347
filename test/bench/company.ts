import type { Nanos } from '../../src/core/base/money.js';
import { type Day, fromEpochDay, type Month, monthOf, toEpochDay } from '../../src/core/base/time.js';
import type { Charge, ChargeKind, DimensionSet } from '../../src/core/ledger/charge.js';
import { billOf, day, kindOf } from '../support/build/charges.js';
import { createRandom, type Random } from './random.js';

/** Thirteen months, half-open. */
export const BENCH_RANGE = { from: day('2025-10-01'), to: day('2026-11-01') };
const FIRST_DAY = toEpochDay(BENCH_RANGE.from);
const DAYS = toEpochDay(BENCH_RANGE.to) - FIRST_DAY;

/** The words that charges and rules are made of; the frequent ones come first. */
export const VOCABULARY = {
  areas: Array.from({ length: 60 }, (_, i) => `area${i}`),
  purposes: ['prod', 'batch', 'dev', 'eval', 'ci', 'rag', 'agent', 'notebook'],
  models: Array.from(
    { length: 24 },
    (_, i) => `${['gpt', 'claude', 'gemini', 'llama'][i % 4]}-${5 - (i >> 3)}.${i}`,
  ),
  services: ['Claude API', 'OpenAI API', 'Bedrock', 'Vertex AI', 'Copilot', 'Hugging Face'],
  regions: ['us-east-1', 'eu-west-1', 'us-west-2', 'ap-south-1'],
  envs: ['prod', 'staging', 'dev'],
  teams: Array.from({ length: 40 }, (_, i) => `Team ${i}`),
  projects: Array.from({ length: 200 }, (_, i) => `project-${i}`),
};

/** One dimension set and the days on which it is used. */
interface Usage {
  readonly set: DimensionSet;
  readonly kinds: readonly ChargeKind[];
  readonly firstDay: number;
  readonly lastDay: number;
  /** It is used every so many days. */
  readonly stride: number;
}

/**
 * A year of made-up AI bills, the same for the same number: about ten thousand dimension sets for a million
 * charges, Zipf-skewed in who uses what, in how long and in how dear. Charges that share a set share the object.
 */
export interface BenchCompany {
  readonly sets: readonly DimensionSet[];
  readonly keyNames: readonly string[];
  /** The charges of one month, the same each time. */
  charges(month: Month): readonly Charge[];
}

export function createCompany(rows: number): BenchCompany {
  const random = createRandom(20_261_118);
  const kinds = ['Input tokens', 'Output tokens', 'Cached input tokens', 'Requests'].map(
    (chargeDescription) => kindOf({ chargeDescription }),
  );
  const usages = new Map<string, Usage>();
  const keyNames = new Set<string>();
  const keys = Math.ceil(rows / 280);
  for (let made = 0; made < rows; ) {
    const set = makeSet(random, keys);
    const text = JSON.stringify(set);
    if (usages.has(text)) continue;
    // Some live for weeks, many for the whole year; few are used every day.
    const length = Math.min(DAYS, Math.ceil(80 * random.next() ** -0.8));
    const firstDay = FIRST_DAY + random.below(DAYS - length + 1);
    const stride = 2 + random.zipf(30);
    const used = kinds.slice(0, 1 + random.zipf(kinds.length));
    const days = Math.max(1, Math.min(Math.ceil(length / stride), Math.ceil((rows - made) / used.length)));
    usages.set(text, { set, kinds: used, firstDay, stride, lastDay: firstDay + (days - 1) * stride });
    keyNames.add(set.attributes.apiKeyName ?? '');
    made += days * used.length;
  }
  const all = [...usages.values()];
  return {
    sets: all.map(({ set }) => set),
    keyNames: [...keyNames],
    charges: (month) => chargesOf(all, month),
  };
}

function makeSet(random: Random, keys: number): DimensionSet {
  const { areas, purposes, models, services, regions, envs, teams, projects } = VOCABULARY;
  const key = random.zipf(keys);
  // What belongs to the key is drawn from the key, so that it is the same each time.
  const own = createRandom(key + 1);
  const name = `svc-${own.pick(areas)}-${own.pick(purposes)}-${String(key).padStart(5, '0')}`;
  const tags: Record<string, string> = { env: own.pick(envs) };
  if (own.next() < 0.35) tags['team'] = own.pick(teams);
  if (own.next() < 0.6) tags['project'] = own.pick(projects);
  const email = own.next() < 0.4 ? { email: `person${own.below(900)}@larkspur.test` } : {};
  return {
    attributes: {
      serviceProviderName: 'Bench',
      chargeCategory: 'Usage',
      source: 'bench',
      serviceName: random.pick(services),
      subAccountId: `workspace-${own.below(80)}`,
      regionId: random.pick(regions),
      apiKeyId: `key_${key}`,
      apiKeyName: name,
      model: random.pick(models),
      ...email,
    },
    tags,
  };
}

function chargesOf(usages: readonly Usage[], month: Month): readonly Charge[] {
  const bill = billOf(month, { invoiceId: `INV-${month}` });
  const days = new Map<number, Day>();
  for (let at = FIRST_DAY; at < FIRST_DAY + DAYS; at += 1) {
    const on = fromEpochDay(at);
    if (monthOf(on) === month) days.set(at, on);
  }
  const charges: Charge[] = [];
  for (const [index, { set, kinds, firstDay, lastDay, stride }] of usages.entries()) {
    const random = createRandom(index * 1_000 + Number(month.replace('-', '')));
    for (const [at, chargeDay] of days) {
      if (at < firstDay || at > lastDay || (at - firstDay) % stride !== 0) continue;
      for (const kind of kinds) charges.push({ set, kind, bill, chargeDay, ...costsOf(random) });
    }
  }
  return charges;
}

/** From a fraction of a cent to hundreds of dollars, now and then a credit. */
function costsOf(random: Random) {
  const size = Math.ceil(40_000_000 * random.next() ** -1.1) + random.below(1_000);
  const cost: Nanos = BigInt(Math.min(size, 400_000_000_000)) * (random.next() < 0.01 ? -1n : 1n);
  const quantity = random.below(1_000_000);
  return {
    consumedQuantity: quantity,
    pricingQuantity: quantity,
    billedCost: cost,
    effectiveCost: cost,
    listCost: cost,
    contractedCost: cost,
  };
}
