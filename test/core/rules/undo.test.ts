import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import { undoChange } from '../../../src/core/rules/undo.js';
import { rule, ruleset } from '../../support/build/rules.js';

const named = (id: string, value = id): Rule => rule(id, { attribute: 'model', is: id }, { value });
const [a, b, c, d] = [named('a'), named('b'), named('c'), named('d')];
const team = (...rules: Rule[]): Ruleset => ruleset({ team: rules });
const ids = ({ dimensions }: Ruleset) => dimensions.flatMap(({ rules }) => rules.map(({ id }) => id));

describe('Undoing the latest version', () => {
  const anyRules = fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'))
    .chain((chosen) =>
      fc.tuple(...chosen.map((id) => fc.constantFrom('X', 'Y').map((value) => named(id, value)))),
    );
  const anyRuleset = fc
    .record({ team: anyRules, product: anyRules }, { requiredKeys: ['team'] })
    .map((dimensions) => ruleset(dimensions as Record<string, Rule[]>));

  it('gives back the ruleset before it, to the letter', () => {
    fc.assert(
      fc.property(anyRuleset, anyRuleset, (before, after) => {
        const { ruleset: undone, conflicts } = undoChange({ before, after, now: after });
        expect(conflicts).toEqual([]);
        expect(new Set(undone.dimensions)).toEqual(new Set(before.dimensions));
      }),
    );
  });

  it('keeps, of any later version, every rule that the undone one did not touch', () => {
    fc.assert(
      fc.property(anyRules, anyRules, anyRules, (before, after, now) => {
        const { ruleset: undone } = undoChange({
          before: team(...before),
          after: team(...after),
          now: team(...now),
        });
        const touched = new Set(
          [...before, ...after].flatMap(({ id }) => {
            const [was, is] = [before, after].map((rules) => rules.find((each) => each.id === id));
            return JSON.stringify(was) === JSON.stringify(is) ? [] : [id];
          }),
        );
        const kept = (rules: readonly Rule[]) => rules.filter(({ id }) => !touched.has(id));
        const left = undone.dimensions[0]?.rules ?? [];
        expect(new Set(kept(left))).toEqual(new Set(kept(now)));
        expect(new Set(ids(undone)).size).toBe(ids(undone).length);
      }),
    );
  });
});

describe('Undoing an earlier version', () => {
  const undo = (before: Ruleset, after: Ruleset, now: Ruleset) => undoChange({ before, after, now });

  it('takes back an addition, a removal and a change, and keeps what came later', () => {
    expect(undo(team(a), team(a, b), team(a, b, c)).ruleset).toEqual(team(a, c));
    expect(undo(team(a, b), team(b), team(b, c)).ruleset).toEqual(team(a, b, c));
    expect(undo(team(a, b), team(named('a', 'X'), b), team(named('a', 'X'), c, b)).ruleset).toEqual(
      team(a, c, b),
    );
  });

  it('puts a removed rule before the rule that followed it, as far as that is still there', () => {
    expect(undo(team(a, b, c, d), team(c, d), team(d, named('e'))).ruleset).toEqual(
      team(a, b, d, named('e')),
    );
  });

  it('moves back what was moved', () => {
    expect(ids(undo(team(a, b, c), team(c, a, b), team(c, a, b, d)).ruleset)).toEqual(['a', 'b', 'c', 'd']);
    expect(undo(team(a, b, c), team(c, a, b), team(c, a, b, d)).conflicts).toEqual([]);
  });

  it('tells in words what a later version has touched again, and leaves that alone', () => {
    const [x, y] = [named('a', 'X'), named('a', 'Y')];
    expect(undo(team(a), team(x), team(y))).toEqual({
      ruleset: team(y),
      conflicts: ['team: "a" was changed again since.'],
    });
    expect(undo(team(a), team(x), team()).conflicts).toEqual(['team: "a" was removed since.']);
    expect(undo(team(a), team(), team(x)).conflicts).toEqual(['team: there is another rule "a" by now.']);
    expect(undo(team(), team(a), team(x)).conflicts).toEqual(['team: "a" was changed again since.']);
    const moved = undo(team(a, b, c, d), team(b, c, d, a), team(a, b, c, d, named('e')));
    expect(moved.conflicts).toEqual(['team: "a" was moved again since.']);
  });

  it('finds nothing in the way of what is undone already', () => {
    expect(undo(team(a), team(a, b), team(a, c))).toEqual({ ruleset: team(a, c), conflicts: [] });
    expect(undo(team(a), team(named('a', 'X')), team(a, c)).conflicts).toEqual([]);
  });

  it('drops a dimension that came with it, unless others use it by now', () => {
    const before = team(a);
    const after = ruleset({ team: [a], region: [b] });
    expect(undo(before, after, after).ruleset).toEqual(before);
    expect(undo(before, after, ruleset({ team: [a, c], region: [b] })).ruleset).toEqual(team(a, c));
    expect(undo(before, after, ruleset({ team: [a], region: [b, d] })).ruleset).toEqual(
      ruleset({ team: [a], region: [d] }),
    );
  });

  it('restores shared costs, or says that they were changed again', () => {
    const pool = (owner: string) => ({
      id: 'p',
      name: 'P',
      owner,
      split: { method: 'even' as const, among: ['a', 'b'] },
    });
    const shared = (owner: string | null, ...rules: Rule[]): Ruleset => ({
      version: 1,
      dimensions: [{ id: 'team', rules, ...(owner === null ? {} : { shared: [pool(owner)] }) }],
    });
    expect(undo(shared(null, a), shared('X', a), shared('X', a, b)).ruleset).toEqual(shared(null, a, b));
    expect(undo(shared('X', a), shared('Y', a), shared('Z', a, b)).conflicts).toEqual([
      'team: its shared costs were changed again since.',
    ]);
  });
});
