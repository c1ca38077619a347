import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { assembleContext } from '../app/assemble.js';
import { parseYamlFile, readConfig } from '../app/config.js';
import { createLog } from '../app/log.js';
import { DECIMAL_MARKS, type DecimalMark } from '../core/base/amounts.js';
import type { CsvFile } from '../core/base/table.js';
import { readText } from '../providers/files/read-file.js';
import { reallocate } from '../usecases/allocation/reallocate.js';
import type { Context, Log } from '../usecases/context.js';

/** Where a command writes: the answer on stdout, progress and notes line by line on stderr. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly note: (line: string) => void;
  /** All of standard input. */
  readonly input?: () => Promise<string>;
}

/** What the commands share: one context, opened when first needed, and the two ways of answering. */
export interface Session {
  context(): Promise<Context>;
  /** The context with every stale month re-allocated first, so that no figure is older than its rules. */
  freshContext(): Promise<Context>;
  /** One JSON document with --json, else the text. */
  answer(json: unknown, text: string): void;
  /** One JSON document on a line of its own, with or without --json. */
  line(json: unknown): void;
  /** All of standard input. */
  input(): Promise<string>;
  note(line: string): void;
  close(): Promise<void>;
}

/** A session bound to the program's global options. */
export function createSession(program: Command, terminal: Terminal): Session {
  let opened: Promise<Context> | null = null;
  const open = async (): Promise<Context> => {
    const config = readConfig();
    const db = program.opts<{ db?: string }>().db;
    const written = createLog((line) => terminal.note(line.trimEnd()), Date.now);
    // Answers and refusals are sentences already; the log adds only what is our own fault.
    const log: Log = { ...written, info: () => undefined, warn: () => undefined };
    const actor = { kind: 'terminal', name: userInfo().username } as const;
    return assembleContext({ ...config, dbPath: db ?? config.dbPath }, { actor, log, clock: Date.now });
  };
  const context = (): Promise<Context> => (opened ??= open());
  return {
    context,
    async freshContext() {
      const ready = await context();
      await reallocate(ready);
      return ready;
    },
    answer(json, text) {
      const wantsJson = program.opts<{ json?: true }>().json === true;
      terminal.out(
        wantsJson ? `${JSON.stringify(json)}\n` : text.endsWith('\n') || text === '' ? text : `${text}\n`,
      );
    },
    line: (json) => terminal.out(`${JSON.stringify(json)}\n`),
    input: async () => (await terminal.input?.()) ?? '',
    note: terminal.note,
    async close() {
      if (opened !== null) await opened.then((ready) => ready.store.close()).catch(() => undefined);
    },
  };
}

/** Reads a text file, unpacked when it is gzipped. @throws AppError `invalid` naming the file. */
async function readTextFile(path: string): Promise<string> {
  return readText(path);
}

/** What a person says of a file that does not tell it: `--encoding`, `--decimal`. */
export interface FileOptionsGiven {
  readonly encoding?: string;
  readonly decimal?: DecimalMark;
}

/** Adds the options with which a CSV file is read. */
export function withFileOptions(command: Command): Command {
  return command
    .option('--encoding <name>', 'of a file that is neither UTF-8 nor UTF-16, for instance windows-1252')
    .addOption(
      new Option('--decimal <mark>', 'the decimal mark, where the amounts do not tell it').choices(
        DECIMAL_MARKS,
      ),
    );
}

/** Reads a CSV file. @throws AppError `invalid` naming the file. */
export async function readCsvFile(path: string, options: FileOptionsGiven): Promise<CsvFile> {
  const text = await readText(path, options.encoding ?? null);
  return { name: path, text, decimal: options.decimal ?? null };
}

/** Reads a YAML or JSON file. @throws AppError `invalid` naming file and line. */
export async function readYamlFile(path: string): Promise<unknown> {
  return parseYamlFile(await readTextFile(path), path);
}

/** Rows as aligned columns; the last column is right-aligned when `money`. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ');
  return rows.map(line).join('\n');
}
