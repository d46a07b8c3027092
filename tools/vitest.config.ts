import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // Each of the larger files starts a separate stack with a MySQL, an emulator and a Spark, on two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // An empty URL makes the tests start their own MySQL server, which they also test.
    env: { CENTFLOW_MYSQL_URL: '' },
  },
});
