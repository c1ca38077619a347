import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Of these layers neither source nor test keeps anything in the process (environment, timers, global functions), so
// their files share the modules of a worker instead of loading them 80 times.
const SHARED = ['core', 'providers'].map((layer) => `test/${layer}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      { extends: true, test: { name: 'own', include: ['test/**/*.test.ts'], exclude: SHARED } },
    ],
    // The only limits of time: tests wait for states and set none of their own. They are for what hangs, so they are
    // far above what the slowest test takes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // By default one core is left idle: half of a small machine.
    maxWorkers: availableParallelism(),
  },
});
