// DuckDB's side of the benchmark, a process of its own so that memory can be told apart; see allocation.ts.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A statement to run; rows of text come back, and how long it took. */
export interface DuckQuestion {
  readonly id: number;
  readonly sql: string;
}

export interface DuckAnswer {
  readonly id: number;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly error: string | null;
}

/** A text, a number, a decimal: each knows how to write itself down exactly. */
interface DuckCell {
  toString(): string;
}

/** The little of `@duckdb/node-api` that is used here; it is no dependency of ours. */
interface DuckConnection {
  runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly (DuckCell | null)[])[] }>;
}
interface DuckModule {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<DuckConnection> }> };
}

const [folder = '', database = ''] = process.argv.slice(2);
const entry = createRequire(join(folder, 'package.json')).resolve('@duckdb/node-api');
const duck = (await import(pathToFileURL(entry).href)) as DuckModule;
const connection = await (await duck.DuckDBInstance.create(database)).connect();

process.on('message', ({ id, sql }: DuckQuestion) => void answer(id, sql));
process.send?.({ id: 0, rows: [], wallMs: 0, cpuMs: 0, peakMb: 0, error: null } satisfies DuckAnswer);

async function answer(id: number, sql: string): Promise<void> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  let rows: DuckAnswer['rows'] = [];
  let error: string | null = null;
  try {
    const result = (await connection.runAndReadAll(sql)).getRows();
    rows = result.map((row) => row.map((cell) => cell?.toString() ?? null));
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({
    id,
    rows,
    wallMs: performance.now() - start,
    cpuMs: (user + system) / 1_000,
    peakMb: process.resourceUsage().maxRSS / 1_024,
    error,
  } satisfies DuckAnswer);
}
