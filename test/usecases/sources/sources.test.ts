import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSourceCatalog } from '../../../src/app/assemble-sources.js';
import { AppError } from '../../../src/core/base/errors.js';
import { parseNanos } from '../../../src/core/base/money.js';
import { daysBetween } from '../../../src/core/base/time.js';
import { sharedUsage } from '../../../src/core/ledger/source-overlap.js';
import { backfillProgress } from '../../../src/core/sources/feed.js';
import type { Provider } from '../../../src/providers/provider.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { NewSource } from '../../../src/usecases/context.js';
import {
  cancelBackfill,
  resumeBackfills,
  runBackfill,
  startBackfill,
} from '../../../src/usecases/sources/backfill.js';
import { ingest, ingestSource } from '../../../src/usecases/sources/ingest.js';
import { listSources } from '../../../src/usecases/sources/list-sources.js';
import { addSource, pauseSource, removeSource } from '../../../src/usecases/sources/manage-sources.js';
import { day } from '../../support/build/charges.js';
import { chargesOf, createTestProvider, type TestKey } from '../../support/company/company.js';
import { createTestContext, type TestContext } from '../../support/context.js';

const KEYS: readonly TestKey[] = [{ key: 'search', model: 'm', cents: () => 100 }];
const folder = mkdtempSync(join(tmpdir(), 'apportion-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

function steady(settings: Parameters<typeof createTestProvider>[1] = {}) {
  return createTestProvider(
    (window) => ({ charges: chargesOf(KEYS, window), completeThrough: day('2026-11-17') }),
    settings,
  );
}

async function totalOf({ store }: Pick<TestContext, 'store'>): Promise<bigint> {
  const range = { from: day('2025-01-01'), to: day('2027-01-01') };
  return (await store.querySpend({ by: ['source'], range, where: [], currency: 'USD' })).total;
}

/** A promise and the means to keep it. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('two pulls of one source at the same time', () => {
  it('become one: the second says who is at it, and stores nothing', async () => {
    const context = await createTestContext();
    const { open, opened } = gate();
    const slow: Provider = {
      ...steady(),
      pull: async (...args) => opened.then(() => steady().pull(...args)),
    };
    const first = ingestSource(context, slow, null);
    const second = await ingestSource(context, steady(), null);
    expect(second).toMatchObject({ ok: false, fault: 'outside' });
    expect(second.sentence).toBe(
      'claude: a pull is running already (Fin Ops, since 09:00 UTC); nothing was pulled twice.',
    );
    expect(await context.store.listFeeds()).toEqual([]);
    open();
    expect(await first).toMatchObject({ ok: true });
    expect(await ingestSource(context, steady(), null)).toMatchObject({ ok: true, unchanged: true });
  });

  it('follow each other when the second waits, also across two connections to one file', async () => {
    const path = join(folder, 'two.db');
    const [one, two] = [await createTestContext({ path }), await createTestContext({ path })];
    const { open, opened } = gate();
    const slow: Provider = {
      ...steady(),
      pull: async (...args) => opened.then(() => steady().pull(...args)),
    };
    const first = ingestSource(one, slow, null);
    const second = ingestSource(two, steady(), null, 5_000);
    setTimeout(open, 300);
    expect([await first, await second].map(({ ok }) => ok)).toEqual([true, true]);
    expect(await totalOf(one)).toBe(await totalOf(two));
    await Promise.all([one.store.close(), two.store.close()]);
  });

  it('take over from a process that died, and keep a sleeper that wakes up from writing over them', async () => {
    const context = await createTestContext();
    const { open, opened } = gate();
    const sleeper: Provider = {
      ...steady(),
      pull: async (...args) => {
        await opened;
        const pull = await steady().pull(...args);
        return { ...pull, charges: [] };
      },
    };
    const asleep = ingestSource(context, sleeper, null);
    await context.store.listFeeds();
    context.testClock.advance(121_000);
    expect(await ingestSource(context, steady(), null)).toMatchObject({ ok: true });
    const total = await totalOf(context);
    open();
    expect(await asleep).toMatchObject({ ok: false });
    expect(await totalOf(context)).toBe(total);
    expect(total).toBeGreaterThan(0n);
  });

  it('change nothing by overlapping windows, pulled in any order and twice', async () => {
    const windows = [
      ['2026-10-01', '2026-10-20'],
      ['2026-10-10', '2026-11-05'],
      ['2026-10-01', '2026-10-20'],
      ['2026-11-01', '2026-11-18'],
    ] as const;
    const totals = [];
    for (const order of [windows, windows.toReversed()]) {
      const context = await createTestContext();
      for (const [from, to] of order) await ingestSource(context, steady(), { from: day(from), to: day(to) });
      totals.push(await totalOf(context));
    }
    expect(totals).toEqual([parseNanos('48'), parseNanos('48')]);
  });
});

describe('a feed that falls silent', () => {
  it('is told once, marked in the status, and its end is told in the same message', async () => {
    let through = day('2026-11-17');
    const provider = createTestProvider((window) => ({
      charges: chargesOf(KEYS, window),
      completeThrough: through,
    }));
    const context = await createTestContext({ providers: [provider] });
    const key = 'feed:claude:silent:2026-11-17';
    const pull = () => ingestSource(context, provider, null);
    await pull();
    context.testClock.set('2026-11-20');
    await pull();
    expect(await context.store.findNotice(key)).toBeNull();
    context.testClock.set('2026-11-21');
    await pull();
    through = day('2026-11-18');
    context.testClock.set('2026-11-22');
    await pull();
    expect((await context.store.findNotice(key))?.notice.body).toMatchObject({
      kind: 'feed-trouble',
      isSilent: true,
      sentence:
        'The vendor answers, but its last complete day is 2026-11-17: 3 days are missing, where at most 2 are usual. What is missing is no saving.',
    });
    expect(await context.store.findNotice('feed:claude:silent:2026-11-18')).toBeNull();
    expect(await listSources(context)).toMatchObject([{ state: 'silent', lagDays: 3, usualLagDays: 2 }]);
    through = day('2026-11-21');
    await pull();
    expect((await context.store.findNotice(key))?.notice.body).toMatchObject({ backOn: '2026-11-22' });
    expect(await listSources(context)).toMatchObject([{ state: 'well', lagDays: 0 }]);
  });

  it('is none while days of the past alone were asked for', async () => {
    const provider = createTestProvider((window) => ({
      charges: chargesOf(KEYS, window),
      completeThrough: day('2026-10-19'),
    }));
    const context = await createTestContext({ providers: [provider] });
    await ingestSource(context, provider, { from: day('2026-10-01'), to: day('2026-10-20') });
    expect(await context.store.findNotice('feed:claude:silent:2026-10-19')).toBeNull();
    await ingestSource(context, provider, null);
    expect(await context.store.findNotice('feed:claude:silent:2026-10-19')).not.toBeNull();
  });

  it('says in the message of a run of failures that it is over', async () => {
    let broken = true;
    const provider = createTestProvider((window) => {
      if (broken) throw new AppError('upstream', 'Anthropic answers 503.');
      return { charges: chargesOf(KEYS, window), completeThrough: day('2026-11-17') };
    });
    const context = await createTestContext({ providers: [provider] });
    await ingestSource(context, provider, null);
    context.testClock.set('2026-11-19');
    broken = false;
    await ingestSource(context, provider, null);
    const entry = await context.store.findNotice('feed:claude:2026-11-18');
    expect(entry?.notice.body).toMatchObject({ sentence: 'Anthropic answers 503.', backOn: '2026-11-19' });
  });
});

describe('the status of a source', () => {
  it('says what the last pull brought, when the next one is due, and who is at it', async () => {
    const provider = createTestProvider((window) => ({
      charges: chargesOf(KEYS, window),
      completeThrough: day('2026-11-17'),
      remarks: ['One row had no key.'],
    }));
    const context = await createTestContext({ providers: [provider] });
    expect(await listSources(context)).toMatchObject([
      { source: 'claude', state: 'new', feed: null, last: null },
    ]);
    const window = { from: day('2026-11-10'), to: day('2026-11-18') };
    await ingestSource(context, provider, window);
    expect(await listSources(context)).toMatchObject([
      {
        state: 'well',
        origin: 'file',
        lagDays: 0,
        nextPullMs: Date.parse('2026-11-18T09:10:00Z'),
        running: null,
        last: {
          charges: 8,
          costs: [{ currency: 'USD', cost: parseNanos('8') }],
          confidences: { billed: 8 },
          remarks: ['One row had no key.'],
        },
      },
    ]);
    await pauseSource(context, 'claude', true);
    expect(await ingest(context, { source: null, window: null })).toEqual([]);
    expect(await ingest(context, { source: 'claude', window })).toMatchObject([{ ok: true }]);
    expect(await listSources(context)).toMatchObject([{ state: 'paused', nextPullMs: null }]);
    await pauseSource(context, 'claude', false);
    expect(await listSources(context)).toMatchObject([{ state: 'well', pausedBy: null }]);
  });
});

describe('a backfill', () => {
  it('fills a year in by chunks of one replacement, bounded by what the vendor answers, and shows how far it is', async () => {
    const provider = steady({ reachDays: 100 });
    const context = await createTestContext({ providers: [provider] });
    const started = await startBackfill(context, { source: 'claude', from: null, to: null });
    expect(started).toMatchObject({ from: '2026-08-11', to: '2026-11-18', nextDay: '2026-08-11' });
    await expect(startBackfill(context, { source: 'claude', from: null, to: null })).rejects.toThrow(
      'claude is being filled in already',
    );
    const seen: number[] = [];
    const done = await runBackfill(context, 'claude', {
      onProgress: (b) => seen.push(backfillProgress(b).done),
    });
    expect(seen).toEqual([31, 62, 93, 99]);
    expect(done).toMatchObject({ state: 'done', charges: 99 });
    expect(provider.windows.map(({ from, to }) => daysBetween(from, to))).toEqual([31, 31, 31, 6]);
    expect(await totalOf(context)).toBe(parseNanos('99'));
    const entry = await context.store.findNotice(`backfill:${started.id}`);
    expect(entry?.notice.body).toMatchObject({ kind: 'feed-backfill', backfill: { state: 'done' } });
    expect(entry?.revision).toBe(5);
  });

  it('is gone on with after kill -9, without a day lost or counted twice', async () => {
    const path = join(folder, 'killed.db');
    const child = fork(new URL('../../support/killed/backfill.ts', import.meta.url), [path, '2026-02-19'], {
      execArgv: ['--import', 'tsx'],
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const provider = steady();
    const context = await createTestContext({ path, providers: [provider] });
    expect(await context.store.listBackfills()).toMatchObject([
      { state: 'running', nextDay: '2026-02-19', charges: 93 },
    ]);
    // Its lease has not run out, but the process is gone.
    await resumeBackfills(context);
    expect(provider.windows[0]?.from).toBe('2026-02-19');
    expect(await context.store.listBackfills()).toMatchObject([{ state: 'done', charges: 365 }]);
    expect(await totalOf(context)).toBe(parseNanos('365'));
    await context.store.close();
  });

  it('lets hourly pulls in between its chunks, stops where it fails, and can be cancelled', async () => {
    let failOn = '2026-09-17';
    const provider = createTestProvider((window) => {
      if (window.from === failOn) throw new AppError('upstream', 'Anthropic answers 500.');
      return { charges: chargesOf(KEYS, window), completeThrough: day('2026-11-17') };
    });
    const context = await createTestContext({ providers: [provider] });
    await startBackfill(context, { source: 'claude', from: day('2026-08-17'), to: null });
    const hourly: boolean[] = [];
    const pulls: Promise<void>[] = [];
    const failed = await runBackfill(context, 'claude', {
      onProgress: () =>
        pulls.push(
          ingest(context, { source: null, window: null, waitMs: 5_000 }).then(
            (r) => void hourly.push(...r.map(({ ok }) => ok)),
          ),
        ),
    });
    await Promise.all(pulls);
    expect(hourly).toEqual([true, true]);
    expect(failed).toMatchObject({
      state: 'failed',
      nextDay: '2026-09-17',
      sentence: 'claude: Anthropic answers 500.',
    });
    failOn = '';
    await startBackfill(context, { source: 'claude', from: day('2026-08-17'), to: null });
    let chunks = 0;
    const run = await runBackfill(context, 'claude', { shouldStop: () => ++chunks > 1 });
    expect(run).toMatchObject({ state: 'running', nextDay: '2026-09-17' });
    await cancelBackfill(context, 'claude');
    expect(await runBackfill(context, 'claude')).toBeNull();
    expect(await context.store.listBackfills()).toMatchObject([{ state: 'cancelled' }]);
  });
});

async function catalogContext(fixed: readonly Provider[] = []) {
  const path = join(folder, `catalog-${crypto.randomUUID()}.db`);
  const context = await createTestContext({ path, providers: fixed });
  const catalog = (store: TestContext['store']) =>
    createSourceCatalog({
      config: { lent: { folder, credentials: LENT } },
      fixed,
      store,
      clock: context.clock,
    });
  const other = await openSqliteStore(path);
  return {
    context: { ...context, sources: catalog(context.store) },
    elsewhere: { ...context, store: other, sources: catalog(other) },
  };
}

const BILL = `BillingAccountId,BillingPeriodStart,BillingPeriodEnd,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,InvoiceIssuerName,ServiceProviderName,ServiceName
org-1,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,USD,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,Usage,5,5,5,5,Mistral,Mistral,API
`;

function newSource(changes: Partial<NewSource>): NewSource {
  return {
    name: 'mistral',
    kind: 'focus-file',
    credential: null,
    baseUrl: null,
    path: 'mistral.csv',
    options: {},
    ...changes,
  };
}

/** What the configuration file lends; nothing else may be used by a source that is added while running. */
const LENT = [
  { name: 'console', kind: 'anthropic', reference: 'env:APPORTION_TEST_UNSET', baseUrl: null },
  { name: 'proxy', kind: 'litellm', reference: 'env:HOME', baseUrl: 'https://litellm.larkspur.test' },
  { name: 'went-away', kind: 'openai', reference: 'env:WENT_AWAY', baseUrl: null },
];

describe('adding a source', () => {
  it('takes effect without a restart, in every process, and is taken away with its charges', async () => {
    writeFileSync(join(folder, 'mistral.csv'), BILL);
    const { context, elsewhere } = await catalogContext();
    await addSource(context, newSource({}));
    expect(await ingest(elsewhere, { source: null, window: null })).toMatchObject([
      { source: 'mistral', ok: true },
    ]);
    expect(await totalOf(context)).toBe(parseNanos('5'));
    expect(await listSources(context)).toMatchObject([{ source: 'mistral', origin: 'added', state: 'well' }]);
    await expect(addSource(elsewhere, newSource({}))).rejects.toThrow('There is a source "mistral" already');
    await removeSource(elsewhere, 'mistral');
    expect(await totalOf(context)).toBe(0n);
    expect(await listSources(context)).toEqual([]);
  });

  it('refuses a pasted secret in one sentence, and neither keeps nor repeats it', async () => {
    const { context } = await catalogContext();
    const secret = 'sk-ant-admin01-VERYSECRETVALUE';
    for (const credential of [
      secret,
      `env:${secret}`,
      `file:/etc/${secret}`,
      `file:../${secret}`,
      `file:${secret}`,
    ]) {
      const refusal = await addSource(
        context,
        newSource({ kind: 'anthropic', path: null, credential }),
      ).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AppError);
      expect(refusal).toMatchObject({ code: 'invalid' });
      expect(JSON.stringify([refusal, String(refusal), context.log.lines])).not.toContain('VERYSECRET');
    }
    expect(await context.store.listAddedSources()).toEqual([]);
    expect(JSON.stringify(await context.store.listAudit(50))).not.toContain('VERYSECRET');
  });

  it("refuses what is not the vendor's: our own variables, other folders, unknown kinds and options, broken names", async () => {
    const { context } = await catalogContext();
    symlinkSync('/etc/hostname', join(folder, 'link.csv'));
    const refused: readonly (readonly [Partial<NewSource>, string])[] = [
      [{ kind: 'anthropic', path: null, credential: 'env:SLACK_BOT_TOKEN' }, 'there is console'],
      [
        { kind: 'anthropic', path: null, credential: 'console' },
        'of credential console in apportion.yml is not set',
      ],
      // Another kind's, by its name or by its reference, at the vendor's or at any other address.
      [{ kind: 'litellm', path: null, credential: 'console' }, 'there is proxy'],
      [{ kind: 'langfuse', path: null, credential: 'env:HOME' }, 'none is set for kind langfuse'],
      [{ kind: 'langfuse', path: null, credential: 'file:vendor.key' }, 'none is set for kind langfuse'],
      [
        { kind: 'litellm', path: null, credential: 'proxy', baseUrl: 'https://evil.test' },
        'set in apportion.yml',
      ],
      [
        { kind: 'litellm', path: null, credential: 'env:HOME', baseUrl: 'http://127.0.0.1' },
        'there is proxy',
      ],
      [
        { kind: 'anthropic', path: null, credential: 'console', baseUrl: 'http://[::1]' },
        'set in apportion.yml',
      ],
      [{ baseUrl: 'http://169.254.169.254' }, 'set in apportion.yml'],
      // Beside the bills lie the configuration and its keys.
      [{ path: 'vendor.key' }, 'a file of figures'],
      [{ path: 'apportion.yml' }, 'a file of figures'],
      [{ path: '.env' }, 'a file of figures'],
      [{ path: '.secrets/bill.csv' }, 'a file of figures'],
      [{ path: 'link.csv' }, 'in the folder of apportion.yml'],
      [{ path: '../secrets.csv' }, 'in the folder of apportion.yml'],
      [{ path: '/etc/passwd' }, 'in the folder of apportion.yml'],
      [{ path: 'missing.csv' }, 'missing.csv'],
      [{ kind: 'no-such' }, 'no-such'],
      [{ name: 'Not A Slug' }, 'small letters'],
    ];
    for (const [changes, sentence] of refused)
      await expect(addSource(context, newSource(changes))).rejects.toThrow(sentence);
    expect(await context.store.listAddedSources()).toEqual([]);
  });

  it("lets the configuration file's source of a name win, and shows one that has lost its credential", async () => {
    const fixed = steady({ source: 'mistral' });
    const { context } = await catalogContext([fixed]);
    const added = { ...newSource({}), addedBy: 'x', addedAtMs: 1 };
    await context.store.addSource(added, context.actor);
    await context.store.addSource(
      { ...added, name: 'gone', kind: 'openai', credential: 'went-away' },
      context.actor,
    );
    expect(await listSources(context)).toMatchObject([
      {
        source: 'gone',
        state: 'misconfigured',
        problem:
          "The environment variable of credential went-away in apportion.yml is not set for Apportion's process; set it and start Apportion again.",
      },
      { source: 'mistral', kind: 'test', origin: 'file' },
    ]);
    await expect(removeSource(context, 'mistral')).rejects.toThrow('stands in apportion.yml');
  });

  it('counts what was set aside for a source again at once when that source is removed', async () => {
    const overlaps = [sharedUsage('anthropic', 'cost-feed')];
    const older: Provider = {
      ...steady({ source: 'older' }),
      overlaps: [sharedUsage('anthropic', 'older-cost-feed')],
    };
    const better: Provider = { ...steady({ source: 'better' }), overlaps };
    const context = await createTestContext();
    const window = { from: day('2026-11-01'), to: day('2026-11-11') };
    const named = (source: string, provider: Provider): Provider => ({
      ...provider,
      pull: async (...args) => {
        const pull = await provider.pull(...args);
        return {
          ...pull,
          charges: pull.charges.map((charge) => ({
            ...charge,
            set: { ...charge.set, attributes: { ...charge.set.attributes, source } },
          })),
        };
      },
    });
    await ingestSource(context, named('older', older), window);
    const report = await ingestSource(context, named('better', better), window);
    expect(report.ok).toBe(true);
    expect(await totalOf(context)).toBe(parseNanos('10'));
    const told = await context.store.findNotice('overlap:older:anthropic:better');
    expect(told?.notice.body).toMatchObject({ kind: 'feed-overlap', isOver: false });
    const again = await ingestSource(context, named('older', older), window);
    expect(again.remarks).toEqual([
      'older: usage billed by Anthropic on 2026-11-01 to 2026-11-10 (10 USD) is set aside; better carries the same money and is counted.',
    ]);
    expect(await listSources(context)).toMatchObject([
      { source: 'better', countedFor: [{ source: 'older' }], setAside: [] },
      { source: 'older', countedFor: [], setAside: [{ countedFrom: 'better' }] },
    ]);
    await removeSource(context, 'better');
    expect(await totalOf(context)).toBe(parseNanos('10'));
    expect(await context.store.listSetAside()).toEqual([]);
    const over = await context.store.findNotice('overlap:older:anthropic:better');
    expect(over?.notice.body).toMatchObject({ isOver: true });
  });
});
