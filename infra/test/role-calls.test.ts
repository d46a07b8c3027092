/** Evaluates the calls of each role as IAM does: with the role's policies, its boundary, and the endpoint's policy. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { decide, type Policies } from '../src/iam/evaluate.ts';
import { policiesOfRole, policyOfEndpoint, resourcePolicies, roleArn } from '../src/testing/iam-of.ts';
import { without } from '../src/testing/mutation.ts';
import { recordedCallsOf } from '../src/testing/recorded-calls.ts';
import { type RoleQuestion, roleCallsOf, roleQuestionsOf } from '../src/testing/role-calls.ts';
import { ofType, synthesised } from '../src/testing/synthesised.ts';

const repository = join(import.meta.dirname, '../..');
const environments = readEnvironments();
const stacks = synthesised(environments);

describe.each(environments)('the roles of $name', (environment) => {
  const calls = roleQuestionsOf(environment);
  const purposes = [...new Set(calls.map(({ purpose }) => purpose))];
  const roles = new Map(purposes.map((purpose) => [purpose, policiesOfRole(stacks, environment, purpose)]));
  const endpoints = new Map(
    (['s3', 'logs', 'secretsmanager'] as const).map((name) => [name, policyOfEndpoint(stacks, environment, name)]),
  );
  const rolesPolicies = (purpose: string) => {
    const found = roles.get(purpose);
    if (found === undefined) throw new Error(`There is no role ${purpose}.`);
    return found;
  };
  const decideOn = ({ purpose, call, endpoint }: RoleQuestion, changed: Partial<Policies> = {}) =>
    decide(
      call,
      { role: roleArn(environment, purpose) },
      {
        ...rolesPolicies(purpose),
        ...resourcePolicies(stacks, environment, call),
        ...(endpoint === undefined ? {} : { endpoint: endpoints.get(endpoint) ?? [] }),
        ...changed,
      },
    );

  test('the roles may make each of their calls', () => {
    const refused = calls.flatMap((request) => {
      const { allowed, because } = decideOn(request);
      return allowed ? [] : [`${request.purpose}: ${request.what}: ${because}`];
    });
    expect(refused).toEqual([]);
    console.log(`${environment.name}: ${calls.length} calls of ${purposes.length} roles`);
  });

  test('each role has at least one listed call', () => {
    const roleResources = ofType(stacks, 'aws_iam_role').filter(({ stack }) =>
      stack.startsWith(`${environment.name}-`),
    );
    const named = roleResources.map(({ attributes }) =>
      String(attributes.name).replace(`centflow-${environment.name}-`, ''),
    );
    expect([...named].sort()).toEqual([...purposes].sort());
  });

  test('the roles need every statement of their policies', () => {
    const needless = purposes.flatMap((purpose) =>
      without(rolesPolicies(purpose).identity)
        .filter(({ rest }) =>
          calls.every((request) => request.purpose !== purpose || decideOn(request, { identity: rest }).allowed),
        )
        .map(({ removed }) => `${purpose}: ${removed.Sid}`),
    );
    expect(needless).toEqual([]);
  });

  test('the roles need every statement of the boundary', () => {
    const boundary = rolesPolicies(purposes[0] ?? '').boundary;
    const needless = without(boundary)
      .filter(({ rest }) => calls.every((request) => decideOn(request, { boundary: rest }).allowed))
      .map(({ removed }) => removed.Sid);
    expect(needless).toEqual([]);
  });

  test('the roles need every statement of the endpoint policies', () => {
    const needless = [...endpoints].flatMap(([name, statements]) =>
      without(statements)
        .filter(({ rest }) =>
          calls.every((request) => request.endpoint !== name || decideOn(request, { endpoint: rest }).allowed),
        )
        .map(({ removed }) => `${name}: ${removed.Sid}`),
    );
    expect(needless).toEqual([]);
  });

  test('a function’s own code cannot change network interfaces', () => {
    for (const purpose of ['migrator', 'canary']) {
      const own = `arn:aws:lambda:${environment.region}:${environment.accountId}:function:centflow-${environment.name}-${purpose}`;
      const call = {
        action: 'ec2:DeleteNetworkInterface',
        resource: `arn:aws:ec2:${environment.region}:${environment.accountId}:network-interface/eni-1`,
        context: { 'lambda:SourceFunctionArn': own },
      };
      expect(decide(call, { role: roleArn(environment, purpose) }, rolesPolicies(purpose))).toMatchObject({
        allowed: false,
        because: expect.stringContaining('NotFromCode'),
      });
    }
  });
});

describe.each(environments)('the recorded calls of the rehearsal, evaluated for $name', (environment) => {
  const listed = roleQuestionsOf(environment);
  const recorded = recordedCallsOf(environment).filter(({ who }) => !who.startsWith('github:'));
  const like = (purpose: string, action: string) =>
    listed.filter((other) => other.purpose === purpose && other.call.action === action);

  test('each recorded call is listed with caller and reason', () => {
    expect(recorded.length).toBeGreaterThan(20);
    const unlisted = recorded.filter(({ who, call }) => like(who, call.action).length === 0);
    expect(unlisted, 'add these to infra/src/testing/role-calls.ts').toEqual([]);
  });

  test('the policies allow each recorded call', () => {
    // For some calls, the emulator does not report the resource.
    const whole = recorded.filter(({ call }) => call.resource !== '*');
    const refused = whole.flatMap(({ who, call }) => {
      const context = Object.assign({}, ...like(who, call.action).map((other) => other.call.context));
      const { allowed, because } = decide(
        { ...call, context },
        { role: roleArn(environment, who) },
        { ...policiesOfRole(stacks, environment, who), ...resourcePolicies(stacks, environment, call) },
      );
      return allowed ? [] : [`${who}: ${call.action} on ${call.resource}: ${because}`];
    });
    expect(refused).toEqual([]);
    console.log(`${whole.length} recorded calls evaluated`);
  });
});

test('each listed call names its source: an AWS documentation page or a file of this repository', () => {
  for (const { source } of environments.flatMap(roleCallsOf)) {
    if (!source.startsWith('https://docs.aws.amazon.com/'))
      expect(existsSync(join(repository, source)), source).toBe(true);
  }
});
