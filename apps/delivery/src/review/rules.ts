/** The rules of the plan policy as data: changes that need an exemption. */
import type { Values } from './reviewed-plan.ts';

/** The rules of the plan policy. A report prints the reason after each violation of a rule. */
export const rules = {
  'destroys-data': 'Stored data is lost, and no later apply can restore it.',
  'drops-protection': 'Without this protection, a later mistake could delete or expose data.',
  'widens-iam': 'The change allows more actions, or more principals, than were reviewed.',
  'widens-network': 'The network becomes reachable from more addresses, or reaches more addresses.',
  'unknown-type':
    'It is not yet decided which changes of this type are harmless: classify it in apps/delivery/src/review/resource-types.ts.',
} as const;

export type RuleName = keyof typeof rules;

/** Resources that contain data or the keys to data. They must not be destroyed, replaced or forgotten. */
export const holdsData: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "users' accounts and which owner's data each may see",
  aws_db_instance: 'the database',
  aws_s3_bucket: 'the bucket and its objects',
  aws_kms_key: 'the key, and with it everything that it encrypted',
  aws_secretsmanager_secret: 'the secret',
};

/** An attribute that must not change for the worse. */
export interface WatchedAttribute {
  readonly rule: RuleName;
  /** Resource types; `*` means every type that has the attribute. */
  readonly types: readonly string[];
  /** A path such as `versioning_configuration.0.status`. */
  readonly attribute: string;
  /** @param values all attribute values of the resource after the apply */
  readonly worse: (before: unknown, after: unknown, values: Values) => boolean;
  /** Whether the rule also applies to a new resource. */
  readonly whenNew?: boolean;
  readonly reason: string;
}

const lost = (value: unknown) => (before: unknown, after: unknown) => before === value && after !== value;
const gained = (value: unknown) => (before: unknown, after: unknown) => before !== value && after === value;
const shortened = (before: unknown, after: unknown) => typeof before === 'number' && before > Number(after ?? 0);
/** Whether the retention becomes shorter. Without a number of days, CloudWatch keeps logs for ever. */
const forgotten = (before: unknown, after: unknown) => limitOf(after) < limitOf(before);
/** Whether the limit becomes higher. 0 or no value means no limit. */
const loosened = (before: unknown, after: unknown) =>
  limitOf(after) === Number.POSITIVE_INFINITY || limitOf(after) > limitOf(before);
const limitOf = (limit: unknown) => Number(limit ?? 0) || Number.POSITIVE_INFINITY;
const not = (good: unknown) => (_: unknown, after: unknown) => after !== good;
const entriesOf = (value: unknown) => (Array.isArray(value) ? value.map((entry) => JSON.stringify(entry)) : []);
const grown = (before: unknown, after: unknown) => entriesOf(after).some((entry) => !entriesOf(before).includes(entry));
const set = (_: unknown, after: unknown) => Boolean(after) && (!Array.isArray(after) || after.length > 0);
/** Whether the threshold of an alarm becomes harder to reach. */
const dulled = (before: unknown, after: unknown, { comparison_operator }: Values) => {
  if (typeof before !== 'number' || typeof after !== 'number') return true;
  return String(comparison_operator).startsWith('Less') ? after < before : after > before;
};
const opened = (before: unknown, after: unknown) => before !== false && after !== true;

/** Attributes that contain IAM policies, in any type. They are compared right by right. */
export const policyAttributes = ['policy', 'assume_role_policy', 'policy_document'];

export const watchedAttributes: readonly WatchedAttribute[] = [
  {
    rule: 'destroys-data',
    types: ['aws_s3_bucket_versioning'],
    attribute: 'versioning_configuration.0.status',
    worse: lost('Enabled'),
    reason: 'overwritten or deleted objects can no longer be restored',
  },
  {
    rule: 'destroys-data',
    types: ['aws_db_instance'],
    attribute: 'backup_retention_period',
    worse: shortened,
    reason: 'RDS deletes older automated backups',
  },
  {
    rule: 'drops-protection',
    types: ['*'],
    attribute: 'deletion_protection',
    worse: lost(true),
    reason: 'one API call can delete it',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'skip_final_snapshot',
    worse: gained(true),
    reason: 'no snapshot would remain after its deletion',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'delete_automated_backups',
    worse: gained(true),
    reason: 'its backups would be deleted with it',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'storage_encrypted',
    worse: not(true),
    whenNew: true,
    reason: 'data would be stored unencrypted',
  },
  ...['replicate_source_db', 'restore_to_point_in_time.0', 's3_import.0', 'snapshot_identifier'].map(
    (attribute): WatchedAttribute => ({
      rule: 'widens-iam',
      types: ['aws_db_instance'],
      attribute,
      worse: set,
      whenNew: true,
      reason: 'it would start with data and users that nobody has reviewed',
    }),
  ),
  {
    rule: 'widens-iam',
    types: ['aws_lambda_function'],
    attribute: 'image_uri',
    worse: set,
    whenNew: true,
    reason: 'its code would not come from the release',
  },
  {
    rule: 'drops-protection',
    types: ['*'],
    attribute: 'force_destroy',
    worse: gained(true),
    reason: 'Terraform would delete it with all its content',
  },
  {
    rule: 'drops-protection',
    types: ['aws_kms_key'],
    attribute: 'deletion_window_in_days',
    worse: shortened,
    reason: 'there is less time to cancel its deletion',
  },
  {
    rule: 'drops-protection',
    types: ['aws_kms_key'],
    attribute: 'enable_key_rotation',
    worse: lost(true),
    reason: 'a leaked key would stay valid for ever',
  },
  {
    rule: 'drops-protection',
    types: ['aws_kms_key'],
    attribute: 'is_enabled',
    worse: lost(true),
    reason: 'data that it encrypted could not be read',
  },
  {
    rule: 'drops-protection',
    types: ['aws_secretsmanager_secret'],
    attribute: 'recovery_window_in_days',
    worse: shortened,
    reason: 'there is less time to cancel its deletion',
  },
  ...['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].map(
    (attribute): WatchedAttribute => ({
      rule: 'drops-protection',
      types: ['aws_s3_bucket_public_access_block'],
      attribute,
      worse: opened,
      whenNew: true,
      reason: 'a bucket could be made public',
    }),
  ),
  {
    rule: 'drops-protection',
    types: ['aws_cognito_user_pool'],
    attribute: 'deletion_protection',
    worse: lost('ACTIVE'),
    reason: 'one API call can delete it',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudfront_distribution'],
    attribute: 'web_acl_id',
    worse: (before, after) => Boolean(before) && after !== before,
    reason: 'the rate limit and the protection against known attacks would change or be missing',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'multi_az',
    worse: lost(true),
    reason: 'no standby takes over if a zone fails',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'enabled_cloudwatch_logs_exports',
    worse: grown,
    reason: "statements with users' texts and amounts may be written to a log",
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudwatch_log_group'],
    attribute: 'retention_in_days',
    worse: forgotten,
    reason: 'older logs are deleted',
  },
  {
    rule: 'destroys-data',
    types: ['aws_sqs_queue'],
    attribute: 'message_retention_seconds',
    worse: shortened,
    reason: 'messages that wait longer are deleted',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cognito_user_pool'],
    attribute: 'mfa_configuration',
    worse: not('ON'),
    reason: 'a leaked password is enough to sign in',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cognito_user_pool'],
    attribute: 'software_token_mfa_configuration.0.enabled',
    worse: lost(true),
    reason: 'a second factor is not available',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudwatch_metric_alarm'],
    attribute: 'threshold',
    worse: dulled,
    reason: 'the alarm, which stops deployments to production, would be raised later',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudwatch_metric_alarm'],
    attribute: 'treat_missing_data',
    worse: not('breaching'),
    reason: 'missing data could count as good, but the alarm must stop deployments to production',
  },
  ...['throttling_burst_limit', 'throttling_rate_limit'].map(
    (limit): WatchedAttribute => ({
      rule: 'drops-protection',
      types: ['aws_apigatewayv2_stage'],
      attribute: `default_route_settings.0.${limit}`,
      worse: loosened,
      whenNew: true,
      reason: 'the API would accept more requests',
    }),
  ),
  {
    rule: 'widens-iam',
    types: ['aws_cognito_user_pool'],
    attribute: 'admin_create_user_config.0.allow_admin_create_user_only',
    worse: lost(true),
    reason: 'anybody could create an account',
  },
  {
    rule: 'widens-iam',
    types: ['aws_cognito_user_pool_client'],
    attribute: 'write_attributes',
    worse: (_, after) => Array.isArray(after) && after.includes('custom:owner'),
    whenNew: true,
    reason: 'users could choose whose data they see',
  },
  {
    rule: 'widens-iam',
    types: ['aws_apigatewayv2_route'],
    attribute: 'authorization_type',
    worse: not('JWT'),
    whenNew: true,
    reason: 'callers without a token of the console could call it',
  },
  {
    rule: 'widens-network',
    types: ['aws_apigatewayv2_integration'],
    attribute: 'integration_type',
    worse: not('AWS_PROXY'),
    whenNew: true,
    reason: "requests with users' tokens would go to another server",
  },
  {
    rule: 'widens-network',
    types: ['aws_apigatewayv2_integration'],
    attribute: 'credentials_arn',
    worse: (_, after) => Boolean(after),
    whenNew: true,
    reason: 'the API could invoke functions that do not permit it',
  },
  {
    rule: 'widens-iam',
    types: ['aws_quicksight_data_set'],
    attribute: 'row_level_permission_data_set.0.arn',
    worse: (before, after) => !after || (before !== undefined && after !== before),
    whenNew: true,
    reason: 'readers would see the rows of other owners',
  },
  {
    rule: 'widens-iam',
    types: ['aws_quicksight_data_set'],
    attribute: 'row_level_permission_data_set.0.status',
    worse: gained('DISABLED'),
    whenNew: true,
    reason: 'readers would see the rows of all owners',
  },
  {
    rule: 'widens-network',
    types: ['aws_vpc_endpoint'],
    attribute: 'service_name',
    worse: (_, after) => !/^com\.amazonaws\.[a-z]+(-[a-z]+)+-\d\.[\w.-]+$/.test(String(after)),
    whenNew: true,
    reason: "the network would reach a service that is not AWS's own",
  },
  {
    rule: 'widens-network',
    types: ['aws_security_group', 'aws_default_security_group'],
    attribute: 'ingress',
    worse: grown,
    reason: 'more clients could connect to its members',
  },
  {
    rule: 'widens-network',
    types: ['*'],
    attribute: 'publicly_accessible',
    worse: gained(true),
    whenNew: true,
    reason: 'it gets a public address',
  },
  {
    rule: 'widens-network',
    types: ['aws_subnet'],
    attribute: 'map_public_ip_on_launch',
    worse: gained(true),
    whenNew: true,
    reason: 'every instance in it gets a public address',
  },
];

/** Resources that must not be added with any attributes. An existing resource may be replaced. */
export const gateways: Readonly<Record<string, string>> = {
  aws_egress_only_internet_gateway: 'a way to the internet',
  aws_eip: 'a public address',
  aws_internet_gateway: 'a way to and from the internet',
  aws_internet_gateway_attachment: 'a way to and from the internet',
  aws_lambda_function_url: 'an address on the internet that starts a function',
  aws_nat_gateway: 'a way to the internet',
  aws_vpc_peering_connection: 'a way to another network',
  aws_vpn_gateway: 'a way to another network',
};

/** Resources that grant access by their existence. Every change of them is a violation. */
export const grants: Readonly<Record<string, string>> = {
  aws_iam_access_key: 'a key that does not expire',
  aws_iam_group_policy: 'rights of users',
  aws_iam_group_policy_attachment: 'rights of users',
  aws_iam_openid_connect_provider: 'an identity provider that roles may trust',
  aws_iam_policy_attachment: 'rights of the users, groups and roles that it names',
  aws_iam_role_policy_attachment: 'rights of a role',
  aws_iam_saml_provider: 'an identity provider that roles may trust',
  aws_iam_user: 'a user who can get an access key',
  aws_iam_user_policy: 'rights of a user',
  aws_iam_user_policy_attachment: 'rights of a user',
  aws_kms_grant: 'use of a key in addition to its policy',
  aws_lambda_permission: 'a permission to invoke a function',
};

/**
 * Describes how a resource refers to its owner. `by`: the attribute that refers to the owner. `type`: the owner's type.
 * `names`: the attributes of the owner that `by` may contain.
 */
export interface Belonging {
  readonly by: string;
  readonly type: string;
  readonly names: readonly string[];
}

const toRole: Belonging = { by: 'role', type: 'aws_iam_role', names: ['name', 'id'] };
const toBucket: Belonging = { by: 'bucket', type: 'aws_s3_bucket', names: ['bucket', 'id'] };

/** Resource types that may be created and deleted together with their owner. */
export const belongings: Readonly<Record<string, Belonging>> = {
  aws_apigatewayv2_authorizer: { by: 'api_id', type: 'aws_apigatewayv2_api', names: ['id'] },
  aws_cognito_user_pool_client: { by: 'user_pool_id', type: 'aws_cognito_user_pool', names: ['id'] },
  aws_iam_role_policy: toRole,
  aws_iam_role_policy_attachment: toRole,
  aws_kms_key_policy: { by: 'key_id', type: 'aws_kms_key', names: ['key_id', 'id', 'arn'] },
  aws_lambda_permission: { by: 'function_name', type: 'aws_lambda_function', names: ['function_name', 'arn'] },
  aws_lambda_event_source_mapping: { by: 'event_source_arn', type: 'aws_sqs_queue', names: ['arn'] },
  aws_s3_bucket_cors_configuration: toBucket,
  aws_s3_bucket_lifecycle_configuration: toBucket,
  aws_s3_bucket_notification: toBucket,
  aws_s3_bucket_ownership_controls: toBucket,
  aws_s3_bucket_policy: toBucket,
  aws_s3_bucket_public_access_block: toBucket,
  aws_s3_bucket_server_side_encryption_configuration: toBucket,
  aws_s3_bucket_versioning: toBucket,
  aws_secretsmanager_secret_policy: { by: 'secret_arn', type: 'aws_secretsmanager_secret', names: ['arn', 'id'] },
  aws_sns_topic_policy: { by: 'arn', type: 'aws_sns_topic', names: ['arn', 'id'] },
  aws_sns_topic_subscription: { by: 'topic_arn', type: 'aws_sns_topic', names: ['arn', 'id'] },
  aws_sqs_queue_policy: { by: 'queue_url', type: 'aws_sqs_queue', names: ['url', 'id'] },
  aws_vpc_security_group_ingress_rule: { by: 'security_group_id', type: 'aws_security_group', names: ['id'] },
};
