import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { matches } from '../src/iam/statement.ts';
import type { Statement } from '../src/policy/policy-document.ts';
import { provisioningOf } from '../src/policy/provisioning/index.ts';
import { namedInIam, namelessInIam } from '../src/testing/named-resources.ts';
import { synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments).filter(({ name }) => !name.startsWith('bootstrap-'));

describe.each(environments)('the resources of $name', (environment) => {
  const resources = stacks
    .filter(({ name }) => name.startsWith(`${environment.name}-`))
    .flatMap(({ resources }) => resources);
  const areas = provisioningOf(environment);

  test('the policies of GitHub’s roles match the name of each resource', () => {
    const beyond = resources.flatMap((resource) => {
      const found = namedInIam(resource, environment, resources);
      if (found === undefined) return [];
      const { arn, makes, reads } = found;
      const read = areas.flatMap((area) => area.read);
      const all = [...read, ...areas.flatMap((area) => area.write)];
      return [
        ...(allows(all, makes, arn) ? [] : [`apply: ${makes} on ${arn}`]),
        ...(reads === undefined || allows(read, reads, arn) ? [] : [`plan: ${reads} on ${arn}`]),
      ];
    });
    expect(beyond).toEqual([]);
  });

  test('the ARN of each resource contains its name, or the exception is documented', () => {
    const nameOf = ['name', 'bucket', 'identifier', 'function_name', 'alarm_name', 'dashboard_name'];
    const unknown = resources
      .filter(
        (resource) => namedInIam(resource, environment, resources) === undefined && !(resource.type in namelessInIam),
      )
      .filter(({ attributes }) => nameOf.some((name) => name in attributes && !String(attributes[name]).includes('${')))
      .map(({ type }) => type);
    expect([...new Set(unknown)]).toEqual([]);
  });
});

function allows(statements: readonly Statement[], action: string, arn: string): boolean {
  return statements.some(
    ({ effect, actions, resources }) =>
      effect !== 'Deny' && actions.includes(action) && resources.some((pattern) => matches(pattern, arn)),
  );
}
