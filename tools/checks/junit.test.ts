import { expect, test } from 'vitest';
import { parseReport } from './junit.ts';

test('parseReport counts nested suites, and lists errors as failures', () => {
  const xml = `<?xml version="1.0"?>
    <testsuites>
      <testsuite><testcase name="a"/><testcase classname="b.test.ts" name="1"><failure message="no&#10;at b"/></testcase></testsuite>
      <testsuite>
        <testcase classname="c" name="d &gt; e"><error type="Fault">
it ended
</error></testcase>
        <testsuite><testcase name="d"><skipped/></testcase><testcase name="e"><system-out>x</system-out></testcase></testsuite>
      </testsuite>
    </testsuites>`;
  expect(parseReport(xml)).toEqual({
    passed: 2,
    failed: 2,
    skipped: 1,
    failures: ['b.test.ts > 1: no', 'c > d > e: it ended'],
  });
});

test('parseReport reads a single suite without a testsuites element', () => {
  expect(parseReport('<testsuite><testcase/></testsuite>')).toEqual({ passed: 1, failed: 0, skipped: 0, failures: [] });
});

test('parseReport returns undefined for XML that is not a report', () => {
  expect(parseReport('<html/>')).toBeUndefined();
});
