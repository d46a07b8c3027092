/** What a plan may not do without an exemption that names it: rules as data. */

/** Each rule, and why it is there. */
export const rules = {
  'destroys-data': 'What was stored is lost, and no later apply brings it back.',
  'drops-protection': 'The next mistake would find nothing that stops it.',
  'widens-iam': 'More may be done, or by others, than was reviewed when the policy was written.',
  'widens-network': 'More of the world reaches the network, or is reached from it.',
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
  readonly worse: (before: unknown, after: unknown) => boolean;
  /** true: something new may not begin with it either. */
  readonly whenNew?: boolean;
  readonly reason: string;
}

const lost = (value: unknown) => (before: unknown, after: unknown) => before === value && after !== value;
const gained = (value: unknown) => (before: unknown, after: unknown) => before !== value && after === value;
const shortened = (before: unknown, after: unknown) => typeof before === 'number' && before > Number(after ?? 0);
const toNone = (before: unknown, after: unknown) => Number(before ?? 0) > 0 && Number(after ?? 0) === 0;
const opened = (before: unknown, after: unknown) => before !== false && after !== true;

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
    worse: toNone,
    reason: 'RDS deletes the automated backups that there are, and makes no more',
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
    worse: lost(true),
    reason: 'data would lie in clear text',
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
    worse: (before, after) => Boolean(before) && !after,
    reason: 'nothing would limit how often an address may ask, or refuse known attacks',
  },
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
    worse: gained('NONE'),
    whenNew: true,
    reason: 'anybody may ask it',
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
  {
    rule: 'widens-network',
    types: ['aws_instance', 'aws_launch_template'],
    attribute: 'associate_public_ip_address',
    worse: gained(true),
    whenNew: true,
    reason: 'it gets a public address',
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
  aws_iam_role_policy: toRole,
  aws_iam_role_policy_attachment: toRole,
  aws_kms_key_policy: { by: 'key_id', type: 'aws_kms_key', names: ['key_id', 'id', 'arn'] },
  aws_lambda_permission: { by: 'function_name', type: 'aws_lambda_function', names: ['function_name', 'arn'] },
  aws_s3_bucket_lifecycle_configuration: toBucket,
  aws_s3_bucket_policy: toBucket,
  aws_s3_bucket_public_access_block: toBucket,
  aws_s3_bucket_server_side_encryption_configuration: toBucket,
  aws_s3_bucket_versioning: toBucket,
  aws_secretsmanager_secret_policy: { by: 'secret_arn', type: 'aws_secretsmanager_secret', names: ['arn', 'id'] },
  aws_sns_topic_policy: { by: 'arn', type: 'aws_sns_topic', names: ['arn', 'id'] },
  aws_sqs_queue_policy: { by: 'queue_url', type: 'aws_sqs_queue', names: ['url', 'id'] },
};

/** Guards that may not be taken away from what stays. */
export const guards: Readonly<Record<string, { readonly rule: RuleName; readonly reason: string }>> = {
  aws_s3_bucket_public_access_block: { rule: 'drops-protection', reason: 'a bucket could be made public' },
  aws_s3_bucket_server_side_encryption_configuration: {
    rule: 'drops-protection',
    reason: "new objects would not be encrypted with the environment's key",
  },
  aws_s3_bucket_versioning: {
    rule: 'destroys-data',
    reason: 'what is overwritten or deleted from then on cannot be had back',
  },
};
