import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Machine } from '../usecases/context.js';

/** This machine and process, as use cases see them. */
export const MACHINE: Machine = {
  processName: `${hostname()}/${process.pid}`,
  isGone(processName) {
    const [host, pid] = processName.split('/');
    if (host !== hostname() || pid === undefined || !/^\d+$/.test(pid)) return false;
    try {
      process.kill(Number(pid), 0);
      return false;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH';
    }
  },
  nextTurn: () => setImmediate(),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
