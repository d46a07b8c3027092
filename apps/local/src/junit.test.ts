import { expect, test } from 'vitest';
import { countTests } from './junit.ts';

test('errors count as failures, and nested suites count', () => {
  const xml = `<?xml version="1.0"?>
    <testsuites>
      <testsuite><testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>
      <testsuite>
        <testcase name="c"><error/></testcase>
        <testsuite><testcase name="d"><skipped/></testcase><testcase name="e"><system-out>x</system-out></testcase></testsuite>
      </testsuite>
    </testsuites>`;
  expect(countTests(xml)).toEqual({ passed: 2, failed: 2, skipped: 1 });
});

test('a single suite without a frame counts', () => {
  expect(countTests('<testsuite><testcase/></testsuite>')).toEqual({ passed: 1, failed: 0, skipped: 0 });
});

test('what is no report counts as none', () => {
  expect(countTests('<html/>')).toBeUndefined();
});
