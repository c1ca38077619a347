import type { MonthInput } from '../../../src/core/allocation/evaluate-month.js';
import { covers, type Day, daysIn, monthRange } from '../../../src/core/base/time.js';
import { ATTRIBUTES, type AttributeName, type DimensionSet } from '../../../src/core/ledger/charge.js';
import type { DirectoryData, IdentifierKind } from '../../../src/core/people/data.js';
import type { Condition, Leaf } from '../../../src/core/rules/condition.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Target } from '../../../src/core/rules/target.js';

/** What one set's day got in one dimension. */
export interface DayVerdict {
  readonly rule: string | null;
  readonly target: string | null;
}

/**
 * The oracle: allocation as the contract words it, one day, one rule after the other, with no index, no cuts and
 * none of core's code. Dimensions must be listed in dependency order. Keys are `dimension/setId/day`.
 */
export function allocateNaively(
  input: Omit<MonthInput, 'directory'> & { readonly data: DirectoryData },
): Map<string, DayVerdict> {
  const verdicts = new Map<string, DayVerdict>();
  for (const { setId, set, firstDay, lastDay } of input.sets) {
    for (const day of daysIn(monthRange(input.month))) {
      if (day < firstDay || day > lastDay) continue;
      const world = new World(input.data, set, day);
      for (const { id, rules } of input.ruleset.dimensions) {
        const winner = rules.find((rule) => world.matches(rule)) ?? null;
        const target = winner === null ? null : world.target(winner.allocateTo);
        world.earlier.set(id, target);
        verdicts.set(`${id}/${setId}/${day}`, { rule: winner?.id ?? null, target });
      }
    }
  }
  return verdicts;
}

/** Whether each rule matches something, and whether it ever wins: `dimension/rule`. */
export function idleNaively(input: Omit<MonthInput, 'directory'> & { readonly data: DirectoryData }): {
  matching: Set<string>;
  winning: Set<string>;
} {
  const matching = new Set<string>();
  const winning = new Set<string>();
  for (const { dimension, rule } of allRules(input.ruleset)) {
    const alone: Ruleset = {
      version: 1,
      dimensions: input.ruleset.dimensions.map((each) =>
        each.id === dimension ? { id: `${each.id}-alone`, rules: [rule] } : each,
      ),
    };
    // Later dimensions see nothing of a renamed one, earlier ones are as they were.
    for (const [key, verdict] of allocateNaively({ ...input, ruleset: alone }))
      if (key.startsWith(`${dimension}-alone/`) && verdict.rule !== null)
        matching.add(`${dimension}/${rule.id}`);
  }
  for (const [key, { rule }] of allocateNaively(input))
    if (rule !== null) winning.add(`${key.slice(0, key.indexOf('/'))}/${rule}`);
  return { matching, winning };
}

function allRules(ruleset: Ruleset): { dimension: string; rule: Rule }[] {
  return ruleset.dimensions.flatMap(({ id, rules }) => rules.map((rule) => ({ dimension: id, rule })));
}

/** One set on one day, and what earlier dimensions said of it. */
export class World {
  readonly earlier = new Map<string, string | null>();
  readonly data: DirectoryData;
  readonly set: DimensionSet;
  readonly day: Day;

  constructor(data: DirectoryData, set: DimensionSet, day: Day) {
    this.data = data;
    this.set = set;
    this.day = day;
  }

  matches(rule: Rule): boolean {
    const { from, to } = rule.effective ?? {};
    if (from !== undefined && this.day < from) return false;
    if (to !== undefined && this.day >= to) return false;
    return this.holds(rule.when);
  }

  target(target: Target): string | null {
    if ('value' in target) return target.value;
    if ('owner' in target) return this.owner(target.owner);
    if ('split' in target) return null;
    const value = this.value(target.attribute);
    if (value === null) return null;
    return target.template === undefined ? value : target.template.split('{value}').join(value);
  }

  holds(condition: Condition): boolean {
    if ('all' in condition) return condition.all.every((part) => this.holds(part));
    if ('any' in condition) return condition.any.some((part) => this.holds(part));
    if ('not' in condition) return !this.holds(condition.not);
    if (!('person' in condition)) return this.compare(condition);
    const email = this.person();
    if (email === null) return false;
    const { team, costCentre, reportsTo } = condition.person;
    if (team !== undefined) return this.membership(email)?.team === team;
    if (costCentre !== undefined) return this.membership(email)?.costCentre === costCentre;
    return this.chain(email).includes(reportsTo ?? '');
  }

  private compare(leaf: Leaf): boolean {
    const value = this.value('dimension' in leaf ? `dimension:${leaf.dimension}` : leaf.attribute);
    if (leaf.exists !== undefined) return leaf.exists === (value !== null);
    if (value === null) return false;
    const fold = (text: string) => (leaf.ignoreCase === true ? text.toLowerCase() : text);
    const have = fold(value);
    if (leaf.is !== undefined) return have === fold(leaf.is);
    if (leaf.in !== undefined) return leaf.in.some((wanted) => fold(wanted) === have);
    if (leaf.startsWith !== undefined) return have.startsWith(fold(leaf.startsWith));
    if (leaf.endsWith !== undefined) return have.endsWith(fold(leaf.endsWith));
    if (leaf.contains !== undefined) return have.includes(fold(leaf.contains));
    return new RegExp(leaf.matches ?? '', leaf.ignoreCase === true ? 'i' : '').test(value);
  }

  value(ref: string): string | null {
    if (ref.startsWith('tag:')) return this.set.tags[ref.slice(4)] ?? null;
    if (ref.startsWith('dimension:')) return this.earlier.get(ref.slice(10)) ?? null;
    return this.set.attributes[ATTRIBUTES.find((name) => name === ref) as AttributeName] ?? null;
  }

  private link(): { person: string } | { team: string } | null {
    const { apiKeyId, principalId, seatId } = this.set.attributes;
    const wanted: [IdentifierKind, string | undefined][] = [
      ['apiKey', apiKeyId],
      ['principal', principalId],
      ['seat', seatId],
    ];
    for (const [kind, value] of wanted) {
      const found = this.data.links.find(
        (link) => link.kind === kind && link.value === value && covers(link, this.day),
      );
      if (found !== undefined) return found.owner;
    }
    return null;
  }

  private person(): string | null {
    const { email } = this.set.attributes;
    if (email !== undefined && this.known(email)) return email;
    const owner = this.link();
    return owner !== null && 'person' in owner && this.known(owner.person) ? owner.person : null;
  }

  private known(email: string): boolean {
    return this.data.people.some((person) => person.email === email);
  }

  private membership(email: string) {
    return this.data.memberships.find((row) => row.email === email && covers(row, this.day)) ?? null;
  }

  /** Managers above a person on the day, nearest first. */
  private chain(email: string): string[] {
    const above: string[] = [];
    let manager = this.membership(email)?.managerEmail ?? null;
    while (manager !== null && manager !== email && !above.includes(manager)) {
      above.push(manager);
      manager = this.membership(manager)?.managerEmail ?? null;
    }
    return above;
  }

  private owner(wanted: 'team' | 'person' | 'costCentre'): string | null {
    const email = this.person();
    if (email === null) {
      const owner = this.link();
      return wanted === 'team' && owner !== null && 'team' in owner ? owner.team : null;
    }
    if (wanted === 'person') return email;
    const membership = this.membership(email);
    return (wanted === 'team' ? membership?.team : membership?.costCentre) ?? null;
  }
}
