import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// The built product as its user starts it; `npm test` builds before it tests.
const DIST = resolve(import.meta.dirname, '../../../dist');

const CLOCK_AHEAD = resolve(import.meta.dirname, 'clock-ahead.mjs');

/** A folder of its own, so that no run sees another's data. */
export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'apportion-'));
}

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(SLACK_|APPORTION_|PORT$)/.test(name));
  return { ...Object.fromEntries(own), ...extra };
}

/** A terminal command that runs; `json` is its stdout, parsed. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `apportion ARGS` in a folder; the caller may kill it. */
export function startCommand(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [join(DIST, 'cli.js'), ...args], { cwd: folder, env: environment(env) });
}

/** Runs `apportion ARGS` in a folder to its end. */
export async function runCommand(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = startCommand(folder, args, env);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, ...output };
}

/** A started `npm start` without its set-up: the sandbox, at its printed address. */
export interface RunningProduct {
  readonly address: string;
  /** Stops it as Ctrl+C does; answers the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the product without Slack credentials on a free port, on a day and at a time of its own (ISO 8601). */
export async function startProduct(folder: string, now: string): Promise<RunningProduct> {
  const child = spawn(process.execPath, [join(DIST, 'main.js')], {
    cwd: folder,
    env: environment({
      PORT: '0',
      NODE_OPTIONS: `--import=${pathToFileURL(CLOCK_AHEAD).href}`,
      TEST_CLOCK_AHEAD_MS: String(Date.parse(now) - Date.now()),
    }),
  });
  const address = await new Promise<string>((found, failed) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const match = /(http:\/\/127\.0\.0\.1:\d+\/\S*)/.exec(text);
      if (match?.[1] !== undefined) found(match[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => failed(new Error(`The product ended before it opened:\n${text}`)));
  });
  return {
    address,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGINT');
      await once(child, 'exit');
      return child.exitCode;
    },
  };
}

/** Starts the product on a Slack given by the environment, to when it listens; `log` is what it has written so far. */
export async function startOnSlack(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly log: () => string; stop(): Promise<number | null> }> {
  const child = spawn(process.execPath, [join(DIST, 'main.js')], { cwd: folder, env: environment(env) });
  let log = '';
  await new Promise<void>((listening, failed) => {
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      if (log.includes('is listening to Slack')) listening();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => failed(new Error(`The product ended before it listened:\n${log}`)));
  });
  return {
    log: () => log,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      await once(child, 'exit');
      return child.exitCode;
    },
  };
}
