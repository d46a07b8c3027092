import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Each of the larger files starts a stack of its own: a MySQL, an emulator and a Spark, on two cores.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // The server is among what is tested here.
    env: { CENTFLOW_MYSQL_URL: '' },
  },
});
