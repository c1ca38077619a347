import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Day } from '../../src/core/base/time.js';
import { runTerminal } from '../../src/terminal/program.js';
import { importRules } from '../../src/usecases/rules/import-rules.js';
import { ingestSource } from '../../src/usecases/sources/ingest.js';
import { chargesOf, createTestProvider, keyRule } from '../support/company/company.js';
import { createTestContext } from '../support/context.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-digest-'));
const db = join(folder, 'test.db');

beforeAll(async () => {
  const context = await createTestContext({ now: '2026-11-16', path: db });
  const ruleset = { version: 1, dimensions: [{ id: 'team', rules: [keyRule('search-prod', 'Search')] }] };
  await importRules(context, { ruleset, file: 'rules.yml', note: null });
  const search = { key: 'search-prod', model: 'claude-sonnet-4-5' };
  const provider = createTestProvider((window) => ({
    charges: chargesOf([{ ...search, cents: (day) => (day < '2026-11-09' ? 10_000 : 30_001) }], window),
    completeThrough: '2026-11-15' as Day,
  }));
  await ingestSource(context, provider, { from: '2026-09-01' as Day, to: '2026-11-16' as Day });
  await context.store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runTerminal(['--db', db, ...args], {
    out: (text) => out.push(text),
    note: (line) => notes.push(line),
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

describe('digest', () => {
  it('prints what would be sent, in lines', async () => {
    const { code, out } = await run('digest', '--scope', 'team=Search', '--period', '2026-W46');
    expect(code).toBe(0);
    expect(out).toContain('Search: week 46\n$2,100.07 in the week of 9–15 Nov 2026: ▲ $1,400 (+200%)');
    expect(out).toContain('Moved most\n  model claude-sonnet-4-5: $2,100');
  });

  it('prints one JSON document with money as decimal strings', async () => {
    const { code, out } = await run('--json', 'digest', '--period', '2026-10', '--for', 'finance');
    expect(code).toBe(0);
    const printed = JSON.parse(out) as { title: string; lines: string[]; figures: Record<string, unknown> };
    expect(printed.title).toBe('All spend: Oct 2026');
    expect(printed.figures).toMatchObject({
      total: '3100',
      previousTotal: '3000',
      books: { stage: 'open', confidences: [{ label: 'billed', cost: '3100' }] },
    });
  });

  it('says what is wrong with a scope, a period or a reader', async () => {
    for (const [args, sentence] of [
      [['--scope', 'Search'], '"Search" is no scope; write all, or NAME=VALUE such as team=Search.'],
      [['--period', 'W46'], 'write a week as 2026-W47 and a month as 2026-10.'],
      [['--for', 'boss'], '--for boss: write one of team, channel, finops, finance, leader.'],
      [['--scope', 'planet=Mars', '--period', '2026-W46'], 'planet'],
    ] as const) {
      const { code, notes, out } = await run('digest', ...args);
      expect([code, out]).toEqual([1, '']);
      expect(notes).toContain(sentence);
    }
  });
});
