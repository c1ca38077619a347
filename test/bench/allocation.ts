// Thousands of rules over a year of charges: ours beside DuckDB's one CASE expression, in one run. Not a test.
//   npm run build && npx tsx test/bench/allocation.ts [--rows 100k|1m|N] [--rules 500,5000] [--rounds 3] [--duckdb FOLDER]
// DuckDB is no dependency of ours: npm install --prefix /tmp/duck @duckdb/node-api, then --duckdb /tmp/duck.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCH_RANGE, createCompany } from './company.js';
import type { Cells, Contender } from './contender.js';
import { createDuckContender } from './duck.js';
import { startDuck } from './duck-process.js';
import { Figures, say } from './figures.js';
import { createOurs } from './ours.js';
import { makeEdit, makeRules } from './rules.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100k' },
    rules: { type: 'string', default: '500,5000' },
    rounds: { type: 'string', default: '3' },
    duckdb: { type: 'string' },
  },
});
const rows = Number(values.rows.replace(/k$/i, '000').replace(/m$/i, '000000'));
const folder = mkdtempSync(join(tmpdir(), 'apportion-bench-'));
const figures = new Figures();
const company = createCompany(rows);
const contenders: Contender[] = [await createOurs(join(folder, 'bench.db'), figures)];
if (values.duckdb === undefined)
  say(
    'Without DuckDB; to compare: npm install --prefix /tmp/duck @duckdb/node-api, then --duckdb /tmp/duck.',
  );
else {
  const duck = await startDuck(values.duckdb, join(folder, 'bench.duckdb'));
  contenders.push(createDuckContender(duck, join(folder, 'bench.csv'), figures));
}
say(
  `${rows.toLocaleString('en')} charges, ${BENCH_RANGE.from} to ${BENCH_RANGE.to}, ${company.sets.length.toLocaleString('en')} dimension sets.`,
);
for (const contender of contenders) await contender.importBills(company);
for (const count of values.rules.split(',').map(Number)) {
  let ruleset = makeRules(company, count);
  for (const contender of contenders) await contender.allocate(ruleset);
  compare(await Promise.all(contenders.map((contender) => contender.monthlyByTeam())));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const { rule, edited } = makeEdit(company, ruleset, round);
    ruleset = edited;
    const cells: Cells[] = [];
    // In turns, so that a busy moment of the machine hits both.
    for (const contender of contenders) cells.push(await contender.edit(ruleset, rule));
    compare(cells);
  }
}
figures.print();
const peaks: string[] = [];
for (const contender of contenders) peaks.push(`${Math.round(await contender.peakMb())} MB`);
say(`Peak memory: ${peaks.join(', DuckDB ')}.`);
for (const contender of contenders) await contender.stop();
rmSync(folder, { recursive: true });

/** Every cell must be the same to the nano. */
function compare([ours, theirs]: readonly Cells[]): void {
  if (ours === undefined || theirs === undefined) return;
  const keys = new Set([...ours.keys(), ...theirs.keys()]);
  const differing = [...keys].filter((key) => (ours.get(key) ?? 0n) !== (theirs.get(key) ?? 0n));
  say(`${keys.size} cells of team and month compared, ${differing.length} differ.`);
  if (differing.length === 0) return;
  for (const key of differing.slice(0, 5)) say(`  ${key}: ours ${ours.get(key)}, DuckDB ${theirs.get(key)}`);
  process.exitCode = 1;
}
