import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { formatNanos, parseNanos } from '../../src/core/base/money.js';
import { monthsIn } from '../../src/core/base/time.js';
import type { Ruleset } from '../../src/core/rules/rule.js';
import { UNALLOCATED } from '../../src/core/rules/target.js';
import { caseOf, columnValue, SET_COLUMNS } from './as-sql.js';
import { BENCH_RANGE, type BenchCompany } from './company.js';
import { type Cells, type Contender, countRules } from './contender.js';
import type { Duck } from './duck-process.js';
import type { Figures } from './figures.js';

const REPORT = `select strftime(day, '%Y-%m'), coalesce(team, '${UNALLOCATED}'), sum(cost)
  from allocated group by 1, 2`;

/** The peer: all rules as one CASE over all rows, and a group-by for the report. */
export function createDuckContender(duck: Duck, csv: string, figures: Figures): Contender {
  const run = async (step: string, sql: string) => {
    const answer = await duck.run(sql);
    figures.add('duckdb', step, answer);
    return answer.rows;
  };
  const allocate = (ruleset: Ruleset, step: string) => {
    const rules = ruleset.dimensions[0]?.rules ?? [];
    return run(
      step,
      `create or replace table allocated as select day, cost, ${caseOf(rules)} as team from charges`,
    );
  };
  const readCells = async (step: string): Promise<Cells> => {
    const rows = await run(step, REPORT);
    return new Map(rows.map(([month, team, cost]) => [`${month} ${team}`, parseNanos(cost ?? '')]));
  };
  return {
    async importBills(company) {
      await writeCsv(company, csv);
      const columns = SET_COLUMNS.map((column) => `'${column}': 'VARCHAR'`).join(', ');
      await run(
        'import',
        `create table charges as select * from read_csv('${csv}', header = true,
         columns = {'day': 'DATE', 'cost': 'DECIMAL(18,9)', ${columns}})`,
      );
    },
    async allocate(ruleset) {
      await allocate(ruleset, `${countRules(ruleset)} rules: allocate all`);
    },
    async edit(ruleset) {
      const start = performance.now();
      // Without a record of what depends on what, an edit is the whole statement again.
      const step = `one of ${countRules(ruleset)} edited`;
      await allocate(ruleset, `${step}: re-allocate and prove`);
      const cells = await readCells('monthly spend by team');
      const wallMs = performance.now() - start;
      figures.add('duckdb', `${step}: edit to new report`, { wallMs, cpuMs: wallMs });
      return cells;
    },
    monthlyByTeam: () => readCells('monthly spend by team'),
    peakMb: async () => (await duck.run('select 1')).peakMb,
    async stop() {
      duck.stop();
    },
  };
}

async function writeCsv(company: BenchCompany, path: string): Promise<void> {
  const file = createWriteStream(path);
  file.write(`day,cost,${SET_COLUMNS.join(',')}\n`);
  for (const month of monthsIn(BENCH_RANGE)) {
    const lines = company.charges(month).map(({ set, chargeDay, effectiveCost }) => {
      const values = SET_COLUMNS.map((column) => columnValue(set, column));
      return `${chargeDay},${formatNanos(effectiveCost)},${values.join(',')}\n`;
    });
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
