import fc from 'fast-check';
import type { MonthSet } from '../../../src/core/allocation/allocation.js';
import { addDays, type Day, parseMonth } from '../../../src/core/base/time.js';
import type { DirectoryData, IdentifierLink, Membership } from '../../../src/core/people/data.js';
import type { AttributeRef, Comparison, Condition } from '../../../src/core/rules/condition.js';
import type { Rule, Ruleset } from '../../../src/core/rules/rule.js';
import type { Target } from '../../../src/core/rules/target.js';
import { day, directoryData, person } from '../build/directory.js';

/** A small world in which rules, sets and people often meet: few values, many coincidences. */
export const OCTOBER = parseMonth('2026-10');
const START = day('2026-09-25');
export const TEAMS = ['Search', 'Support', 'Platform'];
const NAMES = ['ana', 'bo', 'cy', 'di', 'ed'];
const EMAILS = NAMES.map((name) => `${name}@larkspur.test`);
const VALUES = ['ci-1', 'ci-2', 'CI-1', 'gpt-6', 'claude', 'a'];
const KEYS = ['key-1', 'key-2', 'key-3'];
const text = fc.constantFrom(...VALUES);

/** A day from a week before October 2026 to a week after. */
const anyDay: fc.Arbitrary<Day> = fc.integer({ min: 0, max: 44 }).map((days) => addDays(START, days));

const comparison: fc.Arbitrary<Comparison> = fc
  .tuple(
    fc.oneof(
      text.map((is) => ({ is })),
      fc.array(text, { minLength: 1, maxLength: 3 }).map((list) => ({ in: list })),
      fc.constantFrom('ci', 'CI-', 'gpt', 'a').map((startsWith) => ({ startsWith })),
      fc.constantFrom('1', '-2', 'e').map((endsWith) => ({ endsWith })),
      fc.constantFrom('i', '-', 'LAU').map((contains) => ({ contains })),
      fc.constantFrom('^ci-[0-9]$', 'p.-|^a$', '[A-Z]').map((matches) => ({ matches })),
      fc.boolean().map((exists) => ({ exists })),
    ),
    fc.boolean(),
  )
  .map(([operator, ignoreCase]) => (ignoreCase ? { ...operator, ignoreCase } : operator));

const personTest: fc.Arbitrary<Condition> = fc
  .oneof(
    fc.constantFrom(...TEAMS).map((team) => ({ team })),
    fc.constantFrom('cc-1', 'cc-2').map((costCentre) => ({ costCentre })),
    fc.constantFrom(...EMAILS).map((reportsTo) => ({ reportsTo })),
  )
  .map((test) => ({ person: test }));

const PLAIN_REFS: AttributeRef[] = ['apiKeyName', 'model', 'tag:env'];

/** A condition that may look at the given earlier dimensions. */
export function condition(earlier: readonly string[]): fc.Arbitrary<Condition> {
  const attribute = fc
    .tuple(fc.constantFrom(...PLAIN_REFS), comparison)
    .map(([ref, test]) => ({ attribute: ref, ...test }));
  const dimension = fc
    .tuple(fc.constantFrom('none', ...earlier), fc.oneof(comparison, teamTest))
    .map(([id, test]) => ({ dimension: id, ...test }));
  const leaf = earlier.length === 0 ? attribute : fc.oneof(attribute, dimension);
  const { node } = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 4, arbitrary: leaf },
      { weight: 1, arbitrary: personTest },
      { weight: 2, arbitrary: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })) },
      { weight: 2, arbitrary: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })) },
      { weight: 1, arbitrary: tie('node').map((not) => ({ not })) },
    ),
  }));
  return node;
}

const teamTest: fc.Arbitrary<Comparison> = fc.constantFrom(...TEAMS).map((is) => ({ is }));

const target = (earlier: readonly string[]): fc.Arbitrary<Target> =>
  fc.oneof(
    fc.constantFrom(...TEAMS).map((value) => ({ value })),
    fc
      .constantFrom<AttributeRef>('model', 'tag:env', ...earlier.map((id): AttributeRef => `dimension:${id}`))
      .map((attribute) => ({ attribute })),
    fc.constant({ attribute: 'tag:env' as const, template: 'env {value}' }),
    fc.constantFrom('team' as const, 'person' as const, 'costCentre' as const).map((owner) => ({ owner })),
  );

const effective = fc.option(
  fc
    .tuple(anyDay, fc.integer({ min: 1, max: 30 }), fc.constantFrom('from', 'to', 'both'))
    .map(([from, length, ends]): Rule['effective'] => {
      const to = addDays(from, length);
      if (ends === 'both') return { from, to };
      return ends === 'from' ? { from } : { to };
    }),
  { nil: undefined },
);

function rules(earlier: readonly string[]): fc.Arbitrary<Rule[]> {
  const shape = fc.tuple(condition(earlier), target(earlier), effective);
  return fc.array(shape, { maxLength: 8 }).map((shapes) =>
    shapes.map(([when, allocateTo, span], i) => ({
      id: `r${i}`,
      name: `Rule ${i}`,
      when,
      allocateTo,
      ...(span === undefined ? {} : { effective: span }),
    })),
  );
}

/** Three dimensions in dependency order, each of which may look at those before it; `none` has no rules. */
export const anyRuleset: fc.Arbitrary<Ruleset> = fc
  .tuple(rules([]), rules(['team']), rules(['team', 'product']))
  .map(([team, product, feature]) => ({
    version: 1,
    dimensions: [
      { id: 'none', rules: [] },
      { id: 'team', rules: team },
      { id: 'product', rules: product },
      { id: 'feature', rules: feature },
    ],
  }));

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Sets with distinct ids and charges on some run of days, some of it outside October. */
export const anyMonthSets: fc.Arbitrary<MonthSet[]> = fc
  .array(
    fc.tuple(
      fc.record({
        apiKeyName: optional(text),
        model: optional(text),
        apiKeyId: optional(fc.constantFrom(...KEYS)),
        email: optional(fc.constantFrom(...EMAILS, 'stranger@larkspur.test')),
      }),
      fc.dictionary(fc.constant('env'), text),
      anyDay,
      fc.integer({ min: 0, max: 40 }),
    ),
    { maxLength: 8 },
  )
  .map((sets) =>
    sets.map(([attributes, tags, firstDay, length], i) => ({
      setId: i + 1,
      set: {
        attributes: Object.fromEntries(
          Object.entries(attributes).filter(([, value]) => value !== undefined),
        ) as MonthSet['set']['attributes'],
        tags: { ...tags },
      },
      firstDay,
      lastDay: addDays(firstDay, length),
    })),
  );

/** Consecutive intervals that start anywhere around October, some with gaps between them: no overlaps. */
function spans<T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ from: Day; to: Day | null; value: T | null }[]> {
  return fc
    .uniqueArray(anyDay, { minLength: 1, maxLength: 4 })
    .chain((days) =>
      fc.tuple(fc.constant(days.toSorted()), fc.array(fc.option(value), { minLength: 4, maxLength: 4 })),
    )
    .map(([days, values]) =>
      days.map((from, i) => ({ from, to: days[i + 1] ?? null, value: values[i] ?? null })),
    );
}

/** People who change teams, managers and cost centres, also in circles, and keys that change hands. */
export const anyDirectoryData: fc.Arbitrary<DirectoryData> = fc
  .tuple(
    fc.tuple(
      ...EMAILS.map(() =>
        spans(
          fc.record({
            team: fc.constantFrom(...TEAMS),
            managerEmail: fc.option(fc.constantFrom(...EMAILS)),
            costCentre: fc.option(fc.constantFrom('cc-1', 'cc-2')),
          }),
        ),
      ),
    ),
    fc.tuple(
      ...KEYS.map(() =>
        spans<IdentifierLink['owner']>(
          fc.oneof(
            fc.constantFrom(...EMAILS).map((email) => ({ person: email })),
            fc.constantFrom(...TEAMS).map((team) => ({ team })),
          ),
        ),
      ),
    ),
  )
  .map(([histories, owners]) =>
    directoryData({
      people: NAMES.map((name) => person(name)),
      memberships: histories.flatMap((history, i) =>
        history.flatMap(({ from, to, value }): Membership[] =>
          value === null ? [] : [{ email: EMAILS[i] ?? '', from, to, ...value }],
        ),
      ),
      links: owners.flatMap((history, i) =>
        history.flatMap(({ from, to, value }): IdentifierLink[] =>
          value === null ? [] : [{ kind: 'apiKey', value: KEYS[i] ?? '', owner: value, from, to }],
        ),
      ),
    }),
  );

/** A ruleset and what one small edit made of it: a rule added, replaced, taken away or moved. */
export const anyRulesetPair: fc.Arbitrary<{ before: Ruleset; after: Ruleset }> = fc
  .tuple(anyRuleset, anyRuleset, fc.constantFrom('team', 'product', 'feature'), fc.nat(), fc.nat(), fc.nat(3))
  .map(([before, other, id, from, to, kind]) => {
    const donor = other.dimensions.find((dimension) => dimension.id === id)?.rules ?? [];
    const edit = (rules: readonly Rule[]): Rule[] => {
      const at = from % (rules.length + 1);
      const old = rules.slice(at, at + 1);
      const made = donor.slice(to % (donor.length + 1)).slice(0, 1);
      const rest = rules.filter((_, index) => index !== at);
      if (kind === 0) return rules.toSpliced(at, 0, ...made.map((rule) => ({ ...rule, id: 'new' })));
      if (kind === 1)
        return rules.toSpliced(at, 1, ...made.map((rule) => ({ ...rule, id: old[0]?.id ?? 'new' })));
      if (kind === 2) return rest;
      return rest.toSpliced(to % (rest.length + 1), 0, ...old);
    };
    const dimensions = before.dimensions.map((dimension) =>
      dimension.id === id ? { ...dimension, rules: edit(dimension.rules) } : dimension,
    );
    return { before, after: { ...before, dimensions } };
  });
