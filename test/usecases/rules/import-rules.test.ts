import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { keyRule } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const rules = (team: string): Ruleset => ({
  version: 1,
  dimensions: [{ id: 'team', rules: [keyRule('search-prod', team)] }],
});

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext();
});
afterEach(() => context.store.close());

/** A context in which somebody else commits rules right after each of the first previews. */
function besideEdits(edits: number): TestContext {
  let left = edits;
  const store = { ...context.store };
  store.saveDraft = async (draft) => {
    await context.store.saveDraft(draft);
    if (left === 0) return;
    left -= 1;
    await importRules(context, { ruleset: rules(`Other ${left}`), file: 'other.yml', note: null });
  };
  return { ...context, store };
}

describe('an import of rules beside other edits', () => {
  it('is worked out again until it is what was worked out, and commits the file', async () => {
    const file = { ruleset: rules('Search'), file: 'rules.yml', note: null };
    expect(await importRules(besideEdits(3), file)).toMatchObject({ changed: true, version: 4 });
    expect((await context.store.currentRuleset()).ruleset).toEqual(rules('Search'));
  });

  it('gives up with a sentence that says what to do, and changes nothing', async () => {
    const file = { ruleset: rules('Search'), file: 'rules.yml', note: null };
    await expect(importRules(besideEdits(100), file)).rejects.toThrow(
      'Rules or figures changed 5 times while rules.yml was imported; nothing is changed.',
    );
    expect((await context.store.currentRuleset()).version.number).toBe(5);
  });
});
