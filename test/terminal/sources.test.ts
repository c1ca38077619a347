import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Day } from '../../src/core/base/time.js';
import { startAnthropicServer } from '../../src/sandbox/vendors/anthropic-server.js';
import type { VendorServer } from '../../src/sandbox/vendors/listen.js';
import { runTerminal } from '../../src/terminal/program.js';
import { anthropicDataset } from '../support/vendors/all.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-terminal-sources-'));
const made = anthropicDataset({ keys: 1 });
/** Models without a list price: these amounts are no comparison for the first pull's guard. */
const dataset = {
  ...made,
  usage: (day: Day) => made.usage(day).map((row) => ({ ...row, model: 'in-house' })),
};
let vendor: VendorServer;
beforeAll(async () => {
  vendor = await startAnthropicServer(dataset, {});
  writeFileSync(
    join(folder, 'apportion.yml'),
    [
      'company: {name: Test}',
      'credentials:',
      `  console: {credential: "file:claude.key", kind: anthropic, baseUrl: "${vendor.url}"}`,
      `  proxy: {credential: "file:claude.key", kind: litellm, baseUrl: "${vendor.url}"}`,
      '',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'claude.key'), `${dataset.adminKey}\n`);
  process.env['APPORTION_CONFIG'] = join(folder, 'apportion.yml');
});
afterAll(async () => {
  delete process.env['APPORTION_CONFIG'];
  await vendor.close();
  rmSync(folder, { recursive: true });
});

/** Runs one command; answers its exit code with what it wrote. */
async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(['--db', join(folder, 'sources.db'), ...args], {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

describe('apportion sources', () => {
  it('adds with a credential of its kind, fills in with progress, lists as JSON, pauses, and removes with its charges', async () => {
    const add = ['sources', 'add', 'claude', '--kind', 'anthropic'];
    const pasted = await run(...add, '--credential', dataset.adminKey);
    expect(pasted.code).toBe(1);
    expect(pasted.notes).toContain('for kind anthropic there is console');
    expect(pasted.out + pasted.notes).not.toContain(dataset.adminKey);
    expect((await run(...add, '--credential', 'proxy')).code).toBe(1);
    expect(await run(...add, '--credential', 'console')).toMatchObject({ code: 0 });
    const filled = await run('sources', 'backfill', 'claude', '--from', lastDays(45));
    expect(filled, filled.notes).toMatchObject({ code: 0 });
    expect(filled.notes).toMatch(/claude: 31 of 45 days, \d+ charges\.\nclaude: 45 of 45 days/);
    const listed = await run('--json', 'sources', 'list');
    const { sources } = JSON.parse(listed.out) as { sources: { last: { costs: { cost: string }[] } }[] };
    expect(sources).toMatchObject([
      { source: 'claude', origin: 'added', state: 'well', backfill: { state: 'done' } },
    ]);
    expect(sources[0]?.last.costs[0]?.cost).toMatch(/^\d+(\.\d{1,9})?$/);
    expect(listed.out).not.toContain(dataset.adminKey);
    expect((await run('sources', 'pause', 'claude')).out).toBe('claude is paused.\n');
    expect((await run('sources', 'list')).out).toContain('claude (anthropic): paused');
    expect(await run('sources', 'remove', 'claude')).toMatchObject({ code: 0 });
    expect((await run('sources', 'list')).out).toBe('No source is configured yet.\n');
    const spend = await run('--json', 'spend', '--by', 'source', '--from', lastDays(60), '--to', lastDays(0));
    expect(JSON.parse(spend.out)).toMatchObject({ total: '0' });
  });
});

/** The UTC day so many days ago. */
function lastDays(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
