import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The limits only stop tests that hang. They are long, because a busy machine is slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    // Importing CDKTF takes most of the time of a test file. Without isolation, each worker imports CDKTF only once.
    // This is safe, because no test changes CDKTF.
    isolate: false,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  },
});
