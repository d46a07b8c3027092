import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { type ExampleResource, serviceRules } from '../src/testing/service-rules.ts';
import { type Resource, synthesised } from '../src/testing/synthesised.ts';

const stacks = synthesised(readEnvironments());

describe.each(serviceRules)('$service: $rule', ({ find, example, source }) => {
  test('no stack breaks the rule', () => {
    expect(
      stacks.flatMap(({ resources }) => find(resources)),
      source,
    ).toEqual([]);
  });

  test('the rule finds the fault in its example', () => {
    expect(find(example.map(inStack))).not.toEqual([]);
  });

  test('the source is a page of the AWS documentation', () => {
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });
});

function inStack({ type, id = 'example', attributes }: ExampleResource): Resource {
  return { stack: 'example', type, id, address: `example/${type}.${id}`, attributes };
}
