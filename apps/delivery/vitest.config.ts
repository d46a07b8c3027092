import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The limits only stop tests that hang. They are long, because a busy machine is slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    // A test file spends most of its time on the import of CDKTF, so each worker imports it once. No test changes
    // CDKTF.
    isolate: false,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  },
});
