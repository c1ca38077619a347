import { MACHINE } from '../../src/app/machine.js';
import type { Provider } from '../../src/providers/provider.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import type { Context, Log } from '../../src/usecases/context.js';
import { type RunTask, TASKS, type Task } from '../../src/usecases/tasks.js';
import { createClock, type TestClock } from './clock.js';

/** Everything that was logged, for tests that look at it. */
interface TestLog extends Log {
  readonly lines: readonly { readonly level: 'info' | 'warn' | 'error'; readonly message: string }[];
}

function createTestLog(): TestLog {
  const lines: { level: 'info' | 'warn' | 'error'; message: string }[] = [];
  const write = (level: 'info' | 'warn' | 'error') => (message: string) =>
    void lines.push({ level, message });
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}

export interface TestContext extends Context {
  readonly testClock: TestClock;
  readonly log: TestLog;
}

/** A context on a real SQLite store, in memory unless a file is named. */
export async function createTestContext(
  parts: { now?: string; providers?: readonly Provider[]; path?: string } = {},
): Promise<TestContext> {
  const testClock = createClock(parts.now ?? '2026-11-18');
  return {
    store: await openSqliteStore(parts.path ?? ':memory:'),
    providers: parts.providers ?? [],
    company: { name: 'Test', timeZone: 'UTC', currency: 'USD' },
    clock: testClock.now,
    testClock,
    log: createTestLog(),
    machine: MACHINE,
    actor: { kind: 'slack', userId: 'U0FIN', name: 'Fin Ops' },
  };
}

/** Runs tasks in this thread instead of the worker. Long work is not awaited. */
export function runTaskHere(context: Context): RunTask {
  const goOn = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => context.log.error('Long work failed.', { error }));
  };
  const run = (actor: Context['actor'], name: keyof typeof TASKS, input: unknown) => {
    const task: Task = TASKS[name];
    return task.run({ ...context, actor }, input as never, { shouldStop: () => false, goOn });
  };
  return run as RunTask;
}
