import type { Charge } from '../../../src/core/ledger/charge.js';
import type { DirectoryData } from '../../../src/core/people/data.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { batchOf, daysScope } from '../build/charges.js';
import { directoryData } from '../build/directory.js';
import { createTestContext, type TestContext } from '../context.js';

/** A store with charges of autumn 2026, people and rules, all allocated. */
export async function createFilledCompany(parts: {
  charges: readonly Charge[];
  rules: Ruleset;
  data?: DirectoryData;
}): Promise<TestContext> {
  const context = await createTestContext();
  const { store, actor } = context;
  await store.replaceCharges(batchOf(parts.charges, { scope: daysScope('2026-09-01', '2027-01-01') }));
  const { people, memberships, links, teams } = parts.data ?? directoryData({});
  await store.importPeople({ people, memberships, teams, actor, atMs: 1 });
  for (const link of links) await store.putLink(link, actor, 1);
  await changeRules(context, parts.rules);
  return context;
}

/** Puts a ruleset in force and lets its consequences follow. */
export async function changeRules(context: TestContext, ruleset: Ruleset): Promise<void> {
  await importRules(context, { ruleset, file: 'rules', note: null });
  await reallocate(context);
}
