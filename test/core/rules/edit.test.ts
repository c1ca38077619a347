import { describe, expect, it } from 'vitest';
import { applyEdit, placeForNew, type RuleEdit } from '../../../src/core/rules/edit.js';
import { day } from '../../support/build/directory.js';
import { rule, ruleset } from '../../support/build/rules.js';

const when = { attribute: 'model', exists: true } as const;
const a = rule('a', when, { value: 'A' });
const b = rule('b', when, { value: 'B' });
const c = rule('c', when, { value: 'C' });
const base = ruleset({ team: [a, b] });
const team = { dimension: 'team' } as const;

describe('An edit', () => {
  it('adds a rule before another or at the end', () => {
    const add = { kind: 'add', ...team, rule: c } as const;
    expect(applyEdit(base, { ...add, beforeRuleId: 'b' })).toEqual(ruleset({ team: [a, c, b] }));
    expect(applyEdit(base, { ...add, beforeRuleId: null })).toEqual(ruleset({ team: [a, b, c] }));
  });

  it('creates the dimension of a rule that is added to it', () => {
    const edit: RuleEdit = { kind: 'add', dimension: 'region', rule: c, beforeRuleId: null };
    expect(applyEdit(base, edit)).toEqual(ruleset({ team: [a, b], region: [c] }));
  });

  it('replaces a rule in its place', () => {
    expect(applyEdit(base, { kind: 'replace', ...team, ruleId: 'a', rule: c })).toEqual(
      ruleset({ team: [c, b] }),
    );
  });

  it('retires a rule for good, or from a day on', () => {
    const retire = { kind: 'retire', ...team, ruleId: 'a' } as const;
    expect(applyEdit(base, { ...retire, from: null })).toEqual(ruleset({ team: [b] }));
    const dated = ruleset({ team: [{ ...a, effective: { from: day('2026-03-01') } }, b] });
    expect(applyEdit(dated, { ...retire, from: day('2026-10-01') })).toEqual(
      ruleset({ team: [{ ...a, effective: { from: day('2026-03-01'), to: day('2026-10-01') } }, b] }),
    );
    expect(applyEdit(dated, { ...retire, from: day('2026-03-01') })).toEqual(ruleset({ team: [b] }));
  });

  it('brings the end of a rule forward but never back', () => {
    const dated = ruleset({ team: [{ ...a, effective: { to: day('2026-03-01') } }] });
    const retire = { kind: 'retire', ...team, ruleId: 'a' } as const;
    expect(applyEdit(dated, { ...retire, from: day('2026-02-01') })).toEqual(
      ruleset({ team: [{ ...a, effective: { to: day('2026-02-01') } }] }),
    );
    expect(() => applyEdit(dated, { ...retire, from: day('2026-03-01') })).toThrow(
      'Rule "a" has already ended on 2026-03-01; there is nothing to retire.',
    );
  });

  it('moves a rule before another, to the end, or nowhere', () => {
    const three = ruleset({ team: [a, b, c] });
    const move = (ruleId: string, beforeRuleId: string | null) =>
      applyEdit(three, { kind: 'move', ...team, ruleId, beforeRuleId });
    expect(move('c', 'a')).toEqual(ruleset({ team: [c, a, b] }));
    expect(move('a', 'c')).toEqual(ruleset({ team: [b, a, c] }));
    expect(move('a', null)).toEqual(ruleset({ team: [b, c, a] }));
    expect(move('b', 'b')).toEqual(three);
    expect(move('a', 'b')).toEqual(three);
  });

  it('leaves the ruleset it was given as it was', () => {
    const before = structuredClone(base);
    applyEdit(base, { kind: 'add', ...team, rule: c, beforeRuleId: 'a' });
    applyEdit(base, { kind: 'retire', ...team, ruleId: 'a', from: day('2026-01-01') });
    expect(base).toEqual(before);
  });

  it.each<[RuleEdit, string]>([
    [{ kind: 'add', ...team, rule: c, beforeRuleId: 'x' }, 'There is no rule "x" in dimension team.'],
    [{ kind: 'replace', ...team, ruleId: 'x', rule: c }, 'There is no rule "x" in dimension team.'],
    [
      { kind: 'retire', dimension: 'product', ruleId: 'a', from: null },
      'There is no rule "a" in dimension product.',
    ],
    [{ kind: 'move', ...team, ruleId: 'x', beforeRuleId: null }, 'There is no rule "x" in dimension team.'],
    [{ kind: 'move', ...team, ruleId: 'a', beforeRuleId: 'x' }, 'There is no rule "x" in dimension team.'],
  ])('of what is not there is refused: %j', (edit, sentence) => {
    expect(() => applyEdit(base, edit)).toThrow(
      expect.objectContaining({ code: 'not-found', message: sentence }),
    );
  });

  it('that would make an unsound ruleset is refused', () => {
    expect(() => applyEdit(base, { kind: 'add', ...team, rule: a, beforeRuleId: null })).toThrow(
      'two rules with the id "a"',
    );
    const looped = ruleset({ team: [rule('x', { dimension: 'team', is: 'A' }, { value: 'A' })] });
    expect(() => applyEdit(base, { kind: 'ruleset', ruleset: looped })).toThrow('team → team');
  });
});

describe('The place for a new rule', () => {
  const people = rule('people', when, { owner: 'team' });
  const rest = rule('rest', when, { owner: 'team' });

  it('is the end where the last rule names its owner', () => {
    expect(placeForNew([])).toBeNull();
    expect(placeForNew([people, a])).toBeNull();
  });

  it('is before the rules at the end that fall back on the directory', () => {
    expect(placeForNew([people, a, rest])).toBe('rest');
    expect(placeForNew([people, rest])).toBe('people');
  });
});
