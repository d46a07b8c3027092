import { readEnvironments } from '@centflow/infra/environments';
import { synthesised } from '@centflow/infra/testing/synthesised';
import type { Plan, ResourceChange } from '@centflow/terraform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Exemption, exemptionSchema, judgePlan, planSummary, type RuleName } from '../src/review/index.ts';
import { belongings, gateways, grants, holdsData, watchedAttributes } from '../src/review/rules.ts';
import { firstExemptions } from '../src/testing/first-exemptions.ts';
import {
  ACCOUNT,
  BOUNDARY,
  brokenBy,
  created,
  destroyed,
  type Extra,
  judged,
  kept,
  planOf,
  reference,
  replaced,
  resource,
  updated,
  type Values,
} from '../src/testing/planned.ts';

function policy(...statements: Values[]): string {
  const whole = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/raw/*'] };
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map((one) => ({ ...whole, ...one })) });
}
const rolePolicy = (before: string, after: string, extra?: Extra) =>
  updated('aws_iam_role_policy', { role: 'r', policy: before }, { role: 'r', policy: after }, extra);
const trust = (service: string) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] });

const ON = { Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } };
const TLS = { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
const BOUND = { name: 'r', permissions_boundary: BOUNDARY };
const OF_ROLE = { written: { role: reference('aws_iam_role.it.name') } };
const OF_BUCKET = { written: { bucket: reference('aws_s3_bucket.it.id') } };
const CLOSED = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};
const VERSIONED = { bucket: 'b', versioning_configuration: [{ status: 'Enabled' }] };
const EGRESS = 'aws_vpc_security_group_egress_rule';
const PUBLIC_ACCESS = 'aws_s3_bucket_public_access_block';

const LIFECYCLE = 'aws_s3_bucket_lifecycle_configuration';
/** Returns the lifecycle of a bucket, from the days until objects and old versions expire. */
function expiring({ all, old, prefix = 'manifests/' }: { all?: number; old?: number; prefix?: string }): Values {
  const oldVersions = { id: 'old', status: 'Enabled', noncurrent_version_expiration: [{ noncurrent_days: old }] };
  const objects = { id: 'all', status: 'Enabled', filter: [{ prefix }], expiration: [{ days: all }] };
  return { bucket: 'b', rule: [...(old ? [oldVersions] : []), ...(all ? [objects] : [])] };
}

/** Pairs of changes: the policy refuses the first, and accepts the second, which looks similar. */
const cases: readonly [RuleName, string, ResourceChange[], string, ResourceChange[]][] = [
  ...Object.keys(holdsData).flatMap((type): (typeof cases)[number][] => [
    [
      'destroys-data',
      `destroying ${type}`,
      [destroyed(type, { name: 'x' })],
      `creating ${type}`,
      [created(type, { storage_encrypted: true })],
    ],
    [
      'destroys-data',
      `replacing ${type}`,
      [replaced(type, {}, {})],
      `changing the tags of ${type}`,
      [updated(type, {}, { tags: {} })],
    ],
    [
      'destroys-data',
      `replacing ${type} with create_before_destroy`,
      [resource(['create', 'delete'], type, {}, {})],
      `not changing ${type}`,
      [resource(['no-op'], type, {}, {})],
    ],
    [
      'destroys-data',
      `forgetting ${type}`,
      [resource(['forget'], type, {}, null)],
      'forgetting a dashboard',
      [resource(['forget'], 'aws_cloudwatch_dashboard', {}, null)],
    ],
  ]),
  [
    'destroys-data',
    'suspending versioning',
    [
      updated('aws_s3_bucket_versioning', VERSIONED, {
        bucket: 'b',
        versioning_configuration: [{ status: 'Suspended' }],
      }),
    ],
    'enabling versioning',
    [
      updated(
        'aws_s3_bucket_versioning',
        { bucket: 'b', versioning_configuration: [{ status: 'Suspended' }] },
        VERSIONED,
      ),
    ],
  ],
  [
    'destroys-data',
    'removing the versioning resource of a bucket',
    [destroyed('aws_s3_bucket_versioning', VERSIONED)],
    'adding a versioning resource to a bucket',
    [kept('aws_s3_bucket', { bucket: 'b' }), created('aws_s3_bucket_versioning', VERSIONED)],
  ],
  ...(
    [
      ['keeping old versions for less time', expiring({ old: 30 }), expiring({ old: 7 })],
      ['letting objects expire', expiring({ old: 30 }), expiring({ old: 30, all: 400 })],
      ['letting those of another folder expire', expiring({ all: 7 }), expiring({ all: 7, prefix: 'raw/' })],
    ] as const
  ).map(([what, before, after]): (typeof cases)[number] => [
    'destroys-data',
    what,
    [updated(LIFECYCLE, before, after)],
    'an expiry in a new bucket',
    [created('aws_s3_bucket', { bucket: 'b' }), created(LIFECYCLE, after, OF_BUCKET)],
  ]),
  [
    'destroys-data',
    'an expiry of objects in an existing bucket',
    [created(LIFECYCLE, expiring({ all: 7 }))],
    'a longer or unlimited retention of objects',
    [updated(LIFECYCLE, expiring({ old: 7, all: 9 }), expiring({ old: 30 }))],
  ],
  [
    'destroys-data',
    'disabling backups',
    [updated('aws_db_instance', { backup_retention_period: 7 }, { backup_retention_period: 0 })],
    'a longer retention of backups',
    [updated('aws_db_instance', { backup_retention_period: 7 }, { backup_retention_period: 8 })],
  ],
  ...(
    [
      ['aws_db_instance', 'deletion_protection', true, false],
      ['aws_db_instance', 'skip_final_snapshot', false, true],
      ['aws_db_instance', 'delete_automated_backups', false, true],
      ['aws_db_instance', 'storage_encrypted', true, false],
      ['aws_s3_bucket', 'force_destroy', false, true],
      ['aws_kms_key', 'deletion_window_in_days', 30, 7],
      ['aws_kms_key', 'enable_key_rotation', true, false],
      ['aws_kms_key', 'is_enabled', true, false],
      ['aws_secretsmanager_secret', 'recovery_window_in_days', 30, 0],
      ...Object.keys(CLOSED).map((attribute) => [PUBLIC_ACCESS, attribute, true, false] as const),
    ] as const
  ).flatMap(([type, attribute, good, bad]): (typeof cases)[number][] => {
    const guarded = { ...CLOSED, [attribute]: good };
    const weakened = { ...CLOSED, [attribute]: bad };
    const unknown = (name: string) => [updated(type, guarded, guarded, { after_unknown: { [name]: true } })];
    return [
      [
        'drops-protection',
        `${type}'s ${attribute} ${good} → ${bad}`,
        [updated(type, guarded, weakened)],
        'the other way',
        [updated(type, weakened, guarded)],
      ],
      [
        'drops-protection',
        `${type}'s ${attribute} that is not known yet`,
        unknown(attribute),
        'its id that is not',
        unknown('id'),
      ],
    ];
  }),
  [
    'drops-protection',
    'removing the public access block of a bucket',
    [destroyed(PUBLIC_ACCESS, { ...CLOSED, bucket: 'b' })],
    'adding a public access block to a bucket',
    [kept('aws_s3_bucket', { bucket: 'b' }), created(PUBLIC_ACCESS, { ...CLOSED, bucket: 'b' })],
  ],
  [
    'drops-protection',
    'a new public access block that is open',
    [created(PUBLIC_ACCESS, { ...CLOSED, block_public_policy: false })],
    'a new public access block whose bucket is not known yet',
    [created('aws_s3_bucket', {}), created(PUBLIC_ACCESS, CLOSED, { ...OF_BUCKET, after_unknown: { bucket: true } })],
  ],
  [
    'drops-protection',
    'removing the encryption of a bucket',
    [destroyed('aws_s3_bucket_server_side_encryption_configuration', { bucket: 'b' })],
    'adding encryption to a bucket',
    [
      kept('aws_s3_bucket', { bucket: 'b' }),
      created('aws_s3_bucket_server_side_encryption_configuration', { bucket: 'b' }),
    ],
  ],
  [
    'widens-iam',
    'another action in a policy',
    [rolePolicy(policy({}), policy({ Action: ['s3:GetObject', 's3:PutObject'] }))],
    'one action fewer in a policy',
    [rolePolicy(policy({ Action: ['s3:GetObject', 's3:PutObject'] }), policy({}))],
  ],
  [
    'widens-iam',
    'a wider action in a policy',
    [rolePolicy(policy({}), policy({ Action: 's3:Get*' }))],
    'a narrower action in a policy',
    [rolePolicy(policy({ Action: 's3:Get*' }), policy({}))],
  ],
  [
    'widens-iam',
    'a wider resource in a policy',
    [rolePolicy(policy({}), policy({ Resource: 'arn:aws:s3:::b/*' }))],
    'a narrower resource in a policy',
    [rolePolicy(policy({ Resource: 'arn:aws:s3:::b/*' }), policy({}))],
  ],
  [
    'widens-iam',
    'one condition fewer in a policy',
    [rolePolicy(policy(ON), policy({}))],
    'an additional condition in a policy',
    [rolePolicy(policy({}), policy(ON))],
  ],
  [
    'widens-iam',
    'another condition in a policy',
    [rolePolicy(policy(ON), policy({ Condition: { StringEquals: { 'aws:SourceAccount': '999' } } }))],
    'the same conditions in another order',
    [rolePolicy(policy(ON, { Action: 's3:PutObject' }), policy({ Sid: 'Put', Action: ['s3:PutObject'] }, ON))],
  ],
  [
    'widens-iam',
    'all actions except some',
    [rolePolicy(policy({}), policy({ Action: undefined, NotAction: 'iam:*' }))],
    'the same excluded actions as before',
    [
      rolePolicy(
        policy({ Action: undefined, NotAction: 'iam:*' }),
        policy({ Sid: 'Named', Action: undefined, NotAction: ['iam:*'] }),
      ),
    ],
  ],
  [
    'widens-iam',
    'one Deny statement fewer',
    [rolePolicy(policy({}, TLS), policy({}))],
    'an additional Deny statement',
    [rolePolicy(policy({}), policy({}, TLS))],
  ],
  [
    'widens-iam',
    'a policy that cannot be parsed',
    [rolePolicy(policy({}), '{"Statement": "all"}')],
    'an unparsable policy whose text does not change',
    [rolePolicy('{"Statement": "all"}', '{"Statement": "all"}')],
  ],
  [
    'widens-iam',
    'a policy that is not known yet',
    [
      updated(
        'aws_iam_role_policy',
        { role: 'r', policy: policy({}) },
        { role: 'r' },
        { after_unknown: { policy: true } },
      ),
    ],
    'an unknown policy of a new role with a boundary',
    [
      created('aws_iam_role', BOUND),
      created(
        'aws_iam_role_policy',
        { role: 'r' },
        {
          after_unknown: { policy: true },
          written: { ...OF_ROLE.written, policy: policy({ Resource: reference('aws_sqs_queue.it.arn') }) },
        },
      ),
    ],
  ],
  [
    'widens-iam',
    'a new policy of an existing role',
    [
      created('aws_iam_role_policy', { role: 'r', policy: policy({}) }),
      created('aws_iam_role', { ...BOUND, name: 'other' }),
    ],
    'a new policy that only denies',
    [created('aws_iam_role_policy', { role: 'r', policy: policy(TLS) })],
  ],
  [
    'widens-iam',
    'a policy that moves to another role',
    [replaced('aws_iam_role_policy', { role: 'r', policy: policy({}) }, { role: 'administrator', policy: policy({}) })],
    'a policy whose name changes',
    [
      replaced(
        'aws_iam_role_policy',
        { role: 'r', name: 'a', policy: policy({}) },
        { role: 'r', name: 'b', policy: policy({}) },
      ),
    ],
  ],
  [
    'widens-iam',
    'removing a policy that denies',
    [destroyed('aws_s3_bucket_policy', { bucket: 'b', policy: policy(TLS) })],
    'removing a policy that allows',
    [destroyed('aws_s3_bucket_policy', { bucket: 'b', policy: policy({ Principal: { AWS: '1' } }) })],
  ],
  [
    'widens-iam',
    'another principal in the policy of a key',
    [
      updated(
        'aws_kms_key',
        { policy: policy({ Principal: { AWS: '1' } }) },
        { policy: policy({ Principal: { AWS: ['1', '2'] } }) },
      ),
    ],
    'one principal fewer in the policy of a key',
    [
      updated(
        'aws_kms_key',
        { policy: policy({ Principal: { AWS: ['1', '2'] } }) },
        { policy: policy({ Principal: { AWS: '1' } }) },
      ),
    ],
  ],
  [
    'widens-iam',
    'another service that may assume a role',
    [
      updated(
        'aws_iam_role',
        { ...BOUND, assume_role_policy: trust('glue.amazonaws.com') },
        { ...BOUND, assume_role_policy: trust('ec2.amazonaws.com') },
      ),
    ],
    'the same service in the trust of a role',
    [
      updated(
        'aws_iam_role',
        { ...BOUND, assume_role_policy: trust('glue.amazonaws.com') },
        { ...BOUND, tags: {}, assume_role_policy: trust('glue.amazonaws.com') },
      ),
    ],
  ],
  [
    'widens-iam',
    'everybody in a new policy',
    [created('aws_sqs_queue', { policy: policy({ Principal: '*' }) })],
    'everybody in a new policy with a condition',
    [created('aws_sqs_queue', { policy: policy({ Principal: '*', ...ON }) })],
  ],
  [
    'widens-iam',
    'another action in the policy of an endpoint',
    [
      updated(
        'aws_vpc_endpoint',
        { policy: policy({ Principal: '*' }) },
        { policy: policy({ Principal: '*', Action: 's3:*' }) },
      ),
    ],
    'the policy of a new endpoint',
    [created('aws_vpc_endpoint', { service_name: 'com.amazonaws.eu-west-1.s3', policy: policy({ Principal: '*' }) })],
  ],
  [
    'widens-iam',
    'a new role without a boundary',
    [created('aws_iam_role', { name: 'r', permissions_boundary: null })],
    'a new role with the boundary',
    [created('aws_iam_role', BOUND)],
  ],
  [
    'widens-iam',
    'a role that loses its boundary',
    [updated('aws_iam_role', BOUND, { name: 'r' })],
    'a role that receives the boundary',
    [updated('aws_iam_role', { name: 'r' }, BOUND)],
  ],
  [
    'widens-iam',
    'an additional managed policy',
    [updated('aws_iam_role', BOUND, { ...BOUND, managed_policy_arns: ['a'] })],
    'one managed policy fewer',
    [updated('aws_iam_role', { ...BOUND, managed_policy_arns: ['a'] }, BOUND)],
  ],
  [
    'widens-iam',
    'a queue policy that lets another service send',
    [
      updated(
        'aws_sqs_queue_policy',
        { queue_url: 'q', policy: policy(TLS) },
        { queue_url: 'q', policy: policy(TLS, { Principal: { Service: 's3.amazonaws.com' } }) },
      ),
    ],
    'the same policy of a new queue',
    [
      created('aws_sqs_queue', {}),
      created(
        'aws_sqs_queue_policy',
        { policy: policy({ Principal: { Service: 's3.amazonaws.com' } }) },
        { after_unknown: { queue_url: true }, written: { queue_url: reference('aws_sqs_queue.it.url') } },
      ),
    ],
  ],
  ...Object.keys(grants).map((type): (typeof cases)[number] => [
    'widens-iam',
    `adding ${type}`,
    [created(type, { role: 'r', function_name: 'f' })],
    `removing ${type}`,
    [destroyed(type, { role: 'r', function_name: 'f' })],
  ]),
  [
    'widens-iam',
    'attaching a policy to an existing role',
    [created('aws_iam_role_policy_attachment', { role: 'r' })],
    'attaching a policy to a new role',
    [created('aws_iam_role', BOUND), created('aws_iam_role_policy_attachment', { role: 'r' }, OF_ROLE)],
  ],
  ...Object.keys(gateways).map((type): (typeof cases)[number] => [
    'widens-network',
    `adding ${type}`,
    [created(type, {})],
    `removing ${type}`,
    [destroyed(type, {})],
  ]),
  [
    'widens-network',
    'a rule for 0.0.0.0/0',
    [created(EGRESS, { cidr_ipv4: '0.0.0.0/0' })],
    'a rule for a private range',
    [created(EGRESS, { cidr_ipv4: '10.0.0.0/8' })],
  ],
  [
    'widens-network',
    'a rule for ::/0',
    [created(EGRESS, { cidr_ipv6: '::/0' })],
    'a rule for a private range of IPv6',
    [created(EGRESS, { cidr_ipv6: 'fd00:1::/32' })],
  ],
  [
    'widens-network',
    'a rule for half of the internet',
    [created(EGRESS, { cidr_ipv4: '0.0.0.0/1' })],
    'a rule for a security group',
    [created(EGRESS, { cidr_ipv4: null }, { after_unknown: { referenced_security_group_id: true } })],
  ],
  [
    'widens-network',
    'a rule that exceeds a private range',
    [created(EGRESS, { cidr_ipv4: '10.0.0.0/7' })],
    'a rule within a private range',
    [created(EGRESS, { cidr_ipv4: '172.31.0.0/16' })],
  ],
  [
    'widens-network',
    'a rule whose range is not known yet',
    [created(EGRESS, {}, { after_unknown: { cidr_ipv4: true } })],
    'a new security group whose rules are set by AWS',
    [created('aws_security_group', {}, { after_unknown: { ingress: true, egress: true } })],
  ],
  [
    'widens-network',
    'a security group that opens',
    [
      updated(
        'aws_security_group',
        { ingress: [] },
        { ingress: [{ from_port: 22, to_port: 22, protocol: 'tcp', cidr_blocks: ['0.0.0.0/0'] }] },
      ),
    ],
    'a security group that closes',
    [updated('aws_security_group', { ingress: [{ cidr_blocks: ['0.0.0.0/0'] }] }, { ingress: [] })],
  ],
  [
    'widens-network',
    'more ports in a rule for the internet',
    [
      updated(
        EGRESS,
        { cidr_ipv4: '0.0.0.0/0', from_port: 443, to_port: 443 },
        { cidr_ipv4: '0.0.0.0/0', from_port: 0, to_port: 443 },
      ),
    ],
    'another description of a rule for the internet',
    [
      updated(
        EGRESS,
        { cidr_ipv4: '0.0.0.0/0', from_port: 443, to_port: 443 },
        { cidr_ipv4: '0.0.0.0/0', from_port: 443, to_port: 443, description: 'x' },
      ),
    ],
  ],
  [
    'widens-network',
    'a route to the internet',
    [updated('aws_route_table', { route: [] }, { route: [{ cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' }] })],
    'a route inside the network',
    [updated('aws_route_table', { route: [] }, { route: [{ cidr_block: '10.1.0.0/16' }] })],
  ],
  [
    'widens-network',
    'a new public database',
    [created('aws_db_instance', { publicly_accessible: true })],
    'a new private database',
    [created('aws_db_instance', { publicly_accessible: false, storage_encrypted: true })],
  ],
  [
    'widens-network',
    'a subnet that assigns public addresses',
    [updated('aws_subnet', { map_public_ip_on_launch: false }, { map_public_ip_on_launch: true })],
    'a subnet that assigns only private addresses',
    [updated('aws_subnet', { map_public_ip_on_launch: true }, { map_public_ip_on_launch: false })],
  ],
  [
    'destroys-data',
    'destroying a user pool, which deletes its accounts',
    [destroyed('aws_cognito_user_pool', {})],
    'destroying the domain of a user pool',
    [destroyed('aws_cognito_user_pool_domain', {})],
  ],
  [
    'drops-protection',
    'removing the deletion protection of a user pool',
    [updated('aws_cognito_user_pool', { deletion_protection: 'ACTIVE' }, { deletion_protection: 'INACTIVE' })],
    'adding deletion protection to a user pool',
    [updated('aws_cognito_user_pool', { deletion_protection: 'INACTIVE' }, { deletion_protection: 'ACTIVE' })],
  ],
  [
    'drops-protection',
    'a distribution that loses its firewall',
    [updated('aws_cloudfront_distribution', { web_acl_id: 'acl' }, { web_acl_id: '' })],
    'a distribution that receives a firewall',
    [updated('aws_cloudfront_distribution', { web_acl_id: '' }, { web_acl_id: 'acl' })],
  ],
  [
    'widens-iam',
    'a user pool that lets anybody sign up',
    [
      updated(
        'aws_cognito_user_pool',
        { admin_create_user_config: [{ allow_admin_create_user_only: true }] },
        { admin_create_user_config: [{ allow_admin_create_user_only: false }] },
      ),
    ],
    'a user pool that stops letting anybody sign up',
    [
      updated(
        'aws_cognito_user_pool',
        { admin_create_user_config: [{ allow_admin_create_user_only: false }] },
        { admin_create_user_config: [{ allow_admin_create_user_only: true }] },
      ),
    ],
  ],
  [
    'widens-iam',
    'a new client that lets users set their own owner',
    [created('aws_cognito_user_pool_client', { write_attributes: ['email', 'custom:owner'] })],
    'a new client that lets users set their name',
    [
      created('aws_cognito_user_pool', {}),
      created(
        'aws_cognito_user_pool_client',
        { write_attributes: ['email', 'name'] },
        { after_unknown: { user_pool_id: true }, written: { user_pool_id: reference('aws_cognito_user_pool.it.id') } },
      ),
    ],
  ],
  [
    'widens-iam',
    'a new route without authorization',
    [created('aws_apigatewayv2_route', { authorization_type: 'NONE' })],
    'a new route that requires a token',
    [created('aws_apigatewayv2_route', { authorization_type: 'JWT' })],
  ],
];

describe('the plan policy', () => {
  test.each(cases)('%s: refuses %s', (rule, _what, refused) => {
    expect(brokenBy(...refused)).toContain(rule);
  });

  test.each(cases.map(([rule, what, , near, allowed]) => [rule, near, what, allowed] as const))(
    '%s: accepts %s, but not %s',
    (_rule, _near, _what, allowed) => {
      expect(brokenBy(...allowed)).toEqual([]);
    },
  );

  test('reports the old value, the new value and the consequence of a refused change', () => {
    const plan = planOf(updated('aws_kms_key', { deletion_window_in_days: 30 }, { deletion_window_in_days: 7 }));
    expect(judged(plan).violations).toEqual([
      {
        rule: 'drops-protection',
        address: 'aws_kms_key.it',
        what: 'deletion_window_in_days: 30 → 7: there is less time to cancel its deletion',
      },
    ]);
    const more = rolePolicy(policy({}), policy({ Action: ['s3:A', 's3:B', 's3:C', 's3:D', 's3:E'] }));
    expect(judged(planOf(more)).violations[0]?.what).toMatch(
      /^policy allows s3:a on arn:aws:s3:::b\/raw\/\*; .*; and 2 more$/,
    );
  });

  test('requires a single exemption if a bucket is destroyed together with its protections', () => {
    const plan = planOf(
      destroyed('aws_s3_bucket', { bucket: 'b' }),
      destroyed('aws_s3_bucket_versioning', VERSIONED),
      destroyed(PUBLIC_ACCESS, { ...CLOSED, bucket: 'b' }),
      destroyed('aws_s3_bucket_policy', { bucket: 'b', policy: policy(TLS) }),
    );
    expect(judged(plan).violations.map(({ address }) => address)).toEqual(['aws_s3_bucket.it']);
  });

  test('does not show the content of a sensitive policy', () => {
    const { violations } = judged(
      planOf(rolePolicy(policy({}), policy({ Resource: 'hunter2' }), { after_sensitive: { policy: true } })),
    );
    expect(violations).toHaveLength(1);
    expect(JSON.stringify(violations)).not.toContain('hunter2');
  });

  test('has a reason for each watched attribute', () => {
    expect(watchedAttributes.filter(({ reason }) => reason.length < 15)).toEqual([]);
  });

  test.each([
    ['failed', { errored: true, resource_changes: [] }],
    ['is not complete', { errored: false, complete: false, resource_changes: [] }],
    ['has another format version', { errored: false, format_version: '2.0', resource_changes: [] }],
    [
      'has a change without actions',
      { errored: false, resource_changes: [{ ...created('aws_s3_bucket', {}), change: {} }] },
    ],
  ])('refuses to judge a plan that %s', (_what, plan) => {
    expect(() => judged(plan as Plan)).toThrow(/cannot be reviewed \(.+\)\. It must be a complete plan/);
  });
});

const isBlock = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

describe('the plan policy, for a new environment', () => {
  const environments = readEnvironments();
  const stacks = synthesised(environments).flatMap(({ name, resources }) => {
    const environment = environments.find((one) => name.startsWith(`${one.name}-`));
    if (environment === undefined) return [];
    const real = resources.map(({ type, id, attributes }) => {
      // The plan knows each value that refers only to variables.
      const isUnknown = (value: unknown) => JSON.stringify(value).includes(reference('aws_').slice(0, -1));
      // A plan contains every block as a list, even if only one block is allowed.
      const entries = Object.entries(attributes).map(
        ([key, value]) => [key, isBlock(value) ? [value] : value] as const,
      );
      const known = Object.fromEntries(entries.filter(([, value]) => !isUnknown(value)));
      const unknown = Object.fromEntries(entries.filter(([, value]) => isUnknown(value)).map(([key]) => [key, true]));
      return created(type, known, { name: id, after_unknown: unknown, written: attributes });
    });
    return [{ name, accountId: environment.accountId, real }];
  });
  const violationsOf = ({ name, accountId }: (typeof stacks)[number], changes: ResourceChange[]) =>
    judgePlan(planOf(...changes), { stack: name, accountId, exemptions: [] }).violations;

  // A setting is accepted only together with its new owner.
  const ownerTypes = new Set(Object.values(belongings).map(({ type }) => type));

  test('reports neither destroyed data nor removed protection for any created resources', () => {
    expect(stacks.flatMap(({ real }) => real).length).toBeGreaterThan(100);
    const parts = fc
      .constantFrom(...stacks)
      .chain((stack) => fc.subarray(stack.real).map((some) => [stack, some] as const));
    fc.assert(
      fc.property(parts, ([stack, some]) => {
        const owners = stack.real.filter(({ type }) => ownerTypes.has(type));
        const violations = violationsOf(stack, [...owners, ...some]).filter(
          ({ rule }) => rule === 'destroys-data' || rule === 'drops-protection',
        );
        // The bucket of uploads belongs to another stack.
        expect(violations.filter(({ address }) => !address.startsWith('aws_s3_bucket_notification.'))).toEqual([]);
      }),
    );
  });

  test.each(stacks)('requires only the exemptions that a first deployment needs in $name', (stack) => {
    const found = violationsOf(stack, stack.real).map(({ rule, address }) => `${rule} ${address.split('.')[0]}`);
    expect(found.sort()).toEqual(firstExemptions(stack.name));
  });
});

describe('an exemption', () => {
  const plan = planOf(destroyed('aws_db_instance', { deletion_protection: false }));
  const exemption: Exemption = {
    stack: 'dev-store',
    rule: 'destroys-data',
    address: 'aws_db_instance.it',
    reason: 'dev begins anew',
  };

  test('allows the named change, and is reported with the reason', () => {
    const { violations, exempted, unused } = judged(plan, [exemption]);
    expect({ violations, unused }).toEqual({ violations: [], unused: [] });
    expect(exempted).toEqual([
      {
        rule: 'destroys-data',
        address: 'aws_db_instance.it',
        what: 'destroys the database',
        reason: 'dev begins anew',
      },
    ]);
  });

  test.each([
    ['another rule', { rule: 'drops-protection' as const }],
    ['another address', { address: 'aws_db_instance.its' }],
    ['a part of the address', { address: 'aws_db_instance' }],
  ])('allows no change and is reported as unused if the exemption names %s', (_what, other) => {
    const wrong = { ...exemption, ...other };
    const { violations, unused } = judged(plan, [wrong]);
    expect(violations).toHaveLength(1);
    expect(unused).toEqual([wrong]);
  });

  test('has no effect in another stack', () => {
    const judgement = judgePlan(plan, { stack: 'production-store', accountId: ACCOUNT, exemptions: [exemption] });
    expect(judgement.violations).toHaveLength(1);
    expect(judgement.unused).toEqual([]);
  });

  test.each([
    ['an unknown rule', { rule: 'everything' }],
    ['an empty reason', { reason: ' ' }],
    ['an additional property', { until: 'ever' }],
  ])('is not valid with %s', (_what, other) => {
    expect(exemptionSchema.safeParse(exemption).success).toBe(true);
    expect(exemptionSchema.safeParse({ ...exemption, ...other }).success).toBe(false);
  });
});

describe('the summary of a plan', () => {
  const summary = (...changes: ResourceChange[]) => planSummary([{ stack: 'dev-load', plan: planOf(...changes) }]);

  test('starts with counts, then lists the changes, destroyed resources first', () => {
    const text = planSummary([
      {
        stack: 'dev-load',
        plan: planOf(
          created('aws_sqs_queue', { name: 'q' }),
          updated('aws_lambda_function', { memory_size: 128, tags: {} }, { memory_size: 256, tags: { a: 'b' } }),
          replaced(
            'aws_glue_job',
            { name: 'a' },
            { name: 'b' },
            { replace_paths: [['name']], after_unknown: { arn: true } },
          ),
          destroyed('aws_s3_object', {}),
          resource(['no-op'], 'aws_vpc', {}, {}),
        ),
      },
      { stack: 'dev-watch', plan: { errored: false } },
    ]);
    expect(text).toBe(`**1 destroyed, 1 replaced, 1 changed, 1 created** in 2 stacks.

- \`dev-load\`: 1 destroyed, 1 replaced, 1 changed, 1 created
- \`dev-watch\`: nothing to do

### \`dev-load\`

**1 destroyed**

- \`aws_s3_object.it\`

**1 replaced**

- \`aws_glue_job.it\` because of \`name\`
  - \`name\`: \`a\` → \`b\`

**1 changed**

- \`aws_lambda_function.it\`
  - \`memory_size\`: \`128\` → \`256\`
  - \`tags\`

**1 created**

- \`aws_sqs_queue.it\`
`);
  });

  test('marks values that are known only after the apply, and lists changed outputs', () => {
    const change = updated('aws_lambda_alias', { version: '1' }, {}, { after_unknown: { version: true } });
    const plan: Plan = {
      ...planOf(change),
      output_changes: { queue: { actions: ['update'] }, same: { actions: ['no-op'] } },
    };
    const text = planSummary([{ stack: 's', plan }]);
    expect(text).toContain('`version`: `1` → known after the apply');
    expect(text).toContain('outputs: `queue`\n');
  });

  test('never shows a sensitive value', () => {
    const secret = fc.string({ minLength: 4, maxLength: 30, unit: 'grapheme-ascii' }).map((text) => `hunter2${text}`);
    const hidden = fc.constantFrom<(value: string) => ResourceChange>(
      (value) => updated('t', { a: value }, { a: 'b' }, { before_sensitive: { a: true } }),
      (value) => updated('t', { a: 'b' }, { a: value }, { after_sensitive: { a: true } }),
      (value) => updated('t', { a: 'b' }, { a: value }, { after_sensitive: true }),
      (value) => updated('t', { a: ['b'] }, { a: [value] }, { after_sensitive: { a: [true] } }),
      (value) => replaced('t', { a: value }, { a: 'b' }, { before_sensitive: { a: true }, replace_paths: [['a']] }),
      (value) => updated('t', { master_password: value }, { master_password: `${value}2` }),
      (value) => updated('t', { secret_string: value }, {}),
      (value) => updated('t', { authToken: 'b' }, { authToken: value }),
      (value) => updated('t', { variables: {} }, { variables: { A: value } }),
      (value) => updated('t', { input: '{}' }, { input: JSON.stringify({ password: value }) }),
      (value) => updated('t', { url: 'x' }, { url: `mysql://root:${encodeURIComponent(value)}@host/` }),
      (value) => created('t', { a: value }),
      (value) => destroyed('t', { a: value }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(hidden, secret), { minLength: 1, maxLength: 5 }), (made) => {
        const text = summary(...made.map(([make, value]) => make(value)));
        expect(text).toContain('`t.it`');
        expect(text).not.toContain('hunter2');
      }),
    );
    expect(summary(updated('t', { a: 'old' }, { a: 'hunter2' }))).toContain('`a`: `old` → `hunter2`');
  });

  test('shortens long lists and long values, and shows how much it left out', () => {
    const many = Array.from({ length: 23 }, (_, index) => created('aws_sqs_queue', {}, { name: `q${index}` }));
    const text = summary(...many, updated('t', { a: 'x' }, { a: 'y'.repeat(500) }));
    expect(text).toContain('**23 created**');
    expect(text).toContain('- and 3 more');
    expect(text).not.toContain('q20');
    expect(text).toContain(`\`${'y'.repeat(80)}…\``);
  });

  test('fits into a GitHub comment even if 600 resources change', () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`a${index}`, 'x'.repeat(90)]));
    const plans = Array.from({ length: 12 }, (_, stack) => ({
      stack: `stack-${stack}`,
      plan: planOf(...Array.from({ length: 50 }, (_, index) => updated('t', {}, wide, { name: `n${index}` }))),
    }));
    const text = planSummary(plans);
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toContain('**600 changed** in 12 stacks.');
  });

  test('escapes Markdown in names and values', () => {
    const evil = '`</details>\n# @everyone ![x](http://x) ``';
    const text = summary(updated('t', { a: 'x' }, { a: evil }, { name: `m["${evil}"]` }));
    for (const line of text.split('\n')) expect(line).not.toMatch(/^# /);
    expect(text).toContain('``` `</details>\uFFFD# @everyone ![x](http://x) `` ```');
  });
});
