import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
