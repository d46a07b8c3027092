import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Long timeouts, because a busy machine is slow. They only end tests that hang.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  },
});
