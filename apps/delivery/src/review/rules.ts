/** What a plan may not do without an exemption that names it: rules as data. */
import type { Values } from './reviewed-plan.ts';

/** Each rule, and why it is there. */
export const rules = {
  'destroys-data': 'What was stored is lost, and no later apply brings it back.',
  'drops-protection': 'The next mistake would find nothing that stops it.',
  'widens-iam': 'More may be done, or by others, than was reviewed when the policy was written.',
  'widens-network': 'More of the world reaches the network, or is reached from it.',
  'unknown-type':
    'Nobody has decided yet which changes of it are harmless: classify it in apps/delivery/src/review/resource-types.ts.',
} as const;

export type RuleName = keyof typeof rules;

/** Resources that hold data or what decrypts it. Destroyed, replaced or forgotten is the same loss of control. */
export const holdsData: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "people's accounts and whose money each sees",
  aws_db_instance: 'the database',
  aws_s3_bucket: 'the bucket and its objects',
  aws_kms_key: 'the key, and with it all that it encrypted',
  aws_secretsmanager_secret: 'the secret',
};

/** An attribute that may not change for the worse. */
export interface WatchedAttribute {
  readonly rule: RuleName;
  /** Resource types; `*` is every type that has the attribute. */
  readonly types: readonly string[];
  /** `versioning_configuration.0.status`. */
  readonly attribute: string;
  /** `values` are all that it will have. */
  readonly worse: (before: unknown, after: unknown, values: Values) => boolean;
  /** true: something new may not begin with it either. */
  readonly whenNew?: boolean;
  readonly reason: string;
}

const lost = (value: unknown) => (before: unknown, after: unknown) => before === value && after !== value;
const gained = (value: unknown) => (before: unknown, after: unknown) => before !== value && after === value;
const shortened = (before: unknown, after: unknown) => typeof before === 'number' && before > Number(after ?? 0);
/** CloudWatch keeps for ever what has no number of days. */
const forgotten = (before: unknown, after: unknown) => limitOf(after) < limitOf(before);
/** 0 or nothing is no limit. */
const loosened = (before: unknown, after: unknown) =>
  limitOf(after) === Number.POSITIVE_INFINITY || limitOf(after) > limitOf(before);
const limitOf = (limit: unknown) => Number(limit ?? 0) || Number.POSITIVE_INFINITY;
const not = (good: unknown) => (_: unknown, after: unknown) => after !== good;
const entriesOf = (value: unknown) => (Array.isArray(value) ? value.map((entry) => JSON.stringify(entry)) : []);
const grown = (before: unknown, after: unknown) => entriesOf(after).some((entry) => !entriesOf(before).includes(entry));
const set = (_: unknown, after: unknown) => Boolean(after) && (!Array.isArray(after) || after.length > 0);
/** An alarm that it would take more to raise. */
const dulled = (before: unknown, after: unknown, { comparison_operator }: Values) => {
  if (typeof before !== 'number' || typeof after !== 'number') return true;
  return String(comparison_operator).startsWith('Less') ? after < before : after > before;
};
const opened = (before: unknown, after: unknown) => before !== false && after !== true;

/** Attributes that are IAM policies, wherever they are: compared right by right. */
export const policyAttributes = ['policy', 'assume_role_policy', 'policy_document'];

export const watchedAttributes: readonly WatchedAttribute[] = [
  {
    rule: 'destroys-data',
    types: ['aws_s3_bucket_versioning'],
    attribute: 'versioning_configuration.0.status',
    worse: lost('Enabled'),
    reason: 'what is overwritten or deleted from then on cannot be had back',
  },
  {
    rule: 'destroys-data',
    types: ['aws_db_instance'],
    attribute: 'backup_retention_period',
    worse: shortened,
    reason: 'RDS deletes the automated backups that are older',
  },
  {
    rule: 'drops-protection',
    types: ['*'],
    attribute: 'deletion_protection',
    worse: lost(true),
    reason: 'it can be deleted by one call',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'skip_final_snapshot',
    worse: gained(true),
    reason: 'nothing would be left of it when it is deleted',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'delete_automated_backups',
    worse: gained(true),
    reason: 'its backups would go with it',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'storage_encrypted',
    worse: not(true),
    whenNew: true,
    reason: 'data would lie in clear text',
  },
  ...['replicate_source_db', 'restore_to_point_in_time.0', 's3_import.0', 'snapshot_identifier'].map(
    (attribute): WatchedAttribute => ({
      rule: 'widens-iam',
      types: ['aws_db_instance'],
      attribute,
      worse: set,
      whenNew: true,
      reason: 'it would begin with data and users that nobody has reviewed',
    }),
  ),
  {
    rule: 'widens-iam',
    types: ['aws_lambda_function'],
    attribute: 'image_uri',
    worse: set,
    whenNew: true,
    reason: 'its code would not be what the release holds',
  },
  {
    rule: 'drops-protection',
    types: ['*'],
    attribute: 'force_destroy',
    worse: gained(true),
    reason: 'Terraform would delete it with all that is in it',
  },
  {
    rule: 'drops-protection',
    types: ['aws_kms_key'],
    attribute: 'deletion_window_in_days',
    worse: shortened,
    reason: 'less time to think again after its deletion',
  },
  {
    rule: 'drops-protection',
    types: ['aws_kms_key'],
    attribute: 'enable_key_rotation',
    worse: lost(true),
    reason: 'a key that leaked would stay good for ever',
  },
  {
    rule: 'drops-protection',
    types: ['aws_kms_key'],
    attribute: 'is_enabled',
    worse: lost(true),
    reason: 'nothing that it encrypted could be read',
  },
  {
    rule: 'drops-protection',
    types: ['aws_secretsmanager_secret'],
    attribute: 'recovery_window_in_days',
    worse: shortened,
    reason: 'less time to think again after its deletion',
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
    reason: 'it can be deleted by one call',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudfront_distribution'],
    attribute: 'web_acl_id',
    worse: (before, after) => Boolean(before) && after !== before,
    reason: 'other rules, or none, would limit how often an address may ask and refuse known attacks',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'multi_az',
    worse: lost(true),
    reason: 'no standby takes over where a zone fails',
  },
  {
    rule: 'drops-protection',
    types: ['aws_db_instance'],
    attribute: 'enabled_cloudwatch_logs_exports',
    worse: grown,
    reason: "statements with people's words and amounts may be copied into a log",
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudwatch_log_group'],
    attribute: 'retention_in_days',
    worse: forgotten,
    reason: 'what was logged before is deleted',
  },
  {
    rule: 'destroys-data',
    types: ['aws_sqs_queue'],
    attribute: 'message_retention_seconds',
    worse: shortened,
    reason: 'messages that wait for longer are deleted',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cognito_user_pool'],
    attribute: 'mfa_configuration',
    worse: not('ON'),
    reason: 'a password that leaked is enough to sign in',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cognito_user_pool'],
    attribute: 'software_token_mfa_configuration.0.enabled',
    worse: lost(true),
    reason: 'nobody can use a second factor',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudwatch_metric_alarm'],
    attribute: 'threshold',
    worse: dulled,
    reason: 'it would take more to raise the alarm, which stops production',
  },
  {
    rule: 'drops-protection',
    types: ['aws_cloudwatch_metric_alarm'],
    attribute: 'treat_missing_data',
    worse: not('breaching'),
    reason: 'silence could count as good, and the alarm stops production',
  },
  ...['throttling_burst_limit', 'throttling_rate_limit'].map(
    (limit): WatchedAttribute => ({
      rule: 'drops-protection',
      types: ['aws_apigatewayv2_stage'],
      attribute: `default_route_settings.0.${limit}`,
      worse: loosened,
      whenNew: true,
      reason: 'less would limit how often the API may be asked',
    }),
  ),
  {
    rule: 'widens-iam',
    types: ['aws_cognito_user_pool'],
    attribute: 'admin_create_user_config.0.allow_admin_create_user_only',
    worse: lost(true),
    reason: 'anybody may make an account',
  },
  {
    rule: 'widens-iam',
    types: ['aws_cognito_user_pool_client'],
    attribute: 'write_attributes',
    worse: (_, after) => Array.isArray(after) && after.includes('custom:owner'),
    whenNew: true,
    reason: 'people could choose whose money they see',
  },
  {
    rule: 'widens-iam',
    types: ['aws_apigatewayv2_route'],
    attribute: 'authorization_type',
    worse: not('JWT'),
    whenNew: true,
    reason: 'others than those with a token of the console may ask it',
  },
  {
    rule: 'widens-network',
    types: ['aws_apigatewayv2_integration'],
    attribute: 'integration_type',
    worse: not('AWS_PROXY'),
    whenNew: true,
    reason: "requests, with people's tokens, would go to another server",
  },
  {
    rule: 'widens-network',
    types: ['aws_apigatewayv2_integration'],
    attribute: 'credentials_arn',
    worse: (_, after) => Boolean(after),
    whenNew: true,
    reason: 'the API would start functions that do not permit it',
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
    reason: 'more may connect to its members',
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
    reason: 'whatever starts there gets a public address',
  },
];

/** Resources that may not be made anew, whatever they say. One that is there may be replaced. */
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

/** Resources that let somebody in or do more by being there: no change of them is compared. */
export const grants: Readonly<Record<string, string>> = {
  aws_iam_access_key: 'a key that does not expire',
  aws_iam_group_policy: 'rights of users',
  aws_iam_group_policy_attachment: 'rights of users',
  aws_iam_openid_connect_provider: 'who may sign for roles',
  aws_iam_policy_attachment: 'rights of whom it names',
  aws_iam_role_policy_attachment: 'rights of a role',
  aws_iam_saml_provider: 'who may sign for roles',
  aws_iam_user: 'somebody who can be given a key',
  aws_iam_user_policy: 'rights of a user',
  aws_iam_user_policy_attachment: 'rights of a user',
  aws_kms_grant: 'use of a key beside its policy',
  aws_lambda_permission: 'who may start a function',
};

/** What a resource belongs to: the attribute that names it, its type, and the attributes there that may be that name. */
export interface Belonging {
  readonly by: string;
  readonly type: string;
  readonly names: readonly string[];
}

const toRole: Belonging = { by: 'role', type: 'aws_iam_role', names: ['name', 'id'] };
const toBucket: Belonging = { by: 'bucket', type: 'aws_s3_bucket', names: ['bucket', 'id'] };

/** With what it belongs to it may come (it is new, nothing was reviewed before) and go (nothing is left to guard). */
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
