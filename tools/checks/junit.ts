/** Reads the number of tests and the failed tests from the JUnit reports of Vitest and pytest. */
import { existsSync, readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface TestReport extends TestCounts {
  /** The failed tests, each in the form `file > test: first line of the message`. */
  failures: string[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // Keep test names unchanged: a name may look like a number, or start or end with spaces.
  parseAttributeValue: false,
  // Reports contain line ends in attributes as numeric entities.
  htmlEntities: true,
  isArray: (name) => name === 'testcase' || name === 'testsuite',
});

/** Reads a report. Returns undefined if the file does not exist or is not a report. */
export function readReport(file: string): TestReport | undefined {
  if (!existsSync(file)) return undefined;
  return parseReport(readFileSync(file, 'utf8'));
}

/** Parses a report. Each test case counts as passed, failed or skipped, and an error counts as failed. */
export function parseReport(xml: string): TestReport | undefined {
  const document: unknown = parser.parse(xml);
  if (typeof document !== 'object' || document === null || !('testsuites' in document || 'testsuite' in document)) {
    return undefined;
  }
  const report: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [] };
  addCases(document, report);
  return report;
}

function addCases(node: unknown, report: TestReport): void {
  if (Array.isArray(node)) {
    for (const child of node) addCases(child, report);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    if (name === 'testcase') for (const testCase of child as unknown[]) addCase(testCase, report);
    else if (name === 'testsuites' || name === 'testsuite') addCases(child, report);
  }
}

function addCase(testCase: unknown, report: TestReport): void {
  // For an empty element, the parser returns an empty string instead of an object.
  const fields = (typeof testCase === 'object' && testCase !== null ? testCase : {}) as Record<string, unknown>;
  const failure = fields.failure ?? fields.error;
  if (failure !== undefined) {
    report.failed += 1;
    report.failures.push(`${fields.classname ?? ''} > ${fields.name ?? ''}: ${firstLine(failure)}`);
  } else report['skipped' in fields ? 'skipped' : 'passed'] += 1;
}

/**
 * Returns the first line of a failure's message, or of the element's text if there is no message. If a test has several
 * failures, the first failure counts.
 */
function firstLine(failure: unknown): string {
  const first: unknown = Array.isArray(failure) ? failure[0] : failure;
  // For an element without attributes, the parser returns a string instead of an object.
  const fields = (typeof first === 'object' && first !== null ? first : { '#text': first }) as Record<string, unknown>;
  return (
    String(fields.message ?? fields['#text'] ?? '')
      .trim()
      .split('\n')[0] ?? ''
  );
}
