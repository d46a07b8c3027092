/** Evaluates the policies of the key, the queues, the topic and the buckets for every allowed caller. */
import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { type Call, type Caller, decide, type Policies } from '../src/iam/evaluate.ts';
import { githubRoleOf } from '../src/names.ts';
import { githubCallsOf } from '../src/testing/github-calls.ts';
import { policiesOfGithubRole, policiesOfRole, resourcePolicies, roleArn } from '../src/testing/iam-of.ts';
import { without } from '../src/testing/mutation.ts';
import { roleQuestionsOf } from '../src/testing/role-calls.ts';
import { serviceCallsOf } from '../src/testing/service-calls.ts';
import { synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);

describe.each(environments)('the resource policies of $name', (environment) => {
  const services = serviceCallsOf(environment);

  test('the policies allow each call that AWS services make under their own identity', () => {
    const refused = services.flatMap(({ what, caller, call, source }) => {
      const { allowed, because } = decide(call, caller, resourcePolicies(stacks, environment, call));
      return allowed ? [] : [`${what}: ${call.action} on ${call.resource}: ${because} (${source})`];
    });
    expect(refused).toEqual([]);
    console.log(`${environment.name}: ${services.length} calls of services`);
  });

  test('the policies reject calls of other services, and calls for resources of other accounts', () => {
    for (const { call, caller } of services) {
      const policies = resourcePolicies(stacks, environment, call);
      expect(decide(call, { service: 'ec2.amazonaws.com' }, policies).allowed).toBe(false);
      const otherAccount = { ...call.context, 'aws:SourceAccount': '999999999999' };
      if ('aws:SourceAccount' in call.context) {
        expect(decide({ ...call, context: otherAccount }, caller, policies).allowed).toBe(false);
      }
    }
  });

  test('some call needs each statement of the policies', async () => {
    const ofGithub = {
      plan: { identity: policiesOfGithubRole(stacks, environment, 'plan') },
      apply: { identity: policiesOfGithubRole(stacks, environment, 'apply') },
    };
    const requests: readonly (readonly [Caller, Call, Policies])[] = [
      ...services.map(({ caller, call }) => [caller, call, {}] as const),
      ...roleQuestionsOf(environment).map(
        ({ purpose, call }) =>
          [{ role: roleArn(environment, purpose) }, call, policiesOfRole(stacks, environment, purpose)] as const,
      ),
      ...(await githubCallsOf(environment, stacks)).map(
        ({ may, call }) => [{ role: githubRoleOf(environment, may) }, call, ofGithub[may]] as const,
      ),
    ];
    let tried = 0;
    const needless = ['kms', 'sqs', 'sns', 's3'].flatMap((service) => {
      // Neither an alias nor a key that is being created has a policy.
      const judged = requests.flatMap(([caller, call, policies]) => {
        const own = call.resource.startsWith(`arn:aws:${service}:`) ? resourcePolicies(stacks, environment, call) : {};
        return own.resource === undefined ? [] : [{ caller, call, policies: { ...policies, ...own } }];
      });
      const mutations = without(judged[0]?.policies.resource ?? []);
      tried += mutations.length;
      return mutations
        .filter(({ rest }) =>
          judged.every(({ caller, call, policies }) => decide(call, caller, { ...policies, resource: rest }).allowed),
        )
        .map(({ removed }) => `${service}: ${removed.Sid}`);
    });
    expect(needless).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });
});
