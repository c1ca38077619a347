import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUseTally, type RecordedRequest } from '../../../src/core/gateways/tally.js';
import { totalTokens } from '../../../src/core/gateways/token-use.js';
import { createProvider } from '../../../src/providers/catalog.js';
import { ingestSource } from '../../../src/usecases/sources/ingest.js';
import { createTestContext } from '../../support/context.js';
import { clock, range } from '../../support/vendors/all.js';

const WINDOW = range('2026-11-10', '2026-11-13');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-records-'));
});
afterEach(() => rm(folder, { recursive: true }));

const record = (id: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  event_id: id,
  timestamp: '2026-11-10T10:00:00Z',
  provider: 'openai',
  model: 'gpt-6-sol',
  usage: { input_tokens: 1000, output_tokens: 200, cache_read_input_tokens: 400 },
  tags: { customer: 'acme', feature: 'summary', team: 'Search' },
  ...changes,
});
const write = async (name: string, records: readonly unknown[]) => {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const text = records.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
};
const provider = (options = {}, path = folder) =>
  createProvider(
    { name: 'records', kind: 'token-records', credential: null, baseUrl: null, path, options },
    { clock },
  );
const pull = (options = {}, path = folder) => provider(options, path).pull(WINDOW, []);

describe('files of token records', () => {
  it('are read from a folder of days, flat, plain and gzipped, each event once a day', async () => {
    await write('prefix/2026/11/10/a.jsonl.gz', [record('1'), record('2')]);
    await write('prefix/2026/11/11/late.jsonl', [
      record('2'),
      record('3', { timestamp: '2026-11-11T00:00:01.5Z' }),
    ]);
    await write('flat.ndjson', [
      record('4', { timestamp: '2026-11-12T23:59:59Z', api_key_id: 'key_Router' }),
    ]);
    await write('prefix/2026/09/01/old.jsonl', ['no JSON at all, but of other days']);
    const { uses = [], charges, completeThrough, remarks } = await pull();
    expect(charges).toEqual([]);
    expect(uses.map((use) => [use.day, use.requests, use.key, use.customer])).toEqual([
      ['2026-11-10', 2, null, 'acme'],
      ['2026-11-11', 1, null, 'acme'],
      ['2026-11-12', 1, 'key_Router', 'acme'],
    ]);
    expect(completeThrough).toBe('2026-11-12');
    expect(remarks).toEqual(['Of requests recorded more than once 1 further record was left out.']);
  });

  it('take input apart as the vendor means it: OpenAI’s holds cached tokens, Anthropic’s does not', async () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 1,
      cache_read_input_tokens: 400,
      cache_write_input_tokens: 100,
    };
    await write('a.jsonl', [
      record('1', { usage }),
      record('2', { usage, provider: 'anthropic', model: 'claude-sonnet-5' }),
      record('3', { usage: { ...usage, uncached_input_tokens: 7 }, provider: 'azure' }),
    ]);
    const { uses = [] } = await pull();
    expect(
      uses.map(({ vendor, tokens }) => [
        vendor,
        tokens.uncached_input,
        tokens.cache_read,
        tokens.cache_write_5m,
      ]),
    ).toEqual([
      ['anthropic', 1000n, 400n, 100n],
      ['azure', 7n, 400n, 100n],
      ['openai', 500n, 400n, 100n],
    ]);
  });

  it('are refused record by record, counted and told by reason', async () => {
    const usage = { input_tokens: 1000, output_tokens: 200 };
    await write('a.jsonl', [
      record('good'),
      record('1', { usage: { ...usage, input_tokens: '1000' } }),
      record('2', { usage: { ...usage, output_tokens: '200' } }),
      record('3', { usage: { ...usage, output_tokens: 1.5 } }),
      record('4', { timestamp: '2026-11-10T10:00:00' }),
      record('5', { timestamp: '2026-11-10T10:00:00+01:00' }),
      record('6', { usage: { input_tokens: 0, output_tokens: 0 } }),
      record('7', { status: 'error' }),
      record('8', { usage: { ...usage, cache_read_input_tokens: 1001 } }),
      record('9', { model: undefined }),
      '{"event_id": "cut off',
      '',
      `"${'x'.repeat((1 << 20) + 1)}"`,
      record('good too', { status: 'Success' }),
    ]);
    const { uses = [], remarks } = await pull();
    expect(uses).toMatchObject([{ requests: 2 }]);
    expect(remarks).toEqual([
      '3 records were left out: a count is no whole number (texts are refused).',
      '1 record was left out: model is missing or of another form.',
      '1 record was left out: more cached tokens than input tokens.',
      '1 record was left out: status is not success.',
      '1 record was left out: the line is longer than a megabyte.',
      '1 record was left out: the line is no JSON.',
      '2 records were left out: timestamp is no UTC instant ending in Z.',
      '1 record was left out: usage is zero.',
    ]);
  });

  it('bring nothing when one is cut off, or when the folder is missing or empty', async () => {
    await expect(pull()).rejects.toThrow(/holds no \*\.jsonl/);
    await expect(pull({}, join(folder, 'none'))).rejects.toThrow(/cannot be read/);
    await write('good.jsonl', [record('1')]);
    const bytes = gzipSync(JSON.stringify(record('2')));
    await writeFile(join(folder, 'half.jsonl.gz'), bytes.subarray(0, bytes.length / 2));
    await expect(pull()).rejects.toThrow('half.jsonl.gz is damaged or cut off; write or download it again.');
  });

  it('follow a rolling window: read again they change nothing, what is gone is gone', async () => {
    await write('2026/11/10/a.jsonl', [record('1')]);
    await write('2026/11/11/a.jsonl', [record('2', { timestamp: '2026-11-11T08:00:00Z' })]);
    const source = provider();
    const context = await createTestContext({ now: '2026-11-23', providers: [source] });
    expect(await ingestSource(context, source, WINDOW)).toMatchObject({ ok: true, unchanged: false });
    expect(await ingestSource(context, source, WINDOW)).toMatchObject({ ok: true, unchanged: true });
    await rm(join(folder, '2026/11/11/a.jsonl'));
    expect(await ingestSource(context, source, range('2026-11-11', '2026-11-13'))).toMatchObject({
      unchanged: false,
    });
    expect((await context.store.listTokenUses(WINDOW)).map((use) => use.day)).toEqual(['2026-11-10']);
    await context.store.close();
  });
});

describe('a tally of requests', () => {
  const request = (id: string, customer: string | null, user: string, output: bigint): RecordedRequest => ({
    id,
    day: WINDOW.from,
    vendor: 'openai',
    model: 'gpt-6-sol',
    key: null,
    callerKey: null,
    serviceTier: 'standard',
    customer,
    feature: null,
    team: null,
    user,
    tellsCache: true,
    tokens: { uncached_input: 0n, cache_read: 0n, cache_write_5m: 0n, cache_write_1h: 0n, output },
    retries: null,
    isReplay: false,
    ownCost: null,
  });

  it('folds the smallest combinations of tags beyond the cap, loudly, and loses no token', () => {
    const tally = createUseTally({ mostTuples: 2 });
    tally.add(request('1', 'acme', 'ana', 10n));
    tally.add(request('2', 'acme', 'mia', 20n));
    tally.add(request('3', 'globex', 'leo', 5n));
    tally.add(request('4', null, 'kim', 4n));
    const { uses, remarks } = tally.finish();
    expect(uses.map(({ customer, user, tokens }) => [customer, user, tokens.output])).toEqual([
      ['acme', 'ana', 10n],
      ['acme', 'mia', 20n],
      [null, null, 9n],
    ]);
    expect(remarks).toEqual([
      '2026-11-10: 4 combinations of tags are more than the 2 that are kept apart; the smallest lost their customer, feature, team and user. Tag fewer things.',
    ]);
  });

  it('comes to the same whatever the order, and to all tokens of distinct ids', () => {
    const requests = fc.array(
      fc.tuple(
        fc.nat(20),
        fc.constantFrom('acme', 'globex', null),
        fc.constantFrom('ana', 'mia'),
        fc.bigInt(1n, 99n),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(requests, fc.nat(3), (rows, cap) => {
        const distinct = new Map(rows.map(([id, ...rest]) => [id, rest] as const));
        const all = [...distinct].map(([id, [customer, user, output]]) =>
          request(String(id), customer, user, output),
        );
        const sums = [all, all.toReversed()].map((each) => {
          const tally = createUseTally({ mostTuples: cap + 1 });
          for (const one of each) tally.add(one);
          return tally.finish();
        });
        expect(sums[1]).toEqual(sums[0]);
        const total = sums[0]?.uses.reduce((sum, { tokens }) => sum + totalTokens(tokens), 0n);
        expect(total).toBe(all.reduce((sum, { tokens }) => sum + totalTokens(tokens), 0n));
      }),
      { numRuns: 60 },
    );
  });
});
