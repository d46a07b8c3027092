/** Evaluates each call of GitHub's plan and apply roles in the same way as IAM. */
import { describe, expect, test } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { readEnvironments } from '../src/environments.ts';
import { decide } from '../src/iam/evaluate.ts';
import type { IamStatement } from '../src/iam/statement.ts';
import { githubRoleOf } from '../src/names.ts';
import { knownToAws } from '../src/testing/condition-keys.ts';
import { type GithubCall, githubCallsOf } from '../src/testing/github-calls.ts';
import { policiesOfGithubRole, resourcePolicies } from '../src/testing/iam-of.ts';
import { without } from '../src/testing/mutation.ts';
import { unlistedReads } from '../src/testing/policies.ts';
import { synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const all = await Promise.all(
  environments.map(async (environment) => ({
    environment,
    name: environment.name,
    calls: await githubCallsOf(environment, stacks),
    policies: {
      plan: policiesOfGithubRole(stacks, environment, 'plan'),
      apply: policiesOfGithubRole(stacks, environment, 'apply'),
    },
  })),
);

function decideWith(identity: readonly IamStatement[], environment: Environment, { may, call }: GithubCall) {
  return decide(
    call,
    { role: githubRoleOf(environment, may) },
    { identity, ...resourcePolicies(stacks, environment, call) },
  );
}

describe.each(all)('the GitHub roles of $name', ({ environment, calls, policies }) => {
  test('the roles may make each of their calls', () => {
    const refused = calls.flatMap((request) => {
      const { may, call } = request;
      const { allowed, because } = decideWith(policies[may], environment, request);
      return allowed ? [] : [`${may}: ${call.action} on ${call.resource} ${JSON.stringify(call.context)}: ${because}`];
    });
    expect(refused).toEqual([]);
    console.log(`${environment.name}: ${calls.length} calls of GitHub's 2 roles`);
  });

  test('the role `plan` cannot change the resources that `apply` changes', () => {
    const changes = calls.filter(
      ({ may, call }) => may === 'apply' && /:(Create|Put|Delete|Update|Modify)/.test(call.action),
    );
    expect(changes.length).toBeGreaterThan(100);
    // Both roles may write the lock of Terraform's state and the reviewed plans.
    const shared = /\.tflock$|\/plans\//;
    const allowed = changes.filter(
      ({ call }) =>
        !shared.test(call.resource) && decideWith(policies.plan, environment, { may: 'plan', call }).allowed,
    );
    expect(allowed.map(({ call }) => `${call.action} on ${call.resource}`)).toEqual([]);
  });

  test('the Service Authorization Reference describes each call of the roles', async () => {
    const unknown = new Set<string>();
    for (const { call } of calls) {
      if (!unlistedReads.includes(call.action) && (await knownToAws(call)) === undefined) {
        unknown.add(`${call.action} on ${call.resource}`);
      }
    }
    expect([...unknown]).toEqual([]);
  });
});

test.each(['plan', 'apply'] as const)('the GitHub role `%s` needs every statement', (may) => {
  const needed = new Map<string, boolean>();
  for (const { environment, calls, policies } of all) {
    // Removing a statement can affect only the calls that this statement allowed. Evaluate only these calls again.
    const allowedBy = Map.groupBy(
      calls.filter((request) => request.may === may),
      (request) => decideWith(policies[may], environment, request).because,
    );
    for (const { removed, rest } of without(policies[may])) {
      const own = allowedBy.get(`the role's policies allow the call (${removed.Sid})`) ?? [];
      const isNeeded = own.some((request) => !decideWith(rest, environment, request).allowed);
      needed.set(removed.Sid ?? '', (needed.get(removed.Sid ?? '') ?? false) || isNeeded);
    }
  }
  expect(needed.size).toBeGreaterThan(10);
  expect([...needed].filter(([, isNeeded]) => !isNeeded).map(([sid]) => sid)).toEqual([]);
});
