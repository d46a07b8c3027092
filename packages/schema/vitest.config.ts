import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    include: ['src/**/*.test.ts'],
    globalSetup: '@centflow/test-kit/mysql-server',
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
