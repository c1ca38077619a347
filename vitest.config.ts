import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The only limits of time: tests wait for states and set none of their own. They are for what hangs, so they are
    // far above what the slowest test takes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // By default one core is left idle: half of a small machine.
    maxWorkers: availableParallelism(),
  },
});
