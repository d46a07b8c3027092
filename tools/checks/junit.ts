/** What a JUnit report tells, as vitest and pytest write it: how many tests there were, and which failed. */
import { existsSync, readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface TestReport extends TestCounts {
  /** `file > test: the first line of what was wrong`, of each failed one. */
  failures: string[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // A test's name may be a number or hold spaces at its ends.
  parseAttributeValue: false,
  // Line ends in attributes are written as numbers.
  htmlEntities: true,
  isArray: (name) => name === 'testcase' || name === 'testsuite',
});

/** A report; undefined where there is none that can be read. */
export function readReport(file: string): TestReport | undefined {
  if (!existsSync(file)) return undefined;
  return parseReport(readFileSync(file, 'utf8'));
}

/** Every test case is one of three; an error counts as a failure. */
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
  // An empty element, a test without anything to say, is parsed to an empty text.
  const fields = (typeof testCase === 'object' && testCase !== null ? testCase : {}) as Record<string, unknown>;
  const wrong = fields.failure ?? fields.error;
  if (wrong !== undefined) {
    report.failed += 1;
    report.failures.push(`${fields.classname ?? ''} > ${fields.name ?? ''}: ${firstLine(wrong)}`);
  } else report['skipped' in fields ? 'skipped' : 'passed'] += 1;
}

/** The message, or the text where there is none. A test may have several: then that of the first. */
function firstLine(wrong: unknown): string {
  const first: unknown = Array.isArray(wrong) ? wrong[0] : wrong;
  // An element without attributes is parsed to its text alone.
  const fields = (typeof first === 'object' && first !== null ? first : { '#text': first }) as Record<string, unknown>;
  return (
    String(fields.message ?? fields['#text'] ?? '')
      .trim()
      .split('\n')[0] ?? ''
  );
}
