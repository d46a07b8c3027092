/** Reads the summary, the reasons for skipped tests and the failures from the output of `npm test`. */
export interface TestLog {
  /** The closing line, such as `120 passed, 0 failed, 3 skipped`. */
  readonly summary?: string;
  /** The different reasons why tests were skipped. */
  readonly leftOut: readonly string[];
  /** One line for each failed test. */
  readonly failures: readonly string[];
}

/**
 * Reads the output of `npm test`. For the output of another command, the result contains no summary and no failures.
 */
export function readTestLog(log: string): TestLog {
  const lines = log.trimEnd().split('\n');
  const last = lines.at(-1) ?? '';
  const summary = /^\d+ passed, \d+ failed, \d+ skipped$/.test(last) ? last : undefined;
  const reasons = lines.flatMap((line) => /\bSkipped[:,] (.+)$/.exec(line)?.[1] ?? []);
  return {
    ...(summary === undefined ? {} : { summary }),
    leftOut: [...new Set(reasons)],
    failures: summary === undefined ? [] : lines.filter((line) => line.startsWith('✗ ')),
  };
}
