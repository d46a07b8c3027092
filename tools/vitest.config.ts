import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // Each of the larger files starts a separate stack with a MySQL, an emulator and a Spark, on two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // With an empty URL, the tests start their own MySQL server. The tests also check this server.
    env: { CENTFLOW_MYSQL_URL: '' },
  },
});
