import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { invalid } from '../../../../core/base/errors.js';
import { canonicalJson } from '../../../../core/base/json.js';
import { refuseOpenRow } from '../../../../core/base/table.js';
import type { RawResponse } from '../../../../core/sources/feed.js';
import { readTable } from '../../../../hr/table.js';
import { type FileOptions, listFiles, readText } from '../../../files/read-file.js';
import { COST_COLUMNS, CostRow, USAGE_COLUMNS, UsageRow } from './schema.js';

/** All rows of all exports. */
export interface ConsoleExport {
  readonly costs: readonly CostRow[];
  readonly usage: readonly UsageRow[];
  readonly raw: readonly RawResponse[];
  readonly remarks: readonly string[];
}

/**
 * Reads an export, or every `.csv` of a folder, cost and usage exports told apart by their header.
 * @throws AppError `invalid` naming the file, row and column; so also when two exports hold the same day of the same
 * workspace, which would count it twice.
 */
export async function readExports(
  path: string,
  nowMs: number,
  { encoding, decimal }: FileOptions = {},
): Promise<ConsoleExport> {
  const costs: CostRow[] = [];
  const usage: UsageRow[] = [];
  const raw: RawResponse[] = [];
  const remarks: string[] = [];
  const days = { cost: createOwners(), usage: createOwners() };
  for (const file of await listFiles(path, /\.csv(\.gz)?$/i)) {
    const body = await readText(file, encoding ?? null);
    const name = basename(file);
    const sha256 = createHash('sha256').update(body).digest('hex');
    raw.push({ endpoint: name, parameters: canonicalJson({ sha256 }), fetchedAtMs: nowMs, body });
    const header = (body.split('\n', 1)[0] ?? '').toLowerCase();
    const csv = { name, text: body, decimal: decimal ?? null };
    if (header.includes('cost_usd')) {
      const table = readTable(csv, CostRow, COST_COLUMNS);
      refuseOpenRow(table, name);
      for (const row of table.rows) days.cost(name, row);
      costs.push(...table.rows.map(({ value }) => value));
      remarks.push(...table.remarks);
    } else if (header.includes('usage_output_tokens')) {
      const table = readTable(csv, UsageRow, USAGE_COLUMNS);
      refuseOpenRow(table, name);
      for (const row of table.rows) days.usage(name, row);
      usage.push(...table.rows.map(({ value }) => value));
      remarks.push(...table.remarks);
    } else
      invalid(
        `${name}, row 1: this is no export of the Claude Console; a cost export has a column cost_usd, a usage export usage_output_tokens.`,
      );
  }
  return { costs, usage, raw, remarks };
}

/** Notes which file holds a workspace's day and refuses a second one. */
function createOwners() {
  const owners = new Map<string, string>();
  return (
    file: string,
    { rowNumber, value }: { readonly rowNumber: number; readonly value: CostRow | UsageRow },
  ): void => {
    const key = `${value.usage_date_utc}\u0000${value.workspace}`;
    const owner = owners.get(key) ?? file;
    owners.set(key, owner);
    if (owner !== file)
      invalid(
        `${file}, row ${rowNumber}, column usage_date_utc: ${value.usage_date_utc} of workspace "${value.workspace}" stands in ${owner} too; keep the newer of the two exports.`,
      );
  };
}
