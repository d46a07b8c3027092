import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['@centflow/config/test-set-up'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
