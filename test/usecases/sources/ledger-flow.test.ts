import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/base/errors.js';
import { sumNanos } from '../../../src/core/base/money.js';
import type { Day, DayRange } from '../../../src/core/base/time.js';
import type { Ruleset } from '../../../src/core/rules/rule.js';
import type { SpendReport } from '../../../src/core/spend/spend.js';
import { reallocate } from '../../../src/usecases/allocation/reallocate.js';
import { reconcile } from '../../../src/usecases/allocation/reconcile.js';
import { showHome } from '../../../src/usecases/home/show-home.js';
import { commitRules } from '../../../src/usecases/rules/commit-rules.js';
import { exportRules, importRules } from '../../../src/usecases/rules/import-rules.js';
import { lintRules } from '../../../src/usecases/rules/lint-rules.js';
import { listRules } from '../../../src/usecases/rules/list-rules.js';
import { previewRules } from '../../../src/usecases/rules/preview-rules.js';
import { listAttributes, suggestValues } from '../../../src/usecases/rules/suggest-values.js';
import { ingest, ingestSource } from '../../../src/usecases/sources/ingest.js';
import { showSpend } from '../../../src/usecases/spend/show-spend.js';
import { chargesOf, createTestProvider, keyRule, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const KEYS: readonly TestKey[] = [
  { key: 'search-prod', model: 'claude-sonnet-4-5', tags: { env: 'prod' }, cents: () => 10_000 },
  { key: 'support-bot', model: 'claude-haiku-4-5', cents: () => 4_000 },
  { key: 'stray', model: 'gpt-5.1', cents: () => 1_000 },
];
const RULES: Ruleset = {
  version: 1,
  dimensions: [
    { id: 'team', rules: [keyRule('search-prod', 'Search'), keyRule('support-bot', 'Support')] },
    {
      id: 'product',
      rules: [
        {
          id: 'env',
          name: 'By env',
          when: { attribute: 'tag:env', exists: true },
          allocateTo: { attribute: 'tag:env' },
        },
      ],
    },
  ],
};
const WINDOW: DayRange = { from: '2026-09-01' as Day, to: '2026-11-18' as Day };

function provider(keys: readonly TestKey[] = KEYS) {
  return createTestProvider((window) => ({
    charges: chargesOf(keys, window),
    completeThrough: '2026-11-17' as Day,
  }));
}

let context: TestContext;
beforeEach(async () => {
  context = await createTestContext({ now: '2026-11-18' });
});

async function fill(): Promise<void> {
  await ingestSource(context, provider(), WINDOW);
  await importRules(context, { ruleset: RULES, file: 'rules.yml', note: null });
  await reallocate(context);
}

async function report(text: string): Promise<SpendReport> {
  const answer = await showSpend(context, { text, askedBy: null, viewer: null });
  if (answer.kind !== 'report') throw new Error(answer.sentence);
  return answer.report;
}

describe('ingest', () => {
  it('asks for thirteen months at first, then for the open window, then for everything since the last success', async () => {
    const vendor = provider();
    const ask = () => ingest({ ...context, providers: [vendor] }, { source: null, window: null });
    await ask();
    await ask();
    context.testClock.set('2027-02-01');
    await ask();
    expect(vendor.windows).toEqual([
      { from: '2025-11-01', to: '2026-11-19' },
      { from: '2026-10-19', to: '2026-11-19' },
      { from: '2026-11-18', to: '2027-02-02' },
    ]);
  });

  it('reaches no further back than the vendor answers', async () => {
    const vendor = createTestProvider(() => ({}), { reachDays: 90 });
    await ingestSource(context, vendor, null);
    expect(vendor.windows).toEqual([{ from: '2026-08-21', to: '2026-11-19' }]);
  });

  it('changes nothing the second time', async () => {
    const first = await ingestSource(context, provider(), WINDOW);
    const second = await ingestSource(context, provider(), WINDOW);
    expect(first).toMatchObject({
      ok: true,
      unchanged: false,
      charges: 234,
      staleMonths: ['2026-09', '2026-10', '2026-11'],
    });
    expect(second).toMatchObject({ ok: true, unchanged: true, staleMonths: [] });
  });

  it('keeps the ledger on trouble and tells FinOps once per run of failures', async () => {
    await fill();
    let trouble: Error | null = new AppError('upstream', 'Anthropic answered 529 five times.');
    const flaky = createTestProvider((window) => {
      if (trouble !== null) throw trouble;
      return { charges: chargesOf(KEYS, window), completeThrough: '2026-11-17' as Day };
    });
    const before = (await report('2026-10')).total;
    const failed = await ingestSource(context, flaky, WINDOW);
    expect(failed).toMatchObject({
      ok: false,
      fault: 'outside',
      sentence: 'claude: Anthropic answered 529 five times.',
    });
    context.testClock.advance(3_600_000 * 24);
    await ingestSource(context, flaky, WINDOW);
    expect((await report('2026-10')).total).toBe(before);
    expect(await context.store.findNotice('feed:claude:2026-11-18')).toMatchObject({
      revision: 1,
      notice: {
        audience: { kind: 'finops' },
        body: { kind: 'feed-trouble', source: 'claude', since: '2026-11-18' },
      },
    });
    expect(await context.store.findNotice('feed:claude:2026-11-19')).toBeNull();
    trouble = null;
    await ingestSource(context, flaky, WINDOW);
    trouble = new Error('socket hang up at 10.0.0.7');
    const again = await ingestSource(context, flaky, WINDOW);
    expect(again.sentence).not.toContain('10.0.0.7');
    expect(await context.store.findNotice('feed:claude:2026-11-19')).not.toBeNull();
  });

  it('goes on with the other sources when one fails, and refuses a source that is not configured', async () => {
    const bad = createTestProvider(
      () => {
        throw new AppError('upstream', 'No answer.');
      },
      { source: 'bad' },
    );
    const both = { ...context, providers: [bad, provider()] };
    const reports = await ingest(both, { source: null, window: WINDOW });
    expect(reports.map(({ source, ok }) => [source, ok])).toEqual([
      ['bad', false],
      ['claude', true],
    ]);
    await expect(ingest(both, { source: 'nope', window: null })).rejects.toThrow(
      '"nope"; the configuration names bad, claude',
    );
  });
});

describe('reallocate', () => {
  it('allocates every stale month with a proof per dimension, and has nothing to do the second time', async () => {
    await ingestSource(context, provider(), WINDOW);
    const proofs = await reallocate(context);
    expect(new Set(proofs.map(({ month }) => month))).toEqual(new Set(['2026-09', '2026-10', '2026-11']));
    expect(new Set(proofs.map(({ dimension }) => dimension)).size).toBe(6);
    expect(await reallocate(context)).toEqual([]);
  });

  it('follows a rule change', async () => {
    await fill();
    const october = await report('2026-10');
    expect(october.lines.map(({ label, cost }) => [label, cost])).toEqual([
      ['Search', 3_100_000_000_000n],
      ['Support', 1_240_000_000_000n],
      ['Unallocated', 310_000_000_000n],
    ]);
  });
});

describe('rules', () => {
  const edit = {
    kind: 'add',
    dimension: 'team',
    rule: keyRule('stray', 'Search'),
    beforeRuleId: null,
  } as const;

  it('are previewed in money, committed as previewed, told once and listed in plain words', async () => {
    await fill();
    const preview = await previewRules(context, { edit, note: 'it is theirs' });
    expect(preview.lines).toHaveLength(1);
    expect(preview.diff.moved).toContainEqual({
      dimension: 'team',
      month: '2026-10',
      currency: 'USD',
      from: null,
      to: 'Search',
      cost: 310_000_000_000n,
    });
    expect((await listRules(context)).version.number).toBe(1);
    const version = await commitRules(context, preview);
    expect(version).toMatchObject({ number: 2, note: 'it is theirs', author: 'slack:U0FIN (Fin Ops)' });
    expect(await commitRules(context, preview)).toEqual(version);
    await reallocate(context);
    expect((await report('2026-10')).lines.map(({ label }) => label)).toEqual(['Search', 'Support']);
    expect(await context.store.findNotice('rules:v2')).toMatchObject({
      revision: 1,
      notice: { audience: { kind: 'finops' }, body: { figures: { version: 2, lines: preview.lines } } },
    });
    const team = (await listRules(context)).dimensions.find(({ id }) => id === 'team');
    expect(team?.rules.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining('stray'));
  });

  it('are told of even when the process dies right after the commit', async () => {
    await fill();
    const preview = await previewRules(context, { edit, note: null });
    const putNotices = () => Promise.reject(new Error('killed'));
    await commitRules({ ...context, store: { ...context.store, putNotices } }, preview);
    expect(await context.store.findNotice('rules:v2')).toMatchObject({ state: 'pending', revision: 1 });
  });

  it('are refused when rules changed since the preview', async () => {
    await fill();
    const first = await previewRules(context, { edit, note: null });
    const second = await previewRules(context, {
      edit: { ...edit, rule: keyRule('stray', 'Support') },
      note: null,
    });
    await commitRules(context, second);
    await expect(commitRules(context, first)).rejects.toThrow(
      'Rules or figures changed since the preview; preview again.',
    );
    expect((await listRules(context)).version.number).toBe(2);
  });

  it('are refused when figures changed since the preview, or with another hash', async () => {
    await fill();
    const preview = await previewRules(context, { edit, note: null });
    await expect(commitRules(context, { ...preview, hash: 'other' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const dearer = KEYS.map((key) => (key.key === 'stray' ? { ...key, cents: () => 2_000 } : key));
    await ingestSource(context, provider(dearer), WINDOW);
    await expect(commitRules(context, preview)).rejects.toMatchObject({ code: 'conflict' });
    await expect(commitRules(context, { draftId: 'nope', hash: 'x' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('that stay the same have no lines in their preview', async () => {
    await fill();
    const preview = await previewRules(context, { edit: { kind: 'ruleset', ruleset: RULES }, note: null });
    expect(preview.lines).toEqual([]);
    expect(preview.diff.moved).toEqual([]);
  });

  it('survive a round trip through a file unchanged', async () => {
    await fill();
    const exported: unknown = JSON.parse(JSON.stringify(await exportRules(context)));
    const again = await importRules(context, { ruleset: exported, file: 'rules.yml', note: null });
    expect(again).toEqual({ changed: false, version: 1, lines: [], waiting: null });
  });

  it('that do nothing are named with the reason', async () => {
    await fill();
    const shadowed = { ...keyRule('search-prod', 'Support'), id: 'late', name: 'Too late' };
    const preview = await previewRules(context, {
      edit: { kind: 'add', dimension: 'team', rule: shadowed, beforeRuleId: null },
      note: null,
    });
    expect(preview.diff.shadowedRuleIds).toEqual(['late']);
    await commitRules(context, preview);
    const findings = await lintRules(context);
    expect(findings).toMatchObject([{ ruleId: 'late', why: 'shadowed' }]);
    expect(findings[0]?.sentence).toContain('"Too late" never gets a charge');
  });
});

describe('suggestions', () => {
  it('come from the ledger, and owners from allocations and the directory', async () => {
    await fill();
    expect(await suggestValues(context, { attribute: 'apiKeyName', contains: 'S', limit: 2 })).toEqual([
      'search-prod',
      'support-bot',
    ]);
    expect(await suggestValues(context, { attribute: 'dimension:team', contains: 's', limit: 9 })).toEqual([
      'Search',
      'Support',
    ]);
    expect(await suggestValues(context, { attribute: 'tag:env', contains: '', limit: 9 })).toEqual(['prod']);
    await expect(suggestValues(context, { attribute: 'colour', contains: '', limit: 9 })).rejects.toThrow(
      '"colour"',
    );
    const attributes = await listAttributes(context);
    expect(attributes).toContain('apiKeyName');
    expect(attributes).not.toContain('seatId');
    expect(attributes.at(-1)).toBe('tag:env');
  });
});

describe('a spend report', () => {
  it('compares with the period before, and its chart adds up to its total', async () => {
    await fill();
    const answer = await report('search by key last month');
    expect(answer).toMatchObject({
      total: 3_100_000_000_000n,
      previousTotal: 3_000_000_000_000n,
      previousRange: { from: '2026-09-01', to: '2026-10-01' },
      lines: [{ label: 'search-prod', cost: 3_100_000_000_000n, previous: 3_000_000_000_000n }],
      incomplete: [],
    });
    expect(answer.chart.buckets).toHaveLength(31);
    expect(sumNanos(answer.chart.series.flatMap(({ costs }) => costs))).toBe(answer.total);
  });

  it('by model over months adds up too, and names the feeds that lag', async () => {
    await fill();
    context.testClock.set('2026-11-21');
    const answer = await report('by model this year');
    expect(answer.chart.grain).toBe('month');
    expect(sumNanos(answer.chart.series.flatMap(({ costs }) => costs))).toBe(answer.total);
    expect(answer.chart.provisionalFrom).toBe(10);
    expect(answer.incomplete).toEqual([{ source: 'claude', completeThrough: '2026-11-17' }]);
  });

  it('by day is in the order of days', async () => {
    await fill();
    const answer = await report('search daily last week');
    expect(answer.lines.map(({ label }) => label)).toEqual([
      '2026-11-09',
      '2026-11-10',
      '2026-11-11',
      '2026-11-12',
      '2026-11-13',
      '2026-11-14',
      '2026-11-15',
    ]);
    expect(answer.chart.series).toHaveLength(1);
  });

  it('finds keys and models by name, and knows what it does not know', async () => {
    await fill();
    expect((await report('key support-bot last month')).total).toBe(1_240_000_000_000n);
    expect((await report('gpt last month')).question.scope).toEqual({ key: 'model', value: 'gpt-5.1' });
    const answer = await showSpend(context, { text: 'suport last month', askedBy: null, viewer: null });
    expect(answer).toMatchObject({
      kind: 'not-understood',
      suggestions: ['/spend support last month', expect.anything(), expect.anything(), expect.anything()],
    });
  });

  it('has lines and more that add up to its total, whatever the keys cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -500, max: 5000 }), { minLength: 1, maxLength: 40 }),
        async (cents) => {
          const keys = cents.map((value, i) => ({
            key: `key-${i}`,
            model: `m-${i % 9}`,
            cents: () => value,
          }));
          const fresh = await createTestContext({ now: '2026-11-18' });
          await ingestSource(fresh, provider(keys), { from: '2026-11-01' as Day, to: '2026-11-04' as Day });
          await reallocate(fresh);
          const answer = await showSpend(fresh, { text: 'by key', askedBy: null, viewer: null });
          if (answer.kind !== 'report') throw new Error(answer.sentence);
          const { lines, more, total, chart } = answer.report;
          expect(lines.length).toBeLessThanOrEqual(15);
          expect(sumNanos(lines.map(({ cost }) => cost)) + (more?.cost ?? 0n)).toBe(total);
          expect(lines.length + (more?.count ?? 0)).toBe(cents.filter((value) => value !== 0).length);
          expect(sumNanos(chart.series.flatMap(({ costs }) => costs))).toBe(total);
          await fresh.store.close();
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('home and reconciliation', () => {
  it('home shows this month against the same whole days of the month before', async () => {
    await fill();
    const viewer = {
      email: 'nobody@larkspur.example',
      roles: ['finance'],
      team: null,
      teamsLed: [],
      teamsBelow: [],
    } as const;
    const home = await showHome(context, { viewer });
    expect(home).toMatchObject({
      month: '2026-11',
      company: { total: 2_550_000_000_000n, previous: 2_550_000_000_000n },
      myTeams: [],
      unallocated: { total: 170_000_000_000n },
      finops: null,
      openCases: [],
      ruleCount: 3,
    });
    expect(home.teams.map(({ label }) => label)).toEqual(['Search', 'Support', 'Unallocated']);
    expect(home.unallocated?.lines).toHaveLength(1);
  });

  it('reconciliation leaves no residual and shows the proofs', async () => {
    await fill();
    const answer = await reconcile(context, { period: '2026-10' as never });
    expect(answer.invoices).toMatchObject([
      {
        source: 'claude',
        invoiceId: 'INV-2026-10',
        billed: '4650',
        allocated: '4340',
        unallocated: '310',
        residual: '0',
      },
    ]);
    expect(answer.proofs).toHaveLength(6);
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  });
});
