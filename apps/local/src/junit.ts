/** Counting the tests of a JUnit report, as vitest and pytest write it. */
import { existsSync, readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  isArray: (name) => name === 'testcase' || name === 'testsuite',
});

/** The counts of a report; undefined where there is none that can be read. */
export function readReport(file: string): TestCounts | undefined {
  if (!existsSync(file)) return undefined;
  return countTests(readFileSync(file, 'utf8'));
}

/** Every test case is one of three; an error counts as a failure. */
export function countTests(xml: string): TestCounts | undefined {
  const document: unknown = parser.parse(xml);
  if (typeof document !== 'object' || document === null || !('testsuites' in document || 'testsuite' in document)) {
    return undefined;
  }
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  count(document, counts);
  return counts;
}

function count(node: unknown, counts: TestCounts): void {
  if (Array.isArray(node)) {
    for (const child of node) count(child, counts);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    if (name === 'testcase') for (const testCase of child as unknown[]) counts[outcome(testCase)] += 1;
    else if (name === 'testsuites' || name === 'testsuite') count(child, counts);
  }
}

function outcome(testCase: unknown): keyof TestCounts {
  // An empty element, a test without anything to say, is parsed to an empty text.
  if (typeof testCase !== 'object' || testCase === null) return 'passed';
  if ('failure' in testCase || 'error' in testCase) return 'failed';
  return 'skipped' in testCase ? 'skipped' : 'passed';
}
