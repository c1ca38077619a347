import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Day, Month } from '../../../src/core/base/time.js';
import type {
  BillLineage,
  ChargeLine,
  How,
  HowLineage,
  Lineage,
  RuleLineage,
  RuleWording,
} from '../../../src/core/lineage/lineage.js';
import { validateView } from '../../../src/sandbox/slack/validate.js';
import { encodeChoice } from '../../../src/slack/kit/option-value.js';
import { billView, figureView, howView } from '../../../src/slack/lineage/view.js';

/** Names that try to be more than a name, and long ones. */
const name = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '*bold*',
    '',
    '\n\n',
    '\u202egnirts',
    '\ud800',
    '🙂'.repeat(80),
    '"'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const cost = fc.oneof(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.constantFrom(0n, 1n, -1n));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value);
const day = fc.constant('2026-10-05' as Day);
const summed = {
  cost,
  charges: fc.nat(),
  confidence: fc.array(
    fc.record({ confidence: fc.constantFrom('billed' as const, 'spread' as const), cost }),
    {
      maxLength: 4,
    },
  ),
};

const wording: fc.Arbitrary<RuleWording> = fc.record({
  id: name,
  name,
  sentence: fc.array(name, { maxLength: 30 }).map((parts) => parts.join(' and ')),
  from: optional(day),
  to: optional(day),
});

const membership = fc.record({
  email: name,
  from: day,
  to: optional(day),
  team: optional(name),
  managerEmail: optional(name),
  costCentre: optional(name),
});

const how: fc.Arbitrary<How> = fc.oneof(
  fc.record({ kind: fc.constant('value' as const) }),
  fc.record({ kind: fc.constant('attribute' as const), attribute: name, template: optional(name) }),
  fc.record({ kind: fc.constant('nobody' as const), reason: name }),
  fc.record({ kind: fc.constant('moved' as const), originalMonth: fc.constant('2026-10' as Month) }),
  fc.record({
    kind: fc.constant('directory' as const),
    wanted: fc.constant('team' as const),
    evidence: fc.record({
      link: optional(
        fc.record({
          kind: fc.constant('apiKey' as const),
          value: name,
          owner: name.map((person) => ({ person })),
          from: day,
          to: optional(day),
        }),
      ),
      person: fc.constant(null),
      memberships: fc.array(membership, { maxLength: 20 }),
    }),
    linkedBy: optional(fc.record({ by: name, atMs: fc.nat() })),
  }),
  fc.record({
    kind: fc.constant('split' as const),
    month: fc.constant('2026-10' as Month),
    steps: fc.array(
      fc.record({
        kind: fc.constant('shared-cost' as const),
        wording,
        recipient: optional(name),
        weights: optional(
          fc.record({
            unit: fc.constantFrom('spend' as const, 'alike' as const),
            owners: fc.array(fc.record({ owner: name, weight: fc.bigInt({ min: 1n, max: 2n ** 60n }) })),
            share: optional(fc.record({ weight: fc.bigInt({ min: 1n, max: 99n }), total: fc.constant(99n) })),
          }),
        ),
      }),
      { maxLength: 12 },
    ),
  }),
);

const line: fc.Arbitrary<ChargeLine> = fc.record({
  day,
  priorDay: optional(day),
  source: name,
  service: optional(name),
  key: optional(name),
  model: optional(name),
  sku: optional(name),
  category: optional(name),
  description: optional(name),
  quantity: optional(fc.double()),
  unit: optional(name),
  unitPrice: optional(fc.double()),
  confidence: fc.constant('billed' as const),
  chargeCost: cost,
  cost,
  raw: fc.array(fc.record({ endpoint: name, fetchedAtMs: fc.nat() }), { maxLength: 40 }),
});

const size = { maxLength: 40, size: 'max' as const };
const howLineage: fc.Arbitrary<HowLineage> = fc.record({
  ...summed,
  how,
  nature: fc.constantFrom('charge' as const, 'prior-period' as const),
  basis: fc.dictionary(fc.constantFrom('team', 'product'), optional(name)),
  target: optional(name),
  chargeCost: cost,
  lines: fc.array(line, { maxLength: 25 }),
  remainder: optional(fc.record({ charges: fc.nat(), cost })),
});
const ruleLineage = (hows: fc.Arbitrary<HowLineage[]>): fc.Arbitrary<RuleLineage> =>
  fc.record({
    ...summed,
    version: optional(fc.nat()),
    rule: optional(wording),
    reason: optional(name),
    hows,
  });
const billLineage = (rules: fc.Arbitrary<RuleLineage[]>): fc.Arbitrary<BillLineage> =>
  fc.record({
    ...summed,
    source: name,
    invoice: optional(
      fc.record({
        invoiceIssuerName: name,
        billingAccountId: name,
        billingPeriod: fc.constant('2026-10' as Month),
        invoiceId: optional(name),
      }),
    ),
    rules,
  });

function lineageOf(bills: readonly BillLineage[], owner: string): Lineage {
  const range = { from: '2026-10-01' as Day, to: '2026-11-01' as Day };
  const where = [{ key: 'team', values: [owner] }];
  const figure = { dimension: 'team', where, range, currency: 'USD' };
  return { figure, cost: 1n, charges: 1, confidence: [], bills };
}

const LIVE = /"mrkdwn"|"type":"(broadcast|user|usergroup|link|channel|emoji)"/;
const RUNS = { numRuns: 25 };

describe('views of a lineage, under any figures', () => {
  it('the figure with its bills is taken by Slack', () => {
    const bills = fc.array(billLineage(fc.array(ruleLineage(fc.constant([])), { maxLength: 9 })), size);
    fc.assert(
      fc.property(bills, name, fc.uniqueArray(name, { maxLength: 60 }), (found, owner, labels) => {
        const chosen = { text: 'Total', value: '~total' };
        const choices = [chosen, ...labels.map(encodeChoice)];
        const view = figureView(lineageOf(found, owner), { ask: owner, lines: { choices, chosen } });
        expect(validateView(view)).toEqual([]);
        expect(JSON.stringify(view)).not.toMatch(LIVE);
      }),
      RUNS,
    );
  });

  it('the rules of a bill are taken by Slack', () => {
    const hows = fc.array(
      howLineage.map((each) => ({ ...each, lines: [] })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(billLineage(fc.array(ruleLineage(hows), { maxLength: 20 })), name, (bill, owner) => {
        const view = billView(lineageOf([bill], owner), bill, 0);
        expect(validateView(view)).toEqual([]);
        expect(JSON.stringify(view)).not.toMatch(LIVE);
      }),
      RUNS,
    );
  });

  it('the charges of a way are taken by Slack', () => {
    fc.assert(
      fc.property(howLineage, name, (found, owner) => {
        const view = howView(lineageOf([], owner), found);
        expect(validateView(view)).toEqual([]);
        expect(JSON.stringify(view)).not.toMatch(LIVE);
      }),
      RUNS,
    );
  });
});
