import type { Viewer } from '../../../src/core/access/visibility.js';
import { addDays, type Day, type DayRange } from '../../../src/core/base/time.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { raiseAlerts } from '../../../src/usecases/alerts/raise-alerts.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import type { TestContext } from '../context.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from './company.js';

/** The first day of its bills. */
export const START = '2026-09-20' as Day;
export const FINOPS: Viewer = {
  email: 'fin@x.test',
  roles: ['finops'],
  team: null,
  teamsLed: [],
  teamsBelow: [],
};
/** Somebody of no team and no role. */
export const STRANGER: Viewer = { ...FINOPS, email: 'stranger@x.test', roles: [] };

/** A key that costs `before` cents a day and `during` on the days of `spike`. */
export function spiky(key: string, spike: DayRange, during = 60_000, before = 1_500): TestKey {
  const cents = (day: Day) => (day >= spike.from && day < spike.to ? during : before);
  return { key, model: 'claude-opus-4-5', cents };
}

export function steadyKey(key: string, cents = 10_000): TestKey {
  return { key, model: 'claude-sonnet-4-5', cents: () => cents };
}

/** Rules that give each key to its team. */
export function teamRules(owners: Readonly<Record<string, string>>): Ruleset {
  return {
    version: 1,
    dimensions: [{ id: 'team', rules: Object.entries(owners).map(([key, owner]) => keyRule(key, owner)) }],
  };
}

export async function setRules(context: TestContext, ruleset: Ruleset): Promise<void> {
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
}

/** Bills up to the day before, as they come on its morning; all of them, or the days from `from` on. */
export async function bill(
  context: TestContext,
  today: Day,
  {
    keys,
    from = START,
    completeThrough = addDays(today, -1),
  }: { keys: readonly TestKey[]; from?: Day; completeThrough?: Day },
): Promise<void> {
  context.testClock.set(today);
  const provider = createTestProvider((window) => ({ charges: chargesOf(keys, window), completeThrough }));
  await ingestSource(context, provider, { from, to: today });
  await reallocate(context);
}

/** Bills, then the look for what is unusual. */
export async function morning(
  context: TestContext,
  today: Day,
  bills: Parameters<typeof bill>[2],
): ReturnType<typeof raiseAlerts> {
  await bill(context, today, bills);
  return raiseAlerts(context, { today: null });
}

/** A team with its lead, who reports to a manager. */
export async function hireTeam(
  context: TestContext,
  team: string,
  channel: string | null = null,
): Promise<void> {
  const person = (email: string) => ({
    email,
    name: email,
    kind: 'employee' as const,
    aliases: [],
    slackUserId: null,
  });
  const at = { from: START, to: null, costCentre: null };
  await context.store.importPeople({
    people: [person('lead@x.test'), person('boss@x.test')],
    memberships: [
      { ...at, email: 'lead@x.test', team, managerEmail: 'boss@x.test' },
      { ...at, email: 'boss@x.test', team: 'Board', managerEmail: null },
    ],
    teams: [{ name: team, parent: null, ownerEmail: 'lead@x.test', channel }],
    actor: context.actor,
    atMs: context.clock(),
  });
}
