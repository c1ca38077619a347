import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DuckAnswer, DuckQuestion } from './duckdb.js';

/** DuckDB in a process of its own. */
export interface Duck {
  /** @throws Error with DuckDB's words. */
  run(sql: string): Promise<DuckAnswer>;
  stop(): void;
}

/** @param folder where `npm install --prefix FOLDER @duckdb/node-api` was run. */
export async function startDuck(folder: string, database: string): Promise<Duck> {
  const child = fork(fileURLToPath(new URL('./duckdb.ts', import.meta.url)), [folder, database]);
  const failed = once(child, 'exit').then(() => {
    throw new Error(`DuckDB ended; is @duckdb/node-api installed in ${folder}?`);
  });
  const next = async (): Promise<DuckAnswer> => {
    const heard: readonly unknown[] = await Promise.race([once(child, 'message'), failed]);
    return heard[0] as DuckAnswer;
  };
  await next();
  let id = 0;
  return {
    async run(sql) {
      id += 1;
      child.send({ id, sql } satisfies DuckQuestion);
      const answer = await next();
      if (answer.error !== null) throw new Error(answer.error);
      return answer;
    },
    stop() {
      failed.catch(() => undefined);
      child.kill();
    },
  };
}
