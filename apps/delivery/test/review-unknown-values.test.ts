/** Tests how the plan policy judges values that are known only after the apply. */

import type { Plan, ResourceChange } from '@centflow/terraform';
import { describe, expect, test } from 'vitest';
import { judgePlan } from '../src/review/index.ts';
import {
  ACCOUNT,
  allow,
  BOUNDARY,
  brokenBy,
  created,
  kept,
  planOf,
  reference,
  replaced,
  resource,
  STRANGER,
  updated,
  type Values,
} from '../src/testing/planned.ts';

const EVERYTHING = allow({ Action: '*', Resource: '*' });
const FOR_LAMBDA = allow({ Principal: { Service: 'lambda.amazonaws.com' } });
const ROLE = { name: 'new', permissions_boundary: BOUNDARY };
const EXPIRY = {
  rule: [{ id: 'x', status: 'Enabled', filter: [{ prefix: 'raw/' }], expiration: [{ days: 1 }] }],
};
const SUSPENDED = { versioning_configuration: [{ status: 'Suspended' }] };

/** New resources that own other resources. Most plans below create all of these owners. */
const owners: Readonly<Record<string, ResourceChange>> = {
  aws_apigatewayv2_api: created('aws_apigatewayv2_api', { name: 'new' }),
  aws_cognito_user_pool: created('aws_cognito_user_pool', { name: 'new', mfa_configuration: 'ON' }),
  aws_iam_role: created('aws_iam_role', { ...ROLE, assume_role_policy: FOR_LAMBDA }),
  aws_kms_key: created('aws_kms_key', {}),
  aws_lambda_function: created(
    'aws_lambda_function',
    { function_name: 'new', vpc_config: [{ subnet_ids: ['s'] }] },
    { after_unknown: { role: true }, written: { role: reference('aws_iam_role.it.arn') } },
  ),
  aws_s3_bucket: created('aws_s3_bucket', { bucket: 'new' }),
  aws_sns_topic: created('aws_sns_topic', { name: 'new' }),
  aws_sqs_queue: created('aws_sqs_queue', { name: 'new' }),
};

/**
 * Dependent resources. The policy accepts a dependent resource if the plan also creates its owner. The policy refuses
 * the dependent resource if the owner already exists.
 */
const following: readonly [type: string, values: Values, by: string, owner: string, name: string][] = [
  ['aws_apigatewayv2_authorizer', { name: 'a' }, 'api_id', 'aws_apigatewayv2_api', 'id'],
  ['aws_cognito_user_pool_client', { name: 'a' }, 'user_pool_id', 'aws_cognito_user_pool', 'id'],
  ['aws_iam_role_policy', { policy: EVERYTHING }, 'role', 'aws_iam_role', 'name'],
  ['aws_iam_role_policy_attachment', { policy_arn: 'a' }, 'role', 'aws_iam_role', 'name'],
  ['aws_kms_key_policy', { policy: allow({ Principal: { AWS: ACCOUNT } }) }, 'key_id', 'aws_kms_key', 'key_id'],
  ['aws_lambda_permission', { principal: ACCOUNT }, 'function_name', 'aws_lambda_function', 'arn'],
  ['aws_lambda_event_source_mapping', { function_name: 'new' }, 'event_source_arn', 'aws_sqs_queue', 'arn'],
  ['aws_s3_bucket_cors_configuration', { cors_rule: [] }, 'bucket', 'aws_s3_bucket', 'id'],
  ['aws_s3_bucket_lifecycle_configuration', EXPIRY, 'bucket', 'aws_s3_bucket', 'id'],
  ['aws_s3_bucket_policy', { policy: allow() }, 'bucket', 'aws_s3_bucket', 'id'],
  ['aws_s3_bucket_versioning', SUSPENDED, 'bucket', 'aws_s3_bucket', 'id'],
  [
    'aws_sns_topic_subscription',
    { protocol: 'https', endpoint: 'https://a.example' },
    'topic_arn',
    'aws_sns_topic',
    'arn',
  ],
  ['aws_sqs_queue_policy', { policy: allow() }, 'queue_url', 'aws_sqs_queue', 'url'],
];

/** Expressions that can hide the name of an existing resource until the apply. */
const hidden = (owner: string, name: string): Values => ({
  'recorded in terraform_data': reference('terraform_data.recorded.output'),
  'inside a value recorded in terraform_data': reference('terraform_data.recorded.output.name'),
  'read by a data source': reference('data.aws_s3_bucket.existing.id'),
  'in a local value': reference('local.name'),
  'in the result of a Lambda function': reference('aws_lambda_invocation.it.result'),
  'in the new name, changed by replace()': reference(`replace(${owner}.it.${name}, "new", "existing")`),
  'in the new name inside a string, changed by replace()': `\${replace("\${${owner}.it.${name}}", "new", "existing")}`,
  'by a conditional expression': reference(`${owner}.it.${name} == "" ? "" : "existing"`),
  'by a template directive': `%{ if ${owner}.it.${name} != "" }existing%{ endif }`,
  'beside the new name': `${reference(`${owner}.it.${name}`)}${reference('terraform_data.recorded.output')}`,
  'in the ID of an alarm, which is the name of the alarm': reference('aws_cloudwatch_metric_alarm.existing.id'),
  'in a tag of the new owner': reference(`${owner}.it.tags_all`),
  'by a timestamp': reference('replace(timestamp(), "/.*/", "existing")'),
});

describe('the plan policy, for a dependent resource whose owner is known only after the apply', () => {
  const others = Object.values(owners);

  test.each(following)('accepts a new %s that refers to a new owner', (type, values, by, owner, name) => {
    const extra = { after_unknown: { [by]: true }, written: { [by]: reference(`${owner}.it.${name}`) } };
    expect(brokenBy(...others, created(type, values, extra))).toEqual([]);
  });

  test.each(following)('refuses a new %s whose expression hides the owner', (type, values, by, owner, name) => {
    for (const [how, text] of Object.entries(hidden(owner, name))) {
      const change = created(type, values, { after_unknown: { [by]: true }, written: { [by]: text } });
      expect(brokenBy(...others, change), how).not.toEqual([]);
      // The resource may break other rules too, but the unknown value itself must be refused.
      expect(judgedWith(change, ...others), how).toContain(
        `has values that cannot be determined before the apply: ${by}`,
      );
    }
  });

  test.each(following)(
    'refuses a new %s whose owner already exists or is replaced',
    (type, values, by, owner, name) => {
      const extra = { after_unknown: { [by]: true }, written: { [by]: reference(`${owner}.it.${name}`) } };
      for (const staying of [kept(owner, { name: 'old' }), replaced(owner, { name: 'old' }, { name: 'new' })]) {
        expect(brokenBy(staying, created(type, values, extra)), staying.change.actions.join()).not.toEqual([]);
      }
    },
  );

  test.each(following)('refuses a new %s that names its owner without a reference', (type, values, by, owner) => {
    const named = created(owner, {
      bucket: 'new',
      name: 'new',
      arn: 'new',
      function_name: 'new',
      id: 'new',
      url: 'new',
    });
    expect(brokenBy(named, created(type, { ...values, [by]: 'new' }))).not.toEqual([]);
  });

  test.each(following)('refuses a new %s that refers to a resource of another type', (type, values, by) => {
    const extra = { after_unknown: { [by]: true }, written: { [by]: reference('aws_cloudfront_function.it.arn') } };
    expect(brokenBy(...others, created('aws_cloudfront_function', {}), created(type, values, extra))).not.toEqual([]);
  });

  test.each(following)('refuses a new %s if the plan contains no configuration', (type, values, by, owner, name) => {
    const extra = { after_unknown: { [by]: true }, written: { [by]: reference(`${owner}.it.${name}`) } };
    const { configuration: _, ...plan } = planOf(...others, created(type, values, extra));
    const { violations } = judgePlan(plan as Plan, { stack: 'dev-store', accountId: ACCOUNT, exemptions: [] });
    expect(violations.filter(({ address }) => address === `${type}.it`)).not.toEqual([]);
  });
});

function judgedWith(...changes: ResourceChange[]): string[] {
  const options = { stack: 'dev-store', accountId: ACCOUNT, exemptions: [] };
  return judgePlan(planOf(...changes), options).violations.map(({ what }) => what);
}

/** Policy documents that refer to a resource in the same plan, and are therefore known only after the apply. */
const documents: readonly [what: string, type: string, attribute: string, values: Values][] = [
  ['the trust of a role', 'aws_iam_role', 'assume_role_policy', ROLE],
  ['the policy of a key', 'aws_kms_key', 'policy', {}],
  ['the policy of a queue', 'aws_sqs_queue', 'policy', {}],
];

describe.each(documents)(
  'the plan policy, for %s that is known only after the apply',
  (_what, type, attribute, values) => {
    const role = created('aws_iam_role', { ...ROLE, name: 'other', assume_role_policy: FOR_LAMBDA }, { name: 'other' });
    const unknown = (text: string | undefined) =>
      created(type, values, {
        after_unknown: { [attribute]: true },
        ...(text === undefined ? {} : { written: { [attribute]: text } }),
      });
    const named = (principal: Values) =>
      unknown(allow({ Action: '*', Resource: reference('aws_iam_role.other.arn'), Principal: principal }));

    test('accepts new roles, AWS services and the account of the stack as principals', () => {
      expect(brokenBy(role, named({ AWS: reference('aws_iam_role.other.arn') }))).toEqual([]);
      expect(brokenBy(role, named({ AWS: ACCOUNT, Service: 's3.amazonaws.com' }))).toEqual([]);
    });

    test.each([
      ['everybody', { AWS: '*' }],
      ['another account', { AWS: STRANGER }],
      ['an identity provider', { Federated: 'accounts.google.com' }],
      ['a value recorded in terraform_data', { AWS: reference('terraform_data.account.output') }],
      [
        'the result of a function applied to a role',
        { AWS: reference('replace(aws_iam_role.other.arn, "1111", "9999")') },
      ],
      ['an identifier that is not an ARN', { AWS: reference('aws_iam_role.other.id') }],
    ])('refuses %s as the principal', (_whom, principal) => {
      expect(brokenBy(role, named(principal))).toContain('widens-iam');
    });

    test('refuses a document that is completely hidden', () => {
      expect(brokenBy(role, unknown(reference('terraform_data.policy.output')))).toContain('widens-iam');
      expect(brokenBy(role, unknown(reference(`jsonencode(aws_iam_role.other.arn)`)))).toContain('widens-iam');
    });

    test('refuses the document if the resource already exists', () => {
      const text = allow({ Principal: { AWS: reference('aws_iam_role.other.arn') } });
      const change = updated(type, values, values, {
        after_unknown: { [attribute]: true },
        written: { [attribute]: text },
      });
      expect(brokenBy(role, change)).toContain('widens-iam');
    });
  },
);

describe('the plan policy, for other values that are known only after the apply', () => {
  const bucket = (text: Values | string) =>
    created('aws_flow_log', {}, { after_unknown: { log_destination: true }, written: { log_destination: text } });
  const group = created('aws_cloudwatch_log_group', { name: 'g' });

  test('accepts the ARN of a new resource', () => {
    expect(brokenBy(group, bucket(reference('aws_cloudwatch_log_group.it.arn')))).toEqual([]);
    expect(brokenBy(group, bucket(`${reference('aws_cloudwatch_log_group.it.arn')}:*`))).toEqual([]);
  });

  test.each(Object.entries(hidden('aws_cloudwatch_log_group', 'arn')))(
    'refuses a name that is hidden %s',
    (_how, text) => {
      expect(brokenBy(group, bucket(text as string))).toContain('widens-iam');
    },
  );

  test.each([
    ['beside a reference', `s3://evil/a,${reference('aws_cloudwatch_log_group.it.arn')}`],
    ['in the known name of another resource', `s3://${reference('aws_cloudwatch_log_group.it.name')}/a`],
    ['in an ARN', `arn:aws:s3:::evil/${reference('aws_cloudwatch_log_group.it.arn')}`],
  ])('refuses the name of another bucket %s', (_where, text) => {
    const group = created('aws_cloudwatch_log_group', { name: 'evil' });
    const job = created(
      'aws_glue_job',
      { connections: ['c'] },
      {
        after_unknown: { default_arguments: true, role_arn: true },
        written: { default_arguments: { '--a': text }, role_arn: reference('aws_iam_role.it.arn') },
      },
    );
    const { violations } = judgePlan(planOf(group, owners.aws_iam_role as ResourceChange, job), {
      stack: 'dev-load',
      accountId: ACCOUNT,
      exemptions: [],
    });
    expect(violations.map(({ what }) => what)).toEqual(['names another bucket: evil']);
  });

  test('refuses the ID of another account', () => {
    const arn = `arn:aws:logs:eu-west-1:${STRANGER}:log-group:${reference('aws_cloudwatch_log_group.it.arn')}`;
    expect(judgedWith(group, bucket(arn))).toEqual([`names another account: ${STRANGER}`]);
  });

  test('refuses unknown values in a block if the configuration does not contain the block', () => {
    const group = (marks: unknown) => created('aws_security_group', {}, { after_unknown: { egress: marks } });
    expect(brokenBy(group(true))).toEqual([]);
    expect(brokenBy(group([{ cidr_blocks: true }]))).toContain('widens-network');
    const stage = created('aws_apigatewayv2_stage', {}, { after_unknown: { default_route_settings: true } });
    expect(brokenBy(stage)).toContain('drops-protection');
    const rules = created(
      'aws_vpc_endpoint',
      { service_name: 'com.amazonaws.eu-west-1.s3' },
      { after_unknown: { dns_options: [{ a: true }] } },
    );
    expect(brokenBy(rules)).toEqual(['widens-iam']);
  });

  test('accepts a permission to invoke a new function only if its source is the ARN of a new resource', () => {
    const permission = (text: string) =>
      created(
        'aws_lambda_permission',
        { principal: 's3.amazonaws.com' },
        {
          after_unknown: { function_name: true, source_arn: true },
          written: { function_name: reference('aws_lambda_function.it.arn'), source_arn: text },
        },
      );
    const others = Object.values(owners);
    expect(brokenBy(...others, permission(reference('aws_sns_topic.it.arn')))).toEqual([]);
    expect(brokenBy(...others, permission(reference('aws_s3_bucket.it.id')))).toContain('widens-iam');
    expect(brokenBy(...others, permission(reference('terraform_data.arn.output')))).toContain('widens-iam');
  });

  test('refuses a new function whose role is not created by the plan', () => {
    const code = (text: string) =>
      created(
        'aws_lambda_function',
        { vpc_config: [{ subnet_ids: ['s'] }] },
        { after_unknown: { role: true }, written: { role: text } },
      );
    const role = owners.aws_iam_role as ResourceChange;
    expect(brokenBy(role, code(reference('aws_iam_role.it.arn')))).toEqual([]);
    expect(brokenBy(role, code(reference('terraform_data.role.output')))).toContain('widens-iam');
    expect(brokenBy(code(reference('aws_iam_role.it.arn')))).toContain('widens-iam');
  });
});

describe('the plan policy, for commands that Terraform would run', () => {
  const recorded = (extra = {}) => created('terraform_data', { input: 'a' }, extra);

  test('accepts a terraform_data resource that only records a value', () => {
    expect(brokenBy(recorded())).toEqual([]);
  });

  test('refuses a provisioner on any resource', () => {
    const provisioners = [{ type: 'local-exec', expressions: { command: { constant_value: 'true' } } }];
    expect(brokenBy(recorded({ provisioners }))).toContain('widens-iam');
    expect(brokenBy(updated('aws_sqs_queue', {}, { tags: { a: 'b' } }, { provisioners }))).toContain('widens-iam');
  });

  test('refuses types that only run commands, modules and data sources', () => {
    expect(brokenBy(created('null_resource', {}))).toContain('unknown-type');
    const inModule = { ...created('aws_cloudwatch_dashboard', {}), address: 'module.m.aws_cloudwatch_dashboard.it' };
    expect(brokenBy(inModule)).toContain('widens-iam');
    const source = { address: 'data.external.it', mode: 'data', type: 'external', name: 'it' };
    const plan = {
      ...planOf(resource(['no-op'], 'aws_vpc', {}, {})),
      configuration: { root_module: { resources: [source] } },
    };
    const { violations } = judgePlan(plan, { stack: 'dev-store', accountId: ACCOUNT, exemptions: [] });
    expect(violations).toEqual([
      { rule: 'unknown-type', address: 'data.external.it', what: 'is a data source, which the stacks do not have' },
    ]);
  });
});
