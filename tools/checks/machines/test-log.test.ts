import { describe, expect, test } from 'vitest';
import { readTestLog } from './test-log.ts';

const passed = `@centflow/infra:test: Skipped, no stack is planned: there is no terraform on the PATH
@centflow/infra:test: Skipped, no stack is planned: there is no terraform on the PATH
@centflow/console:test: Skipped: there is no Chromium on this machine.
@centflow/glue:test: 310 passed, 2 skipped in 90.1s
120 passed, 0 failed, 3 skipped
`;

describe('readTestLog', () => {
  test('returns the closing line and each reason for skipping once', () => {
    expect(readTestLog(passed)).toEqual({
      summary: '120 passed, 0 failed, 3 skipped',
      leftOut: ['no stack is planned: there is no terraform on the PATH', 'there is no Chromium on this machine.'],
      failures: [],
    });
  });

  test('returns the failed tests that the output lists', () => {
    const { summary, failures } = readTestLog(
      '✗ @centflow/glue test_load > test_x: 1 != 2\n1 passed, 1 failed, 0 skipped\n',
    );
    expect(summary).toBe('1 passed, 1 failed, 0 skipped');
    expect(failures).toEqual(['✗ @centflow/glue test_load > test_x: 1 != 2']);
  });

  test('returns no summary for another command, even if a line of its output looks like one', () => {
    expect(readTestLog('3 passed, 0 failed, 0 skipped\nThe local stack is stopped\n').summary).toBeUndefined();
  });
});
