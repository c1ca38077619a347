import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/core/rules/rule.js';
import { bindMethods, openDatabase } from '../../../src/store/sqlite/base/database.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { rankInOrder } from '../../../src/store/sqlite/rules/ranks.js';
import { ruleMethods } from '../../../src/store/sqlite/rules/rules.js';
import { ruleStoreContract } from '../contract/rules.js';
import { ANA } from '../contract/support.js';

ruleStoreContract(() => openSqliteStore(':memory:'));

describe('rules in SQLite', () => {
  it('write two rows for one edit among 5,000 rules, and one for a rule that is moved to the end', async () => {
    const db = openDatabase(':memory:');
    const store = bindMethods(db, ruleMethods);
    const rules = Array.from({ length: 5000 }, (_, index): Rule => {
      const id = `rule-${index}`;
      return { id, name: id, when: { attribute: 'apiKeyId', is: id }, allocateTo: { value: 'Search' } };
    });
    const commit = (edited: readonly Rule[], baseVersion: number) => {
      const ruleset = { version: 1 as const, dimensions: [{ id: 'team', rules: [...edited] }] };
      return store.commitRuleset({
        baseVersion,
        ruleset,
        actor: ANA,
        note: null,
        atMs: 1,
        draftId: null,
        notices: [],
      });
    };
    const count = () => db.handle.prepare('select count(*) from rule').pluck().get();
    await commit(rules, 0);
    expect(count()).toBe(5000);
    const edited = rules.with(2500, { ...rules[2500]!, allocateTo: { value: 'Ads' } });
    await commit(edited, 1);
    expect(count()).toBe(5001);
    const moved = [...edited.slice(1), edited[0]!];
    await commit(moved, 2);
    expect(count()).toBe(5002);
    expect((await store.currentRuleset()).ruleset.dimensions[0]?.rules).toEqual(moved);
  });
});

describe('ranks', () => {
  const id = fc.integer({ min: 0, max: 40 }).map(String);
  const order = fc.uniqueArray(id, { maxLength: 40 });
  const held = fc
    .uniqueArray(fc.tuple(id, fc.integer({ min: -100, max: 100 })), {
      maxLength: 40,
      selector: ([, rank]) => rank,
    })
    .map((entries) => new Map(entries));

  it('always follow the order and leave nobody out', () => {
    fc.assert(
      fc.property(order, held, (ids, ranks) => {
        const given = rankInOrder(ids, ranks);
        const values = ids.map((each) => given.get(each));
        expect(values).toEqual(values.toSorted((a, b) => a! - b!));
        expect(new Set(values).size).toBe(ids.length);
        expect(values.every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });

  it('keep what they were when the order holds already', () => {
    fc.assert(
      fc.property(held, (ranks) => {
        const ids = [...ranks].toSorted(([, a], [, b]) => a - b).map(([each]) => each);
        expect([...rankInOrder(ids, ranks)]).toEqual(ids.map((each) => [each, ranks.get(each)]));
      }),
    );
  });
});
