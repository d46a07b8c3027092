/** Tests which changes to access and retention the plan policy accepts, and which it refuses. */

import { readEnvironments } from '@centflow/infra/environments';
import { synthesised } from '@centflow/infra/testing/synthesised';
import type { ResourceChange } from '@centflow/terraform';
import { describe, expect, test } from 'vitest';
import { hasAttribute } from '../src/review/changed-attributes.ts';
import type { RuleName } from '../src/review/index.ts';
import { resourceTypes } from '../src/review/resource-types.ts';
import { belongings, grants, watchedAttributes } from '../src/review/rules.ts';
import {
  ACCOUNT,
  allow,
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
  STRANGER,
  updated,
  type Values,
} from '../src/testing/planned.ts';

const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const MIGRATOR = `arn:aws:iam::${ACCOUNT}:role/centflow-dev-migrator`;
const ROLE = { name: 'r', permissions_boundary: BOUNDARY };
const role = (...trust: Values[]) => created('aws_iam_role', { ...ROLE, assume_role_policy: allow(...trust) });
const key = (statement: Values) =>
  created('aws_kms_key', { policy: allow({ Action: 'kms:Decrypt', Resource: '*', ...statement }) });

const ARTIFACTS = `centflow-dev-artifacts-${ACCOUNT}`;
const PAGES = `centflow-dev-console-${ACCOUNT}`;
const FUNCTION = {
  function_name: 'f',
  role: `arn:aws:iam::${ACCOUNT}:role/f`,
  s3_bucket: ARTIFACTS,
  vpc_config: [{ subnet_ids: ['s'] }],
  s3_key: 'f-1.zip',
};
const newFunctionWith = (values: Values) =>
  created(
    'aws_lambda_function',
    { function_name: 'f', s3_bucket: ARTIFACTS, vpc_config: [{ subnet_ids: ['s'] }], ...values },
    { after_unknown: { role: true }, written: { role: reference('aws_iam_role.it.arn') } },
  );
const newFunction = newFunctionWith({});
const permission = (values: Values, { written, ...extra }: Extra = {}) =>
  created(
    'aws_lambda_permission',
    { function_name: 'f', action: 'lambda:InvokeFunction', ...values },
    { ...extra, written: { function_name: reference('aws_lambda_function.it.function_name'), ...written } },
  );
const ALARM = {
  alarm_name: 'a',
  comparison_operator: 'GreaterThanOrEqualToThreshold',
  actions_enabled: true,
  alarm_actions: ['topic'],
  threshold: 1,
  metric_name: 'Errors',
};
const POOL = { mfa_configuration: 'ON', password_policy: [{ minimum_length: 14 }] };
const THROTTLE = { throttling_burst_limit: 40, throttling_rate_limit: 20, data_trace_enabled: false };
const stage = (settings: Values) => ({ name: '$default', default_route_settings: [settings] });
const INGRESS = 'aws_vpc_security_group_ingress_rule';

/** An existing bucket with its versioning and its lifecycle, of which a bucket can have only one. */
const BUCKET = [
  kept('aws_s3_bucket', { bucket: 'b' }, { name: 'first' }),
  ...['versioning', 'lifecycle_configuration'].map((setting) =>
    kept(`aws_s3_bucket_${setting}`, { bucket: 'b' }, { name: 'first' }),
  ),
];

const EGRESS = 'aws_vpc_security_group_egress_rule';
const toOwnRole = { role: reference('aws_iam_role.it.name') };
const ownRole = created('aws_iam_role', {
  ...ROLE,
  assume_role_policy: allow({ Principal: { Service: 'lambda.amazonaws.com' } }),
});
const ofOwnRole = (statement: Values) =>
  created('aws_iam_role_policy', { policy: allow(statement) }, { after_unknown: { role: true }, written: toOwnRole });
const outside = newFunctionWith({ vpc_config: [] });
const QUEUE_ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT}:centflow-dev-uploads`;
const QUEUE = kept('aws_sqs_queue', { arn: QUEUE_ARN });
const mapping = created('aws_lambda_event_source_mapping', { event_source_arn: QUEUE_ARN, function_name: 'f' });

/** Returns a change of one attribute. */
const set = (type: string, attribute: string, before: unknown, after: unknown, others: Values = {}) =>
  updated(type, { ...others, [attribute]: before }, { ...others, [attribute]: after });

const refused: readonly [what: string, rule: RuleName, changes: ResourceChange[]][] = [
  // New roles and policies.
  [
    'a new role that the root of another account may assume',
    'widens-iam',
    [role({ Principal: { AWS: `arn:aws:iam::${STRANGER}:root` } })],
  ],
  ['a new role that another account ID may assume', 'widens-iam', [role({ Principal: { AWS: STRANGER } })]],
  [
    'a new role for the workflows of another repository',
    'widens-iam',
    [
      role({
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: GITHUB },
        Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:evil/*' } },
      }),
    ],
  ],
  [
    'a new role for everybody with a token of another identity provider',
    'widens-iam',
    [role({ Principal: { Federated: 'accounts.google.com' } })],
  ],
  ['a new role for an unknown canonical user', 'widens-iam', [role({ Principal: { CanonicalUser: '79a5' } })]],
  ['a new role for all except some principals', 'widens-iam', [role({ NotPrincipal: { AWS: ACCOUNT } })]],
  [
    'a new role for a service and another account',
    'widens-iam',
    [role({ Principal: { Service: 'lambda.amazonaws.com', AWS: STRANGER } })],
  ],
  [
    'a new role with AdministratorAccess as its boundary',
    'widens-iam',
    [created('aws_iam_role', { name: 'r', permissions_boundary: 'arn:aws:iam::aws:policy/AdministratorAccess' })],
  ],
  [
    'a new key for everybody who uses TLS',
    'widens-iam',
    [key({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
  ],
  [
    'a new key that another account may use',
    'widens-iam',
    [key({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': [ACCOUNT, STRANGER] } } })],
  ],
  [
    'a new key for callers without an account',
    'widens-iam',
    [key({ Principal: '*', Condition: { StringEqualsIfExists: { 'aws:PrincipalAccount': ACCOUNT } } })],
  ],
  [
    'a new key for roles whose names only resemble roles of the environment',
    'widens-iam',
    [key({ Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::*:role/${ACCOUNT}` } } })],
  ],
  ['a role with longer sessions', 'widens-iam', [set('aws_iam_role', 'max_session_duration', 3600, 43_200, ROLE)]],

  // Code that runs, its role, and the services that may invoke it.
  ['a new function that everybody may invoke', 'widens-iam', [newFunction, permission({ principal: '*' })]],
  ['a new function that another account may invoke', 'widens-iam', [newFunction, permission({ principal: STRANGER })]],
  [
    'a new function that any topic may invoke',
    'widens-iam',
    [newFunction, permission({ principal: 'sns.amazonaws.com' })],
  ],
  [
    "a new function that another account's topics may start",
    'widens-iam',
    [newFunction, permission({ principal: 'sns.amazonaws.com', source_account: STRANGER })],
  ],
  [
    'a new function with a public URL',
    'widens-iam',
    [newFunction, permission({ principal: ACCOUNT, function_url_auth_type: 'NONE' })],
  ],
  [
    "a new function with the migrator's rights",
    'widens-iam',
    [
      kept('aws_lambda_function', { ...FUNCTION, role: MIGRATOR }, { name: 'migrator' }),
      kept('aws_iam_role', { ...ROLE, arn: MIGRATOR }, { name: 'migrator' }),
      created('aws_lambda_function', { ...FUNCTION, role: MIGRATOR }),
    ],
  ],
  [
    'a new function with the rights of another stack',
    'widens-iam',
    [created('aws_lambda_function', { ...FUNCTION, role: MIGRATOR })],
  ],
  ['a function with another role', 'widens-iam', [set('aws_lambda_function', 'role', 'arn:a', 'arn:b', FUNCTION)]],
  [
    'a function whose role is not known yet',
    'widens-iam',
    [updated('aws_lambda_function', FUNCTION, { function_name: 'f' }, { after_unknown: { role: true } })],
  ],
  ['a function with a layer', 'widens-iam', [set('aws_lambda_function', 'layers', null, ['arn:layer'], FUNCTION)]],
  [
    'a function with code from another bucket',
    'widens-iam',
    [set('aws_lambda_function', 's3_bucket', ARTIFACTS, 'evil', FUNCTION)],
  ],
  [
    'a function in another network',
    'widens-iam',
    [set('aws_lambda_function', 'vpc_config', [{ security_group_ids: ['a'] }], [{ security_group_ids: ['b'] }])],
  ],
  [
    'a function with another log group',
    'widens-iam',
    [set('aws_lambda_function', 'logging_config', [{ log_group: 'audit' }], [{ log_group: 'b' }])],
  ],
  ['a job with another role', 'widens-iam', [set('aws_glue_job', 'role_arn', 'a', 'b')]],
  ['a job in another network', 'widens-iam', [set('aws_glue_job', 'connections', ['a'], ['b'])]],
  [
    'a job with another security configuration',
    'widens-iam',
    [set('aws_glue_job', 'security_configuration', 'a', null)],
  ],
  ['a crawler with another role', 'widens-iam', [set('aws_glue_crawler', 'role', 'a', 'b')]],
  [
    'a function that receives messages from another queue',
    'widens-iam',
    [set('aws_lambda_event_source_mapping', 'event_source_arn', 'a', 'b')],
  ],

  // References to other accounts.
  ...(
    [
      ['aws_cloudwatch_event_target', 'arn', `arn:aws:sqs:eu-west-1:${STRANGER}:q`],
      ['aws_flow_log', 'log_destination', `arn:aws:logs:eu-west-1:${STRANGER}:log-group:g`],
      ['aws_sns_topic_subscription', 'endpoint', `arn:aws:lambda:eu-west-1:${STRANGER}:function:f`],
      ['aws_secretsmanager_secret', 'kms_key_id', `arn:aws:kms:eu-west-1:${STRANGER}:key/k`],
    ] as const
  ).map(([type, attribute, arn]): (typeof refused)[number] => [
    `a new ${type} that names another account`,
    'widens-iam',
    [created(type, { [attribute]: arn })],
  ]),

  // Access through the console.
  [
    'an authorizer with another token issuer',
    'widens-iam',
    [
      set(
        'aws_apigatewayv2_authorizer',
        'jwt_configuration',
        [{ issuer: 'https://ours', audience: ['c'] }],
        [{ issuer: 'https://evil', audience: ['c'] }],
      ),
    ],
  ],
  [
    'an authorizer with another token audience',
    'widens-iam',
    [
      set(
        'aws_apigatewayv2_authorizer',
        'jwt_configuration',
        [{ issuer: 'i', audience: ['c'] }],
        [{ issuer: 'i', audience: ['c', 'd'] }],
      ),
    ],
  ],
  [
    'an additional authorizer of an existing API',
    'widens-iam',
    [created('aws_apigatewayv2_authorizer', { api_id: 'a' })],
  ],
  [
    'a route with another authorizer',
    'widens-iam',
    [set('aws_apigatewayv2_route', 'authorizer_id', 'a', 'b', { authorization_type: 'JWT' })],
  ],
  ['a route without an authorization type', 'widens-iam', [created('aws_apigatewayv2_route', { route_key: 'GET /' })]],
  [
    'a route with another target',
    'widens-iam',
    [set('aws_apigatewayv2_route', 'target', 'integrations/a', 'integrations/b')],
  ],
  [
    'an integration with another function',
    'widens-network',
    [set('aws_apigatewayv2_integration', 'integration_uri', 'a', 'b')],
  ],
  [
    'a new integration with another server',
    'widens-network',
    [created('aws_apigatewayv2_integration', { integration_type: 'HTTP_PROXY' })],
  ],
  [
    'an API that allows requests from all sites',
    'widens-iam',
    [set('aws_apigatewayv2_api', 'cors_configuration', null, [{ allow_origins: ['*'] }])],
  ],
  ['a new stage without a rate limit', 'drops-protection', [created('aws_apigatewayv2_stage', { name: 'beside' })]],
  [
    'a stage that loses its rate limit',
    'drops-protection',
    [updated('aws_apigatewayv2_stage', stage(THROTTLE), { name: '$default' })],
  ],
  [
    'a stage with a higher rate limit',
    'drops-protection',
    [updated('aws_apigatewayv2_stage', stage(THROTTLE), stage({ ...THROTTLE, throttling_rate_limit: 10_000 }))],
  ],
  [
    'a stage with a separate limit for one route',
    'drops-protection',
    [
      updated('aws_apigatewayv2_stage', stage(THROTTLE), {
        ...stage(THROTTLE),
        route_settings: [{ route_key: 'GET /', throttling_rate_limit: 9 }],
      }),
    ],
  ],
  [
    'a stage that logs the content of requests',
    'drops-protection',
    [updated('aws_apigatewayv2_stage', stage(THROTTLE), stage({ ...THROTTLE, data_trace_enabled: true }))],
  ],
  [
    'a client that sends sign-ins to another site',
    'widens-iam',
    [set('aws_cognito_user_pool_client', 'callback_urls', ['https://a'], ['https://evil'])],
  ],
  [
    'a client that sends sign-outs to another site',
    'widens-iam',
    [set('aws_cognito_user_pool_client', 'logout_urls', ['https://a'], ['https://evil'])],
  ],
  [
    'a client with another sign-in method',
    'widens-iam',
    [set('aws_cognito_user_pool_client', 'explicit_auth_flows', ['ALLOW_USER_SRP_AUTH'], ['ALLOW_USER_PASSWORD_AUTH'])],
  ],
  [
    'a client that puts tokens in URLs',
    'widens-iam',
    [set('aws_cognito_user_pool_client', 'allowed_oauth_flows', ['code'], ['code', 'implicit'])],
  ],
  [
    'a client with longer sessions',
    'widens-iam',
    [set('aws_cognito_user_pool_client', 'refresh_token_validity', 12, 3650)],
  ],
  [
    'a new client of an existing user pool',
    'widens-iam',
    [created('aws_cognito_user_pool_client', { user_pool_id: 'p' })],
  ],
  [
    'a user pool with an optional second factor',
    'drops-protection',
    [set('aws_cognito_user_pool', 'mfa_configuration', 'ON', 'OPTIONAL')],
  ],
  [
    'a user pool with short passwords',
    'widens-iam',
    [updated('aws_cognito_user_pool', POOL, { ...POOL, password_policy: [{ minimum_length: 6 }] })],
  ],
  [
    'a user pool that lets a function change tokens',
    'widens-iam',
    [updated('aws_cognito_user_pool', POOL, { ...POOL, lambda_config: [{ pre_token_generation: 'arn' }] })],
  ],
  [
    'a firewall that loses its rules',
    'drops-protection',
    [set('aws_wafv2_web_acl', 'rule', [{ name: 'rate', priority: 0 }], [])],
  ],
  [
    'a firewall that only counts',
    'drops-protection',
    [
      set(
        'aws_wafv2_web_acl',
        'rule',
        [{ name: 'rate', action: [{ block: [{}], count: [] }] }],
        [{ name: 'rate', action: [{ block: [], count: [{}] }] }],
      ),
    ],
  ],
  ['a distribution without its firewall', 'drops-protection', [destroyed('aws_wafv2_web_acl', { name: 'acl' })]],
  [
    'a distribution with another firewall',
    'drops-protection',
    [set('aws_cloudfront_distribution', 'web_acl_id', 'acl', 'empty')],
  ],
  [
    'a distribution that serves pages without TLS',
    'drops-protection',
    [
      set(
        'aws_cloudfront_distribution',
        'default_cache_behavior',
        [{ viewer_protocol_policy: 'redirect-to-https' }],
        [{ viewer_protocol_policy: 'allow-all' }],
      ),
    ],
  ],
  [
    'a distribution with another origin',
    'drops-protection',
    [set('aws_cloudfront_distribution', 'origin', [{ domain_name: 'a' }], [{ domain_name: 'evil' }])],
  ],
  [
    'a distribution that accepts old TLS versions',
    'drops-protection',
    [
      set(
        'aws_cloudfront_distribution',
        'viewer_certificate',
        [{ minimum_protocol_version: 'TLSv1.2_2021' }],
        [{ minimum_protocol_version: 'TLSv1' }],
      ),
    ],
  ],
  [
    'a distribution without a content security policy',
    'drops-protection',
    [
      set(
        'aws_cloudfront_response_headers_policy',
        'security_headers_config',
        [{ content_security_policy: [{ override: true }] }],
        [{ content_security_policy: [] }],
      ),
    ],
  ],

  // Retention of data.
  [
    'a log group that keeps logs for only a day',
    'drops-protection',
    [set('aws_cloudwatch_log_group', 'retention_in_days', 1827, 1)],
  ],
  [
    'a log group that starts to expire logs',
    'drops-protection',
    [set('aws_cloudwatch_log_group', 'retention_in_days', 0, 1827)],
  ],
  ['a log group that is destroyed', 'drops-protection', [destroyed('aws_cloudwatch_log_group', { name: 'audit' })]],
  [
    'a log group that is replaced',
    'drops-protection',
    [replaced('aws_cloudwatch_log_group', { name: 'audit' }, { name: 'audit' })],
  ],
  [
    'a log group that Terraform stops managing',
    'drops-protection',
    [resource(['forget'], 'aws_cloudwatch_log_group', { name: 'audit' }, null)],
  ],
  ['a log group that loses its key', 'drops-protection', [set('aws_cloudwatch_log_group', 'kms_key_id', 'k', null)]],
  [
    'a database that accepts connections without TLS',
    'drops-protection',
    [
      set(
        'aws_db_parameter_group',
        'parameter',
        [{ name: 'require_secure_transport', value: '1' }],
        [{ name: 'require_secure_transport', value: '0' }],
      ),
    ],
  ],
  [
    'a database with another parameter group',
    'drops-protection',
    [set('aws_db_instance', 'parameter_group_name', 'ours', 'default.mysql8.4')],
  ],
  [
    'a database with a shorter retention of backups',
    'destroys-data',
    [set('aws_db_instance', 'backup_retention_period', 35, 1)],
  ],
  ['a database without a standby', 'drops-protection', [set('aws_db_instance', 'multi_az', true, false)]],
  [
    'a database that also writes statements to a log',
    'drops-protection',
    [set('aws_db_instance', 'enabled_cloudwatch_logs_exports', ['error'], ['error', 'general'])],
  ],
  [
    'a database that accepts IAM authentication',
    'drops-protection',
    [set('aws_db_instance', 'iam_database_authentication_enabled', false, true)],
  ],
  [
    'a database with other security groups',
    'drops-protection',
    [set('aws_db_instance', 'vpc_security_group_ids', ['a'], ['b'])],
  ],
  [
    'a bucket that lets all sites write objects',
    'widens-iam',
    [
      set(
        'aws_s3_bucket_cors_configuration',
        'cors_rule',
        [{ allowed_origins: ['https://a'] }],
        [{ allowed_origins: ['*'] }],
      ),
    ],
  ],
  [
    'new CORS rules for an existing bucket',
    'widens-iam',
    [created('aws_s3_bucket_cors_configuration', { bucket: 'b' })],
  ],
  [
    'a bucket whose objects may have separate access lists',
    'drops-protection',
    [
      set(
        'aws_s3_bucket_ownership_controls',
        'rule',
        [{ object_ownership: 'BucketOwnerEnforced' }],
        [{ object_ownership: 'ObjectWriter' }],
      ),
    ],
  ],
  [
    'a bucket with another key',
    'drops-protection',
    [set('aws_s3_bucket_server_side_encryption_configuration', 'rule', [{ a: 'aws:kms' }], [{ a: 'AES256' }])],
  ],
  [
    'a queue that keeps messages for only a minute',
    'destroys-data',
    [set('aws_sqs_queue', 'message_retention_seconds', 1_209_600, 60)],
  ],
  [
    'a queue without its dead-letter queue',
    'drops-protection',
    [set('aws_sqs_queue', 'redrive_policy', '{"maxReceiveCount":5}', '')],
  ],
  ['a queue that is replaced', 'drops-protection', [replaced('aws_sqs_queue', { name: 'q' }, { name: 'q' })]],
  [
    'a bucket that sends no events about uploads',
    'drops-protection',
    [destroyed('aws_s3_bucket_notification', { bucket: 'b' })],
  ],

  // The network.
  [
    'a new ingress rule of an existing security group',
    'widens-network',
    [created(INGRESS, { security_group_id: 'sg', cidr_ipv4: '10.0.0.0/8' })],
  ],
  [
    'an ingress rule for another security group',
    'widens-network',
    [set(INGRESS, 'referenced_security_group_id', 'a', 'b')],
  ],
  [
    'an ingress rule for everybody',
    'widens-network',
    [created(INGRESS, { security_group_id: 'sg', cidr_ipv4: '0.0.0.0/0' })],
  ],
  [
    'an ingress rule inside its security group',
    'widens-network',
    [set('aws_security_group', 'ingress', [], [{ security_groups: ['b'] }])],
  ],
  [
    'a security group rule with more ports',
    'widens-network',
    [set('aws_vpc_security_group_egress_rule', 'to_port', 443, 65_535, { cidr_ipv4: '10.0.0.0/8' })],
  ],
  [
    'an endpoint for a service of another account',
    'widens-network',
    [created('aws_vpc_endpoint', { service_name: 'com.amazonaws.vpce.eu-west-1.vpce-svc-1' })],
  ],
  ['a VPC without its flow log', 'drops-protection', [destroyed('aws_flow_log', { vpc_id: 'v' })]],

  // Reports and notifications.
  [
    'a data set that loses its row-level rules',
    'widens-iam',
    [set('aws_quicksight_data_set', 'row_level_permission_data_set', [{ arn: 'a' }], [])],
  ],
  [
    'a data set with other readers',
    'widens-iam',
    [set('aws_quicksight_dashboard', 'permissions', [{ principal: 'a' }], [{ principal: 'b' }])],
  ],
  [
    'a CloudFormation stack with another template',
    'widens-iam',
    [set('aws_cloudformation_stack', 'template_body', '{}', '{"a":1}')],
  ],
  [
    'a data source without TLS',
    'widens-iam',
    [set('aws_quicksight_data_source', 'ssl_properties', [{ disable_ssl: false }], [{ disable_ssl: true }])],
  ],
  ['an alarm that is destroyed', 'drops-protection', [destroyed('aws_cloudwatch_metric_alarm', ALARM)]],
  [
    'an alarm without a topic',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'alarm_actions', ['topic'], [])],
  ],
  [
    'an alarm whose actions are disabled',
    'drops-protection',
    [updated('aws_cloudwatch_metric_alarm', ALARM, { ...ALARM, actions_enabled: false })],
  ],
  [
    'an alarm on another metric',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'metric_name', 'Errors', 'Invocations')],
  ],
  ['a budget that is destroyed', 'drops-protection', [destroyed('aws_budgets_budget', {})]],
  [
    'a budget without notifications',
    'drops-protection',
    [set('aws_budgets_budget', 'notification', [{ threshold: 80 }], [])],
  ],
  [
    'a subscription that is deleted',
    'drops-protection',
    [destroyed('aws_sns_topic_subscription', { endpoint: 'a@example.com' })],
  ],

  [
    'a CloudFormation template, which can create any resource',
    'widens-iam',
    [created('aws_cloudformation_stack', { template_body: '{}' })],
  ],
  ['a new report that shows all rows', 'widens-iam', [created('aws_quicksight_data_set', { name: 'all' })]],
  [
    'a new report whose row-level rules are disabled',
    'widens-iam',
    [created('aws_quicksight_data_set', { row_level_permission_data_set: [{ arn: 'a', status: 'DISABLED' }] })],
  ],

  // A second resource that overwrites the first.
  ...[BUCKET, []].map((bucket): (typeof refused)[number] => [
    `a bucket of ${bucket.length > 0 ? 'this stack' : 'another stack'} that stops keeping old versions`,
    'destroys-data',
    [
      ...bucket,
      created('aws_s3_bucket_versioning', { bucket: 'b', versioning_configuration: [{ status: 'Suspended' }] }),
    ],
  ]),
  [
    'a second bucket policy that drops Deny statements',
    'widens-iam',
    [
      kept('aws_s3_bucket', { bucket: 'b' }),
      kept('aws_s3_bucket_policy', { bucket: 'b', policy: '{}' }, { name: 'first' }),
      created('aws_s3_bucket_policy', { bucket: 'b', policy: JSON.stringify({ Statement: [] }) }),
    ],
  ],
  [
    'a second queue policy that drops Deny statements',
    'widens-iam',
    [created('aws_sqs_queue_policy', { queue_url: 'q', policy: JSON.stringify({ Statement: [] }) })],
  ],
  [
    'a second policy for a key',
    'widens-iam',
    [
      kept('aws_kms_key', { key_id: 'k' }),
      created('aws_kms_key_policy', { key_id: 'k', policy: JSON.stringify({ Statement: [] }) }),
    ],
  ],
  [
    'a second lifecycle configuration that expires objects',
    'destroys-data',
    [...BUCKET, created('aws_s3_bucket_lifecycle_configuration', { bucket: 'b', rule: [] })],
  ],

  // Sources of code, and the destinations of data.
  ['a new function with code from another bucket', 'widens-iam', [ownRole, newFunctionWith({ s3_bucket: 'evil' })]],
  [
    'a new function with a container image',
    'widens-iam',
    [ownRole, newFunctionWith({ image_uri: `${STRANGER}.dkr.ecr.eu-west-1.amazonaws.com/f` })],
  ],
  [
    'a job with a script from another bucket',
    'widens-iam',
    [
      set(
        'aws_glue_job',
        'command',
        [{ script_location: `s3://${ARTIFACTS}/a` }],
        [{ script_location: 's3://evil/a' }],
      ),
    ],
  ],
  [
    'a job with modules from another bucket',
    'widens-iam',
    [set('aws_glue_job', 'default_arguments', {}, { '--extra-py-files': `s3://${ARTIFACTS}/a,s3://evil/a` })],
  ],
  [
    'a new flow log into another bucket',
    'widens-iam',
    [created('aws_flow_log', { log_destination_type: 's3', log_destination: 'arn:aws:s3:::evil/logs' })],
  ],
  [
    'a flow log into a bucket with a new name that another account may own',
    'widens-iam',
    [created('aws_s3_bucket', { bucket: 'evil' }), created('aws_flow_log', { log_destination: 'arn:aws:s3:::evil' })],
  ],
  ...(
    [
      ['objects', { Action: ['s3:Get*'], Resource: '*' }],
      ['secrets', { Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
      ['everything', { Action: '*', Resource: '*' }],
      ['everything except IAM', { Action: undefined, NotAction: 'iam:*', Resource: '*' }],
    ] as const
  ).map(([what, statement]): (typeof refused)[number] => [
    `a new function outside the network that reads ${what}`,
    'widens-network',
    [ownRole, ofOwnRole(statement), outside],
  ]),
  [
    'a new function outside the network whose policy is not in the plan',
    'widens-network',
    [ownRole, created('aws_iam_role_policy_attachment', { policy_arn: 'a' }, { written: toOwnRole }), outside],
  ],
  [
    'a new job outside the network that reads objects',
    'widens-network',
    [
      ownRole,
      ofOwnRole({ Action: 's3:GetObject', Resource: '*' }),
      created(
        'aws_glue_job',
        {},
        { after_unknown: { role_arn: true }, written: { role_arn: reference('aws_iam_role.it.arn') } },
      ),
    ],
  ],
  [
    'a role with another boundary',
    'widens-iam',
    [created('aws_iam_role', { ...ROLE, permissions_boundary: `arn:aws:iam::${ACCOUNT}:policy/wide` })],
  ],
  [
    'a role with the boundary of another environment',
    'widens-iam',
    [created('aws_iam_role', { ...ROLE, permissions_boundary: ROLE.permissions_boundary.replace('dev', 'staging') })],
  ],

  // Objects that do not belong to a release.
  ...(
    [
      ['that overwrites an upload', created, `centflow-dev-uploads-${ACCOUNT}`],
      ['that overwrites a Terraform state', created, `centflow-state-${ACCOUNT}-eu-west-1`],
      ['that overwrites the code of another environment', created, `centflow-production-artifacts-${ACCOUNT}`],
      ['that is destroyed among the uploads', destroyed, `centflow-dev-uploads-${ACCOUNT}`],
    ] as const
  ).map(([what, change, bucket]): (typeof refused)[number] => [
    `an object ${what}`,
    'destroys-data',
    [change('aws_s3_object', { bucket, key: 'raw/expenses/owner=ada/2023.csv' })],
  ]),
  [
    'an object that moves into the bucket of uploads',
    'destroys-data',
    [set('aws_s3_object', 'bucket', ARTIFACTS, `centflow-dev-uploads-${ACCOUNT}`)],
  ],

  // Notifications, and the checks that find lost uploads.
  ['a sweep that is deleted', 'drops-protection', [destroyed('aws_glue_trigger', { name: 'sweep' })]],
  ['a sweep that is disabled', 'drops-protection', [set('aws_glue_trigger', 'enabled', true, false)]],
  [
    'a sweep of another job',
    'drops-protection',
    [set('aws_glue_trigger', 'actions', [{ job_name: 'a' }], [{ job_name: 'b' }])],
  ],
  [
    'an additional subscriber of alarms',
    'drops-protection',
    [
      created('aws_sns_topic_subscription', {
        topic_arn: 'topic',
        protocol: 'https',
        endpoint: 'https://evil.example',
      }),
    ],
  ],
  [
    'a second function that receives messages from a queue',
    'widens-iam',
    [QUEUE, kept('aws_lambda_event_source_mapping', { event_source_arn: QUEUE_ARN }, { name: 'first' }), mapping],
  ],
  ['a function that receives messages from a queue of another stack', 'widens-iam', [mapping]],
  [
    'a queue that no function reads',
    'widens-iam',
    [destroyed('aws_lambda_event_source_mapping', { event_source_arn: QUEUE_ARN })],
  ],
  [
    'an alarm whose threshold is never reached',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'threshold', 1, 1e12, ALARM)],
  ],
  [
    'an alarm on low values whose threshold is never reached',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'threshold', 1, 0, { ...ALARM, comparison_operator: 'LessThanThreshold' })],
  ],
  [
    'an alarm that ignores missing data',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'treat_missing_data', 'breaching', 'notBreaching', ALARM)],
  ],
  [
    'an alarm that needs more time',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'evaluation_periods', 1, 9, ALARM)],
  ],
  [
    'an alarm on the average',
    'drops-protection',
    [set('aws_cloudwatch_metric_alarm', 'statistic', 'Maximum', 'Average', ALARM)],
  ],

  // Resources that overwrite an existing resource of the same name.
  ...(
    [
      ['aws_cloudwatch_event_rule', 'name', 'centflow-dev-job-failures'],
      ['aws_cloudwatch_metric_alarm', 'alarm_name', 'dev-trigger-errors'],
      ['aws_sns_topic', 'name', 'centflow-dev-alarms'],
      ['aws_sqs_queue', 'name', 'centflow-dev-uploads'],
    ] as const
  ).flatMap(([type, by, name]): (typeof refused)[number][] => [
    [`a new ${type} with a name from another stack`, 'drops-protection', [created(type, { [by]: name })]],
    [
      `a new ${type} with the name of an existing one`,
      'drops-protection',
      [kept(type, { [by]: 'mine' }, { name: 'first' }), created(type, { [by]: 'mine' })],
    ],
  ]),

  // Databases that are created from existing data.
  ['a new database without encryption', 'drops-protection', [created('aws_db_instance', { storage_encrypted: false })]],
  ...['snapshot_identifier', 'replicate_source_db'].map((attribute): (typeof refused)[number] => [
    `a new database with ${attribute}`,
    'widens-iam',
    [created('aws_db_instance', { storage_encrypted: true, [attribute]: 'old' })],
  ]),
  [
    'a new database that is restored from an earlier time',
    'widens-iam',
    [created('aws_db_instance', { storage_encrypted: true, restore_to_point_in_time: [{ a: 1 }] })],
  ],

  // Connections to other networks.
  ...['transit_gateway_id', 'vpc_peering_connection_id', 'network_interface_id', 'vpc_endpoint_id'].map(
    (target): (typeof refused)[number] => [
      `a route for a private range with ${target}`,
      'widens-network',
      [set('aws_route_table', 'route', [], [{ cidr_block: '10.99.0.0/16', [target]: 'evil' }])],
    ],
  ),
  [
    'a route for a prefix list',
    'widens-network',
    [set('aws_route_table', 'route', [], [{ destination_prefix_list_id: 'pl-evil' }])],
  ],
  ['an egress rule for a prefix list', 'widens-network', [created(EGRESS, { prefix_list_id: 'pl-evil' })]],
  [
    'an egress rule for an unknown prefix list',
    'widens-network',
    [created(EGRESS, {}, { after_unknown: { prefix_list_id: true } })],
  ],
  [
    'an egress rule for prefix lists inside its security group',
    'widens-network',
    [set('aws_security_group', 'egress', [], [{ prefix_list_ids: ['pl-evil'], protocol: '-1' }])],
  ],
  [
    'an endpoint that allows every action',
    'widens-iam',
    [set('aws_vpc_endpoint', 'policy', allow({ Principal: '*' }), null)],
  ],

  // Resource types that the stacks do not use.
  ['a resource of an unclassified type', 'unknown-type', [created('aws_s3_access_point', { bucket: 'b' })]],
  [
    'a change of a resource of an unclassified type',
    'unknown-type',
    [updated('aws_s3_bucket_replication_configuration', { a: 1 }, { a: 2 })],
  ],
  [
    'an identity provider of a user pool',
    'unknown-type',
    [created('aws_cognito_identity_provider', { user_pool_id: 'p' })],
  ],
];

const allowed: readonly [what: string, changes: ResourceChange[]][] = [
  [
    'a release of new code',
    [
      updated(
        'aws_lambda_function',
        FUNCTION,
        { ...FUNCTION, s3_key: 'f-2.zip', environment: [{ variables: { A: 'b' } }], timeout: 60 },
        {
          after_unknown: { last_modified: true, qualified_arn: true, version: true, code_sha256: true },
        },
      ),
      set('aws_glue_job', 'default_arguments', { '--extra-py-files': 'a' }, { '--extra-py-files': 'b' }),
      set('aws_glue_job', 'command', [{ script_location: 'a' }], [{ script_location: 'b' }]),
      replaced(
        'aws_s3_object',
        { bucket: ARTIFACTS, key: 'a' },
        { bucket: ARTIFACTS, key: 'b' },
        { after_unknown: { kms_key_id: true, version_id: true } },
      ),
      destroyed('aws_s3_object', { bucket: PAGES, key: 'assets/a.js' }),
      updated('aws_cloudfront_function', { code: 'a' }, { code: 'b' }, { after_unknown: { etag: true } }),
      set('aws_lambda_invocation', 'input', '{}', '{"a":1}'),
    ],
  ],
  [
    'an additional feed with its table, crawler target and visuals',
    [
      created('aws_glue_catalog_table', { name: 'savings_goals' }),
      set('aws_glue_crawler', 'catalog_target', [{ tables: ['a'] }], [{ tables: ['a', 'b'] }]),
      created('aws_quicksight_data_set', { row_level_permission_data_set: [{ arn: 'rules', status: 'ENABLED' }] }),
      set('aws_quicksight_dashboard', 'definition', [{ a: 1 }], [{ a: 2 }]),
    ],
  ],
  [
    'an additional alarm, and a lower threshold',
    [
      created('aws_cloudwatch_metric_alarm', ALARM),
      set('aws_cloudwatch_metric_alarm', 'threshold', 2, 1, ALARM),
      set('aws_cloudwatch_metric_alarm', 'alarm_description', 'a', 'b'),
      set('aws_cloudwatch_dashboard', 'dashboard_body', 'a', 'b'),
    ],
  ],
  [
    'an additional function with a separate role, log group and caller',
    [
      role({
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
      }),
      newFunction,
      created('aws_cloudwatch_log_group', { retention_in_days: 7 }),
      permission({
        principal: 'apigateway.amazonaws.com',
        source_arn: `arn:aws:execute-api:eu-west-1:${ACCOUNT}:api/*/*`,
      }),
      created('aws_apigatewayv2_integration', { integration_type: 'AWS_PROXY' }),
      created('aws_apigatewayv2_route', { authorization_type: 'JWT', api_id: 'a', authorizer_id: 'b' }),
    ],
  ],
  [
    'the rest of a deployment that stopped after it created the role of a function',
    [kept('aws_iam_role', { ...ROLE, arn: FUNCTION.role }), created('aws_lambda_function', FUNCTION)],
  ],
  [
    'a permission for a caller that is not known yet',
    [
      role({ Principal: { Service: 'lambda.amazonaws.com' } }),
      newFunction,
      permission(
        { principal: 'apigateway.amazonaws.com' },
        {
          after_unknown: { source_arn: true },
          written: { source_arn: `${reference('aws_apigatewayv2_api.it.execution_arn')}/*/*` },
        },
      ),
    ],
  ],
  [
    'a new key for roles and services of the account',
    [
      key({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
      key({ Principal: { Service: 's3.amazonaws.com' } }),
      key({ Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/r` } } }),
    ],
  ],
  [
    'a larger database with a longer retention of backups',
    [
      updated(
        'aws_db_instance',
        {
          instance_class: 'db.t4g.micro',
          allocated_storage: 20,
          backup_retention_period: 1,
          multi_az: false,
          engine_version: '8.4.5',
        },
        {
          instance_class: 'db.m7g.large',
          allocated_storage: 100,
          backup_retention_period: 35,
          multi_az: true,
          engine_version: '8.4.6',
        },
      ),
    ],
  ],
  [
    'fewer database statements in logs',
    [set('aws_db_instance', 'enabled_cloudwatch_logs_exports', ['error', 'slowquery'], ['error'])],
  ],
  [
    'a longer retention of logs',
    [
      set('aws_cloudwatch_log_group', 'retention_in_days', 7, 30),
      set('aws_cloudwatch_log_group', 'retention_in_days', 30, 0),
    ],
  ],
  ['a new function in the network', [ownRole, ofOwnRole({ Action: '*', Resource: '*' }), newFunction]],
  [
    'a new function outside the network that reads neither objects nor secrets',
    [ownRole, ofOwnRole({ Action: ['sqs:ReceiveMessage', 's3:PutObject', 'kms:Decrypt'], Resource: '*' }), outside],
  ],
  [
    'code, modules and logs in buckets of the environment',
    [
      set('aws_glue_job', 'command', [{ script_location: 'a' }], [{ script_location: `s3://${ARTIFACTS}/b` }]),
      kept('aws_s3_bucket', { bucket: 'logs' }),
      created('aws_flow_log', { log_destination: 'arn:aws:s3:::logs' }),
    ],
  ],
  [
    'pages from a new bucket',
    [
      created('aws_s3_bucket', { bucket: PAGES }),
      created(
        'aws_s3_object',
        { key: 'a' },
        { after_unknown: { bucket: true }, written: { bucket: reference('aws_s3_bucket.it.id') } },
      ),
    ],
  ],
  ['a function that receives messages from a queue without another reader', [QUEUE, mapping]],
  [
    'alarms with stricter thresholds',
    [
      set('aws_cloudwatch_metric_alarm', 'threshold', 0, 1, { ...ALARM, comparison_operator: 'LessThanThreshold' }),
      set('aws_cloudwatch_metric_alarm', 'treat_missing_data', 'notBreaching', 'breaching', ALARM),
    ],
  ],
  ['a new empty database', [created('aws_db_instance', { storage_encrypted: true, snapshot_identifier: null })]],
  [
    'an egress rule to AWS for the prefix list of an endpoint',
    [
      kept('aws_vpc_endpoint', { prefix_list_id: 'pl-s3' }),
      created(
        EGRESS,
        { prefix_list_id: 'pl-s3' },
        { written: { prefix_list_id: reference('aws_vpc_endpoint.it.prefix_list_id') } },
      ),
    ],
  ],
  [
    'a subscription to a new topic',
    [
      created('aws_sns_topic', { name: 'n' }),
      created(
        'aws_sns_topic_subscription',
        { endpoint: 'a@example.com' },
        { written: { topic_arn: reference('aws_sns_topic.it.arn') } },
      ),
    ],
  ],
  [
    'more resources of a type that overwrites resources of the same name',
    [
      kept('aws_sns_topic', { name: 'mine' }, { name: 'first' }),
      created('aws_sns_topic', { name: 'other' }),
      created('aws_cloudwatch_metric_alarm', { ...ALARM, alarm_name: 'staging-trigger-errors' }),
    ],
  ],
  ['a user pool that requires a second factor', [set('aws_cognito_user_pool', 'mfa_configuration', 'OFF', 'ON')]],
  [
    'a lower rate limit of the API',
    [updated('aws_apigatewayv2_stage', stage(THROTTLE), stage({ ...THROTTLE, throttling_rate_limit: 10 }))],
  ],
  [
    'more workers and a later sweep',
    [set('aws_glue_job', 'number_of_workers', 2, 5), set('aws_glue_trigger', 'schedule', 'a', 'b')],
  ],
  ['a paused queue', [set('aws_lambda_event_source_mapping', 'enabled', true, false)]],
  ['a higher budget', [set('aws_budgets_budget', 'limit_amount', '80', '100')]],
  ['an additional endpoint', [created('aws_vpc_endpoint', { service_name: 'com.amazonaws.eu-west-1.secretsmanager' })]],
  [
    'an ingress rule of a new security group',
    [
      created('aws_security_group', {}),
      created(
        INGRESS,
        { cidr_ipv4: null },
        {
          after_unknown: { security_group_id: true },
          written: { security_group_id: reference('aws_security_group.it.id') },
        },
      ),
    ],
  ],
  [
    'changes of tags and descriptions',
    Object.keys(resourceTypes).map((type) =>
      updated(
        type,
        { bucket: PAGES, tags: {}, description: 'a' },
        { bucket: PAGES, tags: { a: 'b' }, tags_all: { a: 'b' }, description: 'b' },
      ),
    ),
  ],
  [
    'a bucket that is destroyed with its settings',
    [
      destroyed('aws_s3_bucket_ownership_controls', { bucket: 'b' }),
      destroyed('aws_s3_bucket_notification', { bucket: 'b' }),
    ],
  ],
];

describe('the allow-list of the plan policy', () => {
  test.each(refused)('refuses %s: %s', (_what, rule, changes) => {
    expect(brokenBy(...changes)).toContain(rule);
  });

  test.each(allowed.slice(0, -1))('accepts %s', (_what, changes) => {
    expect(judged(planOf(...changes)).violations).toEqual([]);
  });

  test('accepts that the settings of a bucket are destroyed with the bucket', () => {
    const [, changes] = allowed.at(-1) ?? [];
    const { violations } = judged(planOf(destroyed('aws_s3_bucket', { bucket: 'b' }), ...(changes ?? [])));
    expect(violations.map(({ address }) => address)).toEqual(['aws_s3_bucket.it']);
  });

  test('reports the changed attributes and their effect, without their values', () => {
    const change = set('aws_cognito_user_pool_client', 'callback_urls', ['https://a'], ['https://hunter2']);
    expect(judged(planOf(change)).violations).toEqual([
      {
        rule: 'widens-iam',
        address: 'aws_cognito_user_pool_client.it',
        what: 'changes callback_urls.0, and with it which site receives sign-ins, and how long they are valid',
      },
    ]);
  });

  test('ignores attributes that only AWS sets, and different spellings of the same value', () => {
    const change = updated(
      'aws_iam_role',
      { ...ROLE, path: null, inline_policy: null, unique_id: 'a' },
      { ...ROLE, path: '', inline_policy: [] },
      { after_unknown: { unique_id: true, arn: true } },
    );
    expect(judged(planOf(change)).violations).toEqual([]);
  });
});

describe('the classification of resource types', () => {
  const types = [
    ...new Set(synthesised(readEnvironments()).flatMap(({ resources }) => resources.map(({ type }) => type))),
  ];

  test('covers every type in the stacks', () => {
    expect(types.length).toBeGreaterThan(50);
    expect(types.filter((type) => !(type in resourceTypes) && !(type in grants))).toEqual([]);
  });

  test('declares the owner of each type that can exist only once per owner', () => {
    const single = Object.entries(resourceTypes).filter(([, known]) => known !== 'harmless' && known.onlyOne);
    expect(single.map(([type]) => type).filter((type) => belongings[type] === undefined)).toEqual([]);
    expect(single.length).toBeGreaterThan(8);
  });

  test('refuses a change of each attribute that is neither declared harmless nor compared', () => {
    for (const [type, known] of Object.entries(resourceTypes)) {
      if (known === 'harmless') continue;
      expect(brokenBy(updated(type, { nobody_knows: 'a' }, { nobody_knows: 'b' })), type).toEqual([known.rule]);
      expect(brokenBy(updated(type, {}, {}, { after_unknown: { nobody_knows: true } })), type).toEqual([known.rule]);
    }
  });

  test('names only attributes that exist in the provider', () => {
    const declared = Object.entries(resourceTypes).flatMap(([type, known]) =>
      known === 'harmless' ? [] : (known.harmless ?? []).map((attribute) => [type, attribute] as const),
    );
    const watched = watchedAttributes.flatMap(({ types: of, attribute }) =>
      of.filter((type) => type !== '*').map((type) => [type, attribute] as const),
    );
    expect([...declared, ...watched].filter(([type, path]) => !hasAttribute(type, path.split('.')[0] ?? ''))).toEqual(
      [],
    );
  });
});
