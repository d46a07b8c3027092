import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { namesOf, roleBoundaryOf } from '../src/names.ts';
import { type GrantedStatement, mayEver, statementsOf } from '../src/testing/policies.ts';
import { serviceCallsOf } from '../src/testing/service-calls.ts';
import { ofType, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const statements = statementsOf(stacks);

describe.each(environments)('in $name', (environment) => {
  test.each(serviceCallsOf(environment))('$what: the role and its boundary allow $action', (call) => {
    expect(call.purposes.length).toBeGreaterThan(0);
    const boundary = statements.filter(
      ({ resource }) =>
        `arn:aws:iam::${environment.accountId}:policy/${resource.attributes.name}` === roleBoundaryOf(environment),
    );
    expect(boundary.length).toBeGreaterThan(0);
    for (const purpose of call.purposes) {
      const role = ownStatements(`${namesOf(environment).prefix}-${purpose}`);
      for (const resource of call.resources) {
        const where = `${purpose}: ${call.action} on ${resource} (${call.source})`;
        expect(mayEver(role, call.action, resource), where).toBe(true);
        expect(mayEver(boundary, call.action, resource), `the boundary of ${where}`).toBe(true);
      }
    }
  });
});

/** The statements of a role's own policies. */
function ownStatements(name: string): GrantedStatement[] {
  const [role] = ofType(stacks, 'aws_iam_role').filter(({ attributes }) => attributes.name === name);
  if (role === undefined) throw new Error(`There is no role ${name}.`);
  return statements.filter(
    ({ resource }) =>
      resource.type === 'aws_iam_role_policy' &&
      resource.stack === role.stack &&
      resource.attributes.role === `\${aws_iam_role.${role.id}.name}`,
  );
}
