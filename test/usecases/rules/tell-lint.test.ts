import { beforeEach, describe, expect, it } from 'vitest';
import { type Day, parseDay } from '../../../src/core/base/time.js';
import type { Rule } from '../../../src/core/rules/rule.js';
import { noticeMessage } from '../../../src/slack/deliver/notice-message.js';
import { importRules } from '../../../src/usecases/rules/import-rules.js';
import { lintRules } from '../../../src/usecases/rules/lint-rules.js';
import { tellLint } from '../../../src/usecases/rules/tell-lint.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const WEEK = 7 * 24 * 3_600_000;
const RANGE = { from: parseDay('2026-10-01'), to: parseDay('2026-11-01') };
const KEYS: readonly TestKey[] = [
  { key: 'ci-web', model: 'gpt-6', cents: () => 100 },
  { key: 'ci-app', model: 'claude', cents: () => 200 },
  { key: 'app', model: 'gpt-6', cents: () => 400 },
  { key: 'web', model: 'claude', cents: () => 5 },
];
const GPT: Rule = {
  id: 'gpt',
  name: 'GPT',
  when: { attribute: 'model', is: 'gpt-6' },
  allocateTo: { value: 'A' },
};
const CI: Rule = {
  id: 'ci',
  name: 'CI',
  when: { attribute: 'apiKeyName', startsWith: 'ci-' },
  allocateTo: { value: 'B' },
};

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-16' });
  const charges = chargesOf(KEYS, RANGE);
  await ingestSource(
    context,
    createTestProvider(() => ({ charges, completeThrough: '2026-10-31' as Day })),
    RANGE,
  );
});
async function rules(...team: Rule[]) {
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules: team }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
}
async function nextWeek() {
  context.testClock.advance(WEEK);
  return (await tellLint(context)).told;
}
const toldIn = async (week: string) =>
  (await context.store.findNotice(`rules-lint:${week}`))?.notice.body ?? null;

describe('lint', () => {
  it('names rules of which only the order decides, and what is at stake; exceptions are none of its business', async () => {
    const all: Rule = {
      ...GPT,
      id: 'all',
      name: 'All',
      when: { attribute: 'model', exists: true },
      allocateTo: { value: 'C' },
    };
    await rules(GPT, CI, all);
    const findings = await lintRules(context);
    expect(findings).toMatchObject([
      {
        why: 'overlap',
        ruleId: 'gpt',
        otherRuleId: 'ci',
        atStake: [{ currency: 'USD', cost: 31_000_000_000n }],
      },
    ]);
    expect(findings[0]?.sentence).toBe(
      'team: "GPT" gets 31 USD that "CI" below it matches too and would send elsewhere; only their order decides.',
    );
  });

  it('says of a rule that is never reached how much others take, once', async () => {
    await rules(GPT, { ...keyRule('app', 'B'), name: 'Late' });
    expect(await lintRules(context)).toMatchObject([
      { why: 'shadowed', name: 'Late', atStake: [{ currency: 'USD', cost: 124_000_000_000n }] },
    ]);
  });
});

describe('the weekly lint', () => {
  it('tells FinOps what is new, the dearest first, and is silent while nothing has changed', async () => {
    await rules(GPT, CI, keyRule('gone', 'A'));
    expect(await tellLint(context)).toEqual({ told: 2 });
    const body = await toldIn('2026-W47');
    if (body === null) throw new Error('nothing was told');
    const { text, blocks } = noticeMessage(body);
    expect(text).toBe(
      '2 rules to look at: GPT gets $31.00 that “CI” below it matches too: only their order decides. Key gone matches nothing.',
    );
    expect(JSON.stringify(blocks)).toContain('Version 1 of the rules');
    expect(await nextWeek()).toBe(0);
    expect(await nextWeek()).toBe(0);
    await rules(GPT, CI);
    expect(await nextWeek()).toBe(1);
    expect(await toldIn('2026-W50')).toMatchObject({ figures: { lines: [{ why: 'overlap' }] } });
  });

  it('is silent when every rule is of use, and a second run in a week adds no message', async () => {
    await rules(CI, keyRule('app', 'A'));
    expect(await tellLint(context)).toEqual({ told: 0 });
    expect(await toldIn('2026-W47')).toBeNull();
    await rules(GPT, CI);
    expect(await tellLint(context)).toEqual({ told: 1 });
    expect(await tellLint(context)).toEqual({ told: 0 });
  });

  it('does not repeat itself because more money has come in', async () => {
    await rules(GPT, CI);
    await tellLint(context);
    const november = { from: parseDay('2026-11-01'), to: parseDay('2026-11-10') };
    const charges = chargesOf(KEYS, november);
    await ingestSource(
      context,
      createTestProvider(() => ({ charges })),
      november,
    );
    expect(await nextWeek()).toBe(0);
  });
});
