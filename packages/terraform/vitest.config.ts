import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Against what hangs; a busy machine takes its time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    maxConcurrency: 2,
    // Most of a file's time is importing CDKTF and the provider's bindings, which nothing here changes: once for a worker.
    isolate: false,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  },
});
