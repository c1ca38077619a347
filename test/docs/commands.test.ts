import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Day } from '../../src/core/base/time.js';
import { APPORTION_WORDS } from '../../src/core/spend/commands.js';
import { readSpendQuestion } from '../../src/core/spend/question.js';
import type { SpendVocabulary } from '../../src/core/spend/vocabulary.js';
import { runTerminal } from '../../src/terminal/program.js';
import { blocksOf, pages } from './pages.js';

// Every command on README and docs/ is run as it stands there, on docs/example, in the order of the page.

const CONFIG = 'docs/example/apportion.yml';
/** Pages that go on with the ledger of the one before share a tour; `config`: with the configuration of the example. */
const TOURS = [
  { on: ['README.md'], config: true },
  { on: ['docs/terminal.md', 'docs/allocation.md', 'docs/month-close.md'], config: false },
  { on: ['docs/vendors.md'], config: true },
  { on: ['docs/running.md'], config: false },
] as const;
/** Needs the vendor: only its words are compared with what the program knows. */
const OUTSIDE = /^sources add cursor /;

let folder: string;
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apportion-docs-'));
  before = process.env['APPORTION_CONFIG'];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env['APPORTION_CONFIG'];
  else process.env['APPORTION_CONFIG'] = before;
});

/** The commands of a page, without comments. */
function commandsOf(page: string): readonly string[] {
  return blocksOf(page, 'sh')
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^npm run -s apportion -- (.*?)(?:\s+# .*)?$/.exec(line)?.[1] ?? []);
}

async function run(command: string) {
  const [plain = '', input] = command.split(' < ');
  const args = (plain.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) =>
    word.replaceAll('"', '').replace(/^data\//, `${folder}/`),
  );
  const said = { out: '', notes: '' };
  const code = await runTerminal(['--db', join(folder, 'ledger.db'), ...args], {
    out: (text) => {
      said.out += text;
    },
    note: (line) => {
      said.notes += `${line}\n`;
    },
    input: async () => (input === undefined ? '' : readFileSync(input, 'utf8')),
  });
  return { ...said, code };
}

it.each(TOURS)('the commands on $on do what the page says', async ({ on, config }) => {
  if (config) process.env['APPORTION_CONFIG'] = CONFIG;
  for (const page of on) {
    const commands = commandsOf(page);
    expect(commands.length).toBeGreaterThan(0);
    const outputs: string[] = [];
    for (const command of commands.filter((each) => !OUTSIDE.test(each))) {
      const { code, out, notes } = await run(command);
      expect({ page, command, code, notes: code === 0 ? '' : notes }).toMatchObject({ code: 0, notes: '' });
      outputs.push(out.trim());
    }
    for (const quoted of blocksOf(page, 'text')) expect(outputs).toContain(quoted.trim());
  }
});

it('commands that need a vendor are known to the program with all their options', async () => {
  const commands = pages()
    .flatMap(commandsOf)
    .filter((each) => OUTSIDE.test(each));
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    const words = command.split(' ').slice(
      0,
      command.split(' ').findIndex((word) => word.startsWith('--')),
    );
    const { out, code } = await run(`${words.join(' ')} --help`);
    expect(code).toBe(0);
    for (const option of command.match(/--[a-z-]+/g) ?? []) expect(out).toContain(option);
  }
});

it('questions on the pages are understood', () => {
  const vocabulary: SpendVocabulary = {
    today: '2026-11-18' as Day,
    askedBy: 'ana@larkspur.example',
    dimensions: [{ id: 'team', owners: ['Search', 'Support'] }],
    values: { key: ['ci-nightly'], model: [], service: [], provider: [], person: ['ana@larkspur.example'] },
  };
  const asked = pages().flatMap((page) => readFileSync(page, 'utf8').match(/`\/spend[^`[]*`/g) ?? []);
  expect(asked.length).toBeGreaterThan(5);
  for (const question of asked)
    expect([question, readSpendQuestion(question.slice(7, -1).trim(), vocabulary).ok]).toEqual([
      question,
      true,
    ]);
});

it('the page about Slack has every word of /apportion', () => {
  const page = readFileSync('docs/slack.md', 'utf8');
  const table = [...page.matchAll(/^\| `([a-z]+)/gm)].map(([, word]) => word);
  expect(new Set(table)).toEqual(new Set(APPORTION_WORDS));
});
