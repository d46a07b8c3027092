import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    include: ['api/**/*.test.ts', 'e2e/**/*.test.ts', 'web/src/**/*.test.ts', 'web/src/**/*.test.tsx'],
    // Each of the larger files starts a stack, and CI has two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A page can be slow on a busy machine.
    expect: { poll: { timeout: 90_000 } },
  },
});
