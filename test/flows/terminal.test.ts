import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../src/sandbox/vendors/anthropic-server.js';
import type { Misbehave, VendorServer } from '../../src/sandbox/vendors/listen.js';
import { type CommandResult, freshFolder, runCommand, startCommand } from '../support/product/product.js';
import { anthropicDataset } from '../support/vendors/all.js';

// Whole trips on the built product, as a script or a FinOps person with a terminal takes them.
let folder: string;
beforeEach(() => {
  folder = freshFolder();
});

const HEADER =
  'BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ContractedCost,EffectiveCost,InvoiceIssuerName,ListCost,ProviderName,ServiceCategory,ServiceName,x_UserEmail,x_ApiKeyName,Tags';

/** A FOCUS bill with amounts of twelve decimals; `totals` is their exact sum per provider, in units of 1e-12. */
function bill(rows: number): { text: string; totals: Map<string, bigint> } {
  const totals = new Map<string, bigint>();
  const lines = Array.from({ length: rows }, (_, i) => {
    const provider = ['Anthropic', 'OpenAI', 'AWS'][i % 3] ?? '';
    const pico = BigInt((i * 7_919_317) % 9_000_011) * 1_000_003n * (i % 11 === 0 ? -1n : 1n);
    totals.set(provider, (totals.get(provider) ?? 0n) + pico);
    const day = `2026-10-${String((i % 28) + 1).padStart(2, '0')}`;
    const amount = decimal(pico, 12);
    const who = i % 2 === 0 ? 'ana@larkspur.example,' : ',ci-nightly';
    return `${amount},acct-1,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Usage,${day}T0${i % 10}:00:00Z,${day}T1${i % 10}:00:00Z,${amount},${amount},${provider},${amount},${provider},AI and Machine Learning,Models,${who},"{""n"":""${i % 40}""}"`;
  });
  return { text: [HEADER, ...lines].join('\n'), totals };
}

function decimal(value: bigint, digits: number): string {
  const magnitude = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  return `${value < 0n ? '-' : ''}${magnitude.slice(0, -digits)}.${magnitude.slice(-digits)}`;
}

/** Rounds units of 1e-12 to nanos, half to even, and prints them as the product prints money. */
function printed(pico: bigint): string {
  const magnitude = pico < 0n ? -pico : pico;
  const [whole, rest] = [magnitude / 1000n, magnitude % 1000n];
  const up = rest > 500n || (rest === 500n && whole % 2n === 1n) ? 1n : 0n;
  const text = decimal(whole + up, 9).replace(/\.?0+$/, '');
  return pico < 0n ? `-${text}` : text;
}

async function json<T>(args: readonly string[], env: Record<string, string> = {}): Promise<T> {
  const result = await runCommand(folder, [...args, '--json'], env);
  expect(result.stderr + String(result.code)).toMatch(/0$/);
  return JSON.parse(result.stdout) as T;
}

interface Answer {
  readonly total: string;
  readonly rows: readonly Record<string, string>[];
}
const spend = (by: string): Promise<Answer> =>
  json<Answer>(['spend', '--by', by, '--from', '2026-10-01', '--to', '2026-10-31']);

describe('a FOCUS file from the terminal', () => {
  it('keeps its totals per provider to the last digit, and the same file again changes nothing', async () => {
    const { text, totals } = bill(3000);
    writeFileSync(join(folder, 'bill.csv'), text);
    expect(await json(['import', 'focus', 'bill.csv'])).toMatchObject({ ok: true, unchanged: false });
    const answer = await spend('provider');
    for (const row of answer.rows) expect(row['cost']).toBe(printed(totals.get(row['provider'] ?? '') ?? 0n));
    expect(answer.rows).toHaveLength(3);
    expect(await json(['import', 'focus', 'bill.csv'])).toMatchObject({ ok: true, unchanged: true });
    expect(await spend('provider')).toEqual(answer);
  });

  it('goes to people by rules and directory, and rules export as they were imported', async () => {
    writeFileSync(join(folder, 'bill.csv'), bill(300).text);
    writeFileSync(
      join(folder, 'people.csv'),
      'email,name,team,manager_email,cost_centre,effective_from,effective_to\nana@larkspur.example,Ana,Search,,CC-1,2025-01-01,2026-10-15\nana@larkspur.example,Ana,Support,,CC-2,2026-10-15,\n',
    );
    writeFileSync(
      join(folder, 'rules.yml'),
      'version: 1\ndimensions:\n  - id: team\n    rules:\n      - {id: people, name: By person, when: {attribute: email, exists: true}, allocateTo: {owner: team}}\n',
    );
    await json(['import', 'focus', 'bill.csv']);
    await json(['people', 'import', 'people.csv']);
    expect(await json(['rules', 'import', 'rules.yml', '--note', 'first'])).toMatchObject({ changed: true });
    const byTeam = await spend('team');
    expect(new Set(byTeam.rows.map((row) => row['team']))).toEqual(
      new Set(['Search', 'Support', 'Unallocated']),
    );
    expect(byTeam.total).toBe((await spend('provider')).total);
    const exported = await runCommand(folder, ['rules', 'export']);
    writeFileSync(join(folder, 'again.yml'), exported.stdout);
    expect(await json(['rules', 'import', 'again.yml'])).toMatchObject({ changed: false });
  });

  it('is either wholly in or not at all when the import is killed', async () => {
    const { text } = bill(20_000);
    writeFileSync(join(folder, 'bill.csv'), text);
    await json(['rules', 'history']); // the database is there already
    const full = await wholeTotal(text);
    for (const afterMs of [150, 350, 550, 750]) {
      const child = startCommand(folder, ['import', 'focus', 'bill.csv']);
      const closed = once(child, 'close');
      await wait(afterMs);
      child.kill('SIGKILL');
      await closed;
      expect(['0', full]).toContain((await spend('provider')).total);
    }
    await json(['import', 'focus', 'bill.csv']);
    expect((await spend('provider')).total).toBe(full);
  });

  it.each([
    ['a file that is not there', ['import', 'focus', 'nowhere.csv'], /nowhere\.csv cannot be read/],
    [
      'an unknown grouping',
      ['spend', '--by', 'colour', '--from', '2026-10-01', '--to', '2026-10-31'],
      /"colour" is nothing to group/,
    ],
    [
      'a day that is none',
      ['spend', '--by', 'team', '--from', '2026-02-30', '--to', '2026-10-31'],
      /"2026-02-30" is not a day/,
    ],
    ['a command that is none', ['frobnicate'], /unknown command/],
  ])('refuses %s with one sentence and exit code 1', async (_name, args, sentence) => {
    const result = await runCommand(folder, args);
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr).not.toContain('    at ');
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
  });
});

/** The total of a bill in a ledger of its own. */
async function wholeTotal(text: string): Promise<string> {
  const other = freshFolder();
  writeFileSync(join(other, 'bill.csv'), text);
  await runCommand(other, ['import', 'focus', 'bill.csv']);
  const answer = await runCommand(other, [
    'spend',
    '--by',
    'provider',
    '--from',
    '2026-10-01',
    '--to',
    '2026-10-31',
    '--json',
  ]);
  return (JSON.parse(answer.stdout) as Answer).total;
}

describe('a vendor from the terminal', () => {
  const dataset = anthropicDataset({ keys: 60 });
  const env = { KEY: dataset.adminKey };
  const pull = ['ingest', '--from', '2026-10-01', '--to', '2026-10-14'];

  async function withVendor(
    misbehave: Misbehave,
    work: (server: VendorServer) => Promise<void>,
  ): Promise<void> {
    const server = await startAnthropicServer(dataset, {
      misbehave,
      clock: () => Date.parse('2026-11-23T12:00:00Z'),
    });
    writeFileSync(
      join(folder, 'apportion.yml'),
      `sources:\n  - {name: claude, kind: anthropic, credential: "env:KEY", baseUrl: "${server.url}"}\n`,
    );
    try {
      await work(server);
    } finally {
      await server.close();
    }
  }
  const ingest = (): Promise<CommandResult> => runCommand(folder, pull, env);
  const total = async (): Promise<string> => {
    const args = ['spend', '--by', 'source', '--from', '2026-10-01', '--to', '2026-10-31', '--json'];
    return (JSON.parse((await runCommand(folder, args, env)).stdout) as Answer).total;
  };

  it('leaves the ledger as it was when it fails on page 3 of 5, and catches up later', async () => {
    let broken = true;
    let pages = 0;
    await withVendor(
      ({ endpoint, page }) => {
        if (!endpoint.endsWith('/cost')) return null;
        pages = Math.max(pages, page);
        return broken && page === 3 ? { kind: 'status', status: 403 } : null;
      },
      async () => {
        const failed = await ingest();
        expect(failed.code).toBe(2);
        expect(failed.stderr).toContain('claude');
        expect(failed.stderr + failed.stdout).not.toContain(dataset.adminKey);
        expect(await total()).toBe('0');
        broken = false;
        expect((await ingest()).code).toBe(0);
        expect(pages).toBeGreaterThanOrEqual(5);
        const filled = await total();
        expect(Number(filled)).toBeGreaterThan(0);
        broken = true;
        expect((await ingest()).code).toBe(2);
        expect(await total()).toBe(filled);
      },
    );
  });

  it('survives kill -9 in the middle of an ingest: nothing half-stored, and the next run is whole', async () => {
    let hanging = true;
    let reached: () => void = () => undefined;
    const onPage3 = new Promise<void>((resolve) => (reached = resolve));
    await withVendor(
      ({ endpoint, page }) => {
        if (!hanging || !endpoint.endsWith('/cost') || page !== 3) return null;
        reached();
        return { kind: 'hang' };
      },
      async () => {
        const child = startCommand(folder, pull, env);
        await onPage3;
        child.kill('SIGKILL');
        await once(child, 'close');
        expect(await total()).toBe('0');
        hanging = false;
        expect((await ingest()).code).toBe(0);
        const filled = await total();
        expect((await ingest()).stdout).toContain('nothing changed');
        expect(await total()).toBe(filled);
      },
    );
  });
});
