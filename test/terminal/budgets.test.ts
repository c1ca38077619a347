import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runTerminal } from '../../src/terminal/program.js';

const folder = mkdtempSync(join(tmpdir(), 'apportion-budgets-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (line: string) => notes.push(line) };
  const code = await runTerminal(['--db', join(folder, 'test.db'), ...args], terminal);
  return { code, out: out.join(''), notes };
}
function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

it('imports budgets, again without effect, lists them, and names the row of a wrong one', async () => {
  const file = write(
    'plan.csv',
    'owner,month,amount,currency\nSearch,2026-12,1200.50,USD\nSupport,2027-01,7,EUR\n',
  );
  expect(await run('budgets', 'import', file)).toEqual({
    code: 0,
    out: '2 of 2 budgets changed.\n',
    notes: [],
  });
  expect((await run('budgets', 'import', file)).out).toBe('0 of 2 budgets changed.\n');
  const listed = await run('--json', 'budgets', 'list', '--month', '2026-12');
  expect(JSON.parse(listed.out)).toEqual({
    budgets: [
      {
        dimension: 'team',
        owner: 'Search',
        month: '2026-12',
        phasing: 'calendar-days',
        currency: 'USD',
        amount: '1200.5',
      },
    ],
  });
  const wrong = write('wrong.csv', 'owner,month,amount\nSearch,2026-12,1\nAds,2026-12,free\n');
  expect(await run('budgets', 'import', wrong)).toEqual({
    code: 1,
    out: '',
    notes: [`${wrong}, row 3, column amount: "free" is no amount; write it as 1200 or 1200.50.`],
  });
  expect(JSON.parse((await run('--json', 'budgets', 'list', '--month', '2026-12')).out)).toMatchObject({
    budgets: [{ amount: '1200.5' }],
  });
});
