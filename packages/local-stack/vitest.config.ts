import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Each of the larger test files starts its own stack: a MySQL server, an emulator and a Spark. The machine may have
    // two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // The tests must start their own MySQL server, because they test how the stack runs it.
    env: { CENTFLOW_MYSQL_URL: '' },
  },
});
