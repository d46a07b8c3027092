import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Stops only tests that hang. The timeout is long, because a busy machine can be slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    setupFiles: ['@centflow/test-kit/fast-check-seed'],
    maxConcurrency: 2,
    // Importing CDKTF and the provider's bindings takes most of the time. Tests do not change them, so a worker imports them once.
    isolate: false,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  },
});
