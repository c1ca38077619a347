import { describe, expect, it } from 'vitest';
import { addDays, type Day, daysIn, weekday } from '../../../src/core/base/time.js';
import type { Store } from '../../../src/store/store.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { bill, START, setRules, teamRules } from '../../support/company/alerts.js';
import type { TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const END = '2027-02-18' as Day;
const FIRST_MORNING = addDays(END, -90);

/** A wobble that is the same every time: no two days alike, none far away. */
function wobble(name: string, day: Day): number {
  let hash = 7;
  for (const character of `${name} ${day}`) hash = (hash * 31 + character.charCodeAt(0)) % 1_009;
  return 0.92 + (hash / 1_009) * 0.16;
}

interface Incident {
  readonly key: string;
  readonly from: Day;
  readonly days: number;
  readonly factor: number;
}
const day = (text: string) => text as Day;
const INCIDENTS: readonly Incident[] = [
  { key: 'search-prod', from: day('2026-12-01'), days: 3, factor: 6 },
  { key: 'ci-nightly', from: day('2026-12-15'), days: 1, factor: 12 },
  { key: 'support-bot', from: day('2027-01-12'), days: 5, factor: 4 },
  { key: 'ci-nightly', from: day('2027-01-20'), days: 2, factor: 9 },
  { key: 'growth-lab', from: day('2027-02-02'), days: 4, factor: 5 },
];
const USUAL: Readonly<Record<string, number>> = {
  'search-prod': 20_000,
  'ci-nightly': 8_000,
  'support-bot': 12_000,
  'growth-lab': 9_000,
};
const OWNERS = {
  'search-prod': 'Search',
  'ci-nightly': 'Search',
  'support-bot': 'Support',
  'growth-lab': 'Growth',
};

const KEYS: readonly TestKey[] = Object.entries(USUAL).map(([key, usual]) => ({
  key,
  model: 'claude-sonnet-4-5',
  cents: (at) => {
    const incident = INCIDENTS.find(
      (each) => each.key === key && at >= each.from && at < addDays(each.from, each.days),
    );
    const weekend = weekday(at) >= 6 ? 0.4 : 1;
    return Math.round(usual * weekend * wobble(key, at) * (incident?.factor ?? 1));
  },
}));

async function company(): Promise<TestContext> {
  const context = await createTestContext();
  await setRules(context, teamRules(OWNERS));
  await bill(context, END, { keys: KEYS });
  return context;
}

/** Everything that was said and how often it was edited. */
async function told(context: TestContext): Promise<readonly string[]> {
  const entries = await context.store.claimNotices(Number.MAX_SAFE_INTEGER, 1_000);
  await context.store.releaseNotices(entries.map(({ notice }) => notice.key));
  const parents = entries.map(({ notice }) => notice.key);
  const parts: string[] = [];
  for (const parent of parents)
    for (const part of ['', ':explained', ':grown:1', ':grown:2', ':grown:3', ':closed']) {
      const found = await context.store.findNotice(`${parent}${part}`);
      if (found !== null) parts.push(`${parent}${part} x${found.revision}`);
    }
  return parts;
}

describe('ninety days with five incidents', () => {
  it('are five parent messages, each of its key, open as soon as it is billed and closed when it is over', async () => {
    const context = await company();
    for (const today of daysIn({ from: FIRST_MORNING, to: END })) {
      context.testClock.set(today);
      await raiseAlerts(context, { today: null });
    }
    const cases = (await context.store.listCases(START)).toReversed();
    expect(
      cases.map(({ owner, firstDay, dimension }) => ({ kind: dimension, key: owner, from: firstDay })),
    ).toEqual(INCIDENTS.map(({ key, from }) => ({ kind: 'key', key, from })));
    for (const [at, { state, openedAtMs, lastDay }] of cases.entries()) {
      const incident = INCIDENTS[at];
      if (incident === undefined) throw new Error('one too many');
      expect(state).toBe('closed');
      expect(openedAtMs).toBe(Date.parse(`${incident.from}T09:00:00Z`));
      expect(lastDay).toBe(addDays(incident.from, incident.days - 1));
    }
  });
});

/** A store that dies at its n-th call, before or after it has done its work. */
function dyingAt(store: Store, n: number, isAfter: boolean): Store {
  let calls = 0;
  return new Proxy(store, {
    get(target, name, receiver) {
      const held: unknown = Reflect.get(target, name, receiver);
      if (typeof held !== 'function') return held;
      return async (...args: unknown[]) => {
        calls += 1;
        if (calls === n && !isAfter) throw new Error('killed');
        const value: unknown = await held.apply(target, args);
        if (calls === n) throw new Error('killed');
        return value;
      };
    },
  });
}

describe('a look that is killed', () => {
  it('at any of its calls says the same once it has been made up for, and nothing twice', async () => {
    const mornings = [day('2026-12-02'), day('2026-12-06')];
    const whole = await company();
    for (const today of mornings) {
      whole.testClock.set(today);
      await raiseAlerts(whole, { today: null });
    }
    const expected = await told(whole);
    expect(expected.length).toBeGreaterThan(2);
    // Each morning dies at another call in each life, before its work is done or after.
    for (let life = 2; life <= 16; life += 2) {
      const context = await company();
      for (const [at, today] of mornings.entries()) {
        context.testClock.set(today);
        const store = dyingAt(context.store, life + at, life % 4 === 0);
        await raiseAlerts({ ...context, store }, { today: null }).catch(() => undefined);
        await raiseAlerts(context, { today: null });
      }
      expect(await told(context)).toEqual(expected);
      await context.store.close();
    }
  });
});
