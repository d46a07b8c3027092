import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    include: ['api/**/*.test.ts', 'e2e/**/*.test.ts', 'web/src/**/*.test.ts', 'web/src/**/*.test.tsx'],
    // Each of the larger files starts a stack of its own, on two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // What a page shows takes as long as the machine is busy.
    expect: { poll: { timeout: 90_000 } },
  },
});
