/**
 * Lists all resource types of the stacks, what each type controls, and which changes are harmless. Other changes are
 * refused.
 */
import type { StageName } from '@centflow/infra/stacks/centflow-stack';
import type { RuleName } from './rules.ts';

/** A type that decides about access, retention or notifications. */
export interface GuardedType {
  /** A noun phrase that completes the message `changes callback_urls, and with it …`. */
  readonly decides: string;
  /**
   * The rule that a change violates unless the change is declared harmless. A `removal` or an `addition` violates the
   * same rule.
   */
  readonly rule: RuleName;
  /**
   * Attributes that may change freely, such as `timeout` or `default_cache_behavior.0.compress`, including nested ones. Attributes
   * that rules.ts compares need no entry. Every other change needs an exemption.
   */
  readonly harmless?: readonly string[];
  /** The effect of removing a resource of this type while its owner stays. Not set if a removal has no effect. */
  readonly removal?: string;
  /** Whether a replacement has the same effect as a removal. */
  readonly lostWhenReplaced?: true;
  /**
   * The effect of a new resource on an existing owner. If not set, only rules.ts and the policies judge a new resource.
   */
  readonly addition?: string;
  /**
   * Whether AWS stores only one such resource per owner. A second resource overwrites the first, even if Terraform does
   * not know the first.
   */
  readonly onlyOne?: true;
  /**
   * Set if creating a resource silently overwrites an existing resource with the same name. `by` is the attribute with
   * the name. Only `stage` may contain resources of this type, because a plan does not show the existing resources of
   * other stacks.
   */
  readonly takesOver?: { readonly by: string; readonly stage: StageName };
}

/**
 * `harmless` means that the type decides nothing about access, retention or notifications, or only things that the
 * policy of a role allows anyway.
 */
export type ResourceType = GuardedType | 'harmless';

/** Attributes that are harmless in every type. */
export const alwaysHarmless = ['id', 'tags', 'tags_all', 'description', 'timeouts'];

const queueing = [
  'content_based_deduplication',
  'delay_seconds',
  'kms_data_key_reuse_period_seconds',
  'max_message_size',
  'receive_wait_time_seconds',
  'visibility_timeout_seconds',
];

const ofReaders = { decides: 'who reads the reports, and which rows they show', rule: 'widens-iam' } as const;
const ofNetwork = { decides: 'which connections the network allows', rule: 'widens-network' } as const;

/** Every change of a type that is not in this list is refused. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  // Permissions. Policies are compared permission by permission.
  aws_iam_policy: { decides: 'the rights of roles', rule: 'widens-iam', harmless: ['name', 'name_prefix', 'path'] },
  aws_iam_role: {
    decides: 'who may assume the role, and for how long',
    rule: 'widens-iam',
    harmless: ['force_detach_policies', 'name', 'name_prefix', 'path'],
  },
  aws_iam_role_policy: { decides: 'the rights of the role', rule: 'widens-iam', harmless: ['name', 'name_prefix'] },
  aws_kms_alias: { decides: 'which key is used', rule: 'drops-protection' },
  aws_kms_key: { decides: 'who can decrypt stored data', rule: 'drops-protection' },
  aws_kms_key_policy: {
    decides: 'who can decrypt stored data',
    rule: 'widens-iam',
    addition: "a policy that replaces the key's existing policy",
  },
  aws_secretsmanager_secret: {
    decides: 'who reads the secret',
    rule: 'drops-protection',
    harmless: ['force_overwrite_replica_secret'],
  },
  aws_secretsmanager_secret_policy: { decides: 'who reads the secret', rule: 'widens-iam', onlyOne: true },

  // Resources that run code, and their roles. Their code and settings are reviewed as code.
  aws_glue_connection: { decides: 'which network the job is in', rule: 'widens-network', harmless: ['name'] },
  aws_glue_crawler: {
    decides: 'the rights of the crawler',
    rule: 'widens-iam',
    harmless: [
      'catalog_target',
      'classifiers',
      'configuration',
      'database_name',
      'name',
      'recrawl_policy',
      'schedule',
      'schema_change_policy',
      'table_prefix',
    ],
  },
  aws_glue_job: {
    decides: 'the rights and the network of the job',
    rule: 'widens-iam',
    harmless: [
      'command',
      'default_arguments',
      'execution_class',
      'execution_property',
      'glue_version',
      'job_run_queuing_enabled',
      'maintenance_window',
      'max_capacity',
      'max_retries',
      'name',
      'notification_property',
      'number_of_workers',
      'timeout',
      'worker_type',
    ],
  },
  aws_glue_security_configuration: { decides: "how the job's data and logs are encrypted", rule: 'drops-protection' },
  aws_lambda_event_source_mapping: {
    decides: 'which function receives the messages',
    rule: 'widens-iam',
    harmless: [
      'batch_size',
      'bisect_batch_on_function_error',
      'enabled',
      'filter_criteria',
      'function_response_types',
      'maximum_batching_window_in_seconds',
      'maximum_record_age_in_seconds',
      'maximum_retry_attempts',
      'metrics_config',
      'scaling_config',
    ],
    onlyOne: true,
    removal: 'nothing would process the messages',
  },
  aws_lambda_function: {
    decides: 'the rights, network and logs of the function, and the source of its code',
    rule: 'widens-iam',
    harmless: [
      'architectures',
      'environment',
      'ephemeral_storage',
      'filename',
      'handler',
      'logging_config.0.application_log_level',
      'logging_config.0.log_format',
      'logging_config.0.system_log_level',
      'memory_size',
      'publish',
      'reserved_concurrent_executions',
      'runtime',
      's3_key',
      's3_object_version',
      'skip_destroy',
      'snap_start',
      'source_code_hash',
      'timeout',
      'tracing_config',
    ],
  },
  aws_lambda_invocation: 'harmless',
  terraform_data: 'harmless',

  // Access to the console.
  aws_apigatewayv2_api: {
    decides: 'which sites may call the API, and under which address',
    rule: 'widens-iam',
    harmless: ['name', 'version'],
  },
  aws_apigatewayv2_authorizer: {
    decides: 'whose tokens the API accepts',
    rule: 'widens-iam',
    harmless: ['name'],
    addition: 'an issuer whose tokens the API accepts',
  },
  aws_apigatewayv2_integration: {
    decides: "who receives users' requests and tokens",
    rule: 'widens-network',
    harmless: ['timeout_milliseconds'],
  },
  aws_apigatewayv2_route: { decides: 'who may call which route', rule: 'widens-iam', harmless: ['operation_name'] },
  aws_apigatewayv2_stage: {
    decides: 'the rate limits and the logs of the API',
    rule: 'drops-protection',
    harmless: ['auto_deploy', 'deployment_id', 'default_route_settings.0.detailed_metrics_enabled'],
  },
  aws_cloudfront_distribution: {
    decides: "who receives users' requests, and how they are protected",
    rule: 'drops-protection',
    harmless: [
      'comment',
      'default_cache_behavior.0.compress',
      'default_root_object',
      'http_version',
      'is_ipv6_enabled',
      'price_class',
      'retain_on_delete',
      'wait_for_deployment',
    ],
  },
  aws_cloudfront_function: 'harmless',
  aws_cloudfront_origin_access_control: {
    decides: 'who may read the bucket of pages',
    rule: 'widens-iam',
    harmless: ['name'],
  },
  aws_cloudfront_response_headers_policy: {
    decides: 'the security headers of the pages',
    rule: 'drops-protection',
    harmless: ['comment', 'etag', 'name'],
    removal: 'the pages would have no security headers',
  },
  aws_cognito_user_group: { decides: 'who is an operator of the environment', rule: 'widens-iam' },
  aws_cognito_user_pool: {
    decides: 'who may sign in, and how',
    rule: 'widens-iam',
    harmless: [
      'email_verification_message',
      'email_verification_subject',
      'sms_authentication_message',
      'sms_verification_message',
      'verification_message_template',
    ],
  },
  aws_cognito_user_pool_client: {
    decides: 'which site receives sign-ins, and how long they are valid',
    rule: 'widens-iam',
    harmless: ['name'],
    addition: 'an application to which users can sign in',
  },
  aws_cognito_user_pool_domain: { decides: 'the address at which users enter their password', rule: 'widens-iam' },
  aws_wafv2_web_acl: {
    decides: 'the rate limit per address, and which attacks are blocked',
    rule: 'drops-protection',
    removal: 'there would be no rate limit per address',
  },

  // Storage.
  aws_cloudwatch_log_group: {
    decides: 'which logs are kept, and for how long',
    rule: 'drops-protection',
    removal: 'the logs are deleted',
    lostWhenReplaced: true,
  },
  aws_db_instance: {
    decides: 'who reaches the database, and which backups are kept',
    rule: 'drops-protection',
    harmless: [
      'allocated_storage',
      'allow_major_version_upgrade',
      'apply_immediately',
      'auto_minor_version_upgrade',
      'backup_window',
      'copy_tags_to_snapshot',
      'database_insights_mode',
      'engine_version',
      'final_snapshot_identifier',
      'instance_class',
      'iops',
      'maintenance_window',
      'max_allocated_storage',
      'monitoring_interval',
      'performance_insights_enabled',
      'performance_insights_retention_period',
      'storage_throughput',
      'storage_type',
    ],
  },
  aws_db_parameter_group: {
    decides: 'whether connections need TLS, and which statements are logged',
    rule: 'drops-protection',
  },
  aws_db_subnet_group: { decides: 'which network the database is in', rule: 'widens-network' },
  aws_s3_bucket: { decides: 'who reaches the objects, and how long they are kept', rule: 'drops-protection' },
  aws_s3_bucket_cors_configuration: {
    decides: 'which sites may read and write objects on behalf of users',
    rule: 'widens-iam',
    addition: 'sites that may use the bucket on behalf of users',
  },
  aws_s3_bucket_lifecycle_configuration: {
    decides: 'how long objects are kept',
    rule: 'destroys-data',
    onlyOne: true,
    harmless: ['transition_default_minimum_object_size'],
  },
  aws_s3_bucket_notification: {
    decides: 'who is notified of uploads',
    rule: 'drops-protection',
    onlyOne: true,
    removal: 'uploads would wait for the sweep',
  },
  aws_s3_bucket_ownership_controls: {
    decides: 'whether single objects can have their own permissions',
    rule: 'drops-protection',
    onlyOne: true,
    removal: 'objects could be made public one by one',
  },
  aws_s3_bucket_policy: { decides: 'who reaches the objects', rule: 'widens-iam', onlyOne: true },
  aws_s3_bucket_public_access_block: {
    decides: 'whether the bucket can be made public',
    rule: 'drops-protection',
    onlyOne: true,
    removal: 'a bucket could be made public',
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    decides: 'how new objects are encrypted',
    rule: 'drops-protection',
    onlyOne: true,
    removal: "new objects would not be encrypted with the environment's key",
  },
  aws_s3_bucket_versioning: {
    decides: 'whether old versions are kept',
    rule: 'destroys-data',
    onlyOne: true,
    removal: 'overwritten or deleted objects can no longer be restored',
  },
  // The object's bucket is judged instead. The bucket's ownership controls and public access block overrule permissions
  // of single objects.
  aws_s3_object: 'harmless',
  aws_sqs_queue: {
    decides: 'what happens to messages that wait or fail',
    rule: 'drops-protection',
    harmless: queueing,
    takesOver: { by: 'name', stage: 'load' },
    removal: 'its waiting messages are deleted',
    lostWhenReplaced: true,
  },
  aws_sqs_queue_policy: { decides: 'who sends to the queue', rule: 'widens-iam', onlyOne: true },

  // The network.
  aws_default_security_group: ofNetwork,
  aws_flow_log: {
    decides: 'which connections are logged',
    rule: 'drops-protection',
    harmless: ['log_format', 'max_aggregation_interval'],
    removal: 'connections would not be logged',
  },
  aws_route_table: ofNetwork,
  aws_route_table_association: ofNetwork,
  aws_security_group: ofNetwork,
  aws_subnet: ofNetwork,
  aws_vpc: { ...ofNetwork, harmless: ['enable_network_address_usage_metrics'] },
  aws_vpc_endpoint: {
    ...ofNetwork,
    harmless: [
      'dns_options',
      'ip_address_type',
      'private_dns_enabled',
      'route_table_ids',
      'subnet_configuration',
      'subnet_ids',
    ],
  },
  aws_vpc_security_group_egress_rule: ofNetwork,
  aws_vpc_security_group_ingress_rule: { ...ofNetwork, addition: 'a rule that lets traffic into a security group' },

  // The catalog and the reports.
  aws_cloudformation_stack: { ...ofReaders, addition: 'a template that can create anything' },
  aws_glue_catalog_database: 'harmless',
  aws_glue_catalog_table: 'harmless',
  aws_glue_trigger: {
    decides: 'whether the sweep runs, which finds uploads whose messages were lost',
    rule: 'drops-protection',
    harmless: ['name', 'schedule'],
    removal: 'uploads whose messages were lost would never be loaded',
  },
  aws_quicksight_analysis: {
    ...ofReaders,
    harmless: ['definition', 'name', 'parameters', 'recovery_window_in_days', 'theme_arn'],
  },
  aws_quicksight_dashboard: {
    ...ofReaders,
    harmless: ['dashboard_publish_options', 'definition', 'name', 'parameters', 'theme_arn', 'version_description'],
  },
  aws_quicksight_data_set: {
    ...ofReaders,
    harmless: [
      'column_groups',
      'field_folders',
      'import_mode',
      'logical_table_map',
      'name',
      'physical_table_map',
      'refresh_properties',
    ],
  },
  aws_quicksight_data_source: {
    decides: 'with which user and how the reports query the database',
    rule: 'widens-iam',
    harmless: ['name'],
  },
  aws_quicksight_theme: { ...ofReaders, harmless: ['base_theme_id', 'configuration', 'name', 'version_description'] },
  aws_quicksight_vpc_connection: { ...ofNetwork, harmless: ['name'] },

  // Notifications.
  aws_budgets_budget: {
    decides: 'who is notified of the costs',
    rule: 'drops-protection',
    harmless: ['limit_amount', 'name'],
    removal: 'nobody would be notified of the costs',
  },
  aws_cloudwatch_dashboard: 'harmless',
  aws_cloudwatch_event_rule: {
    decides: 'the content of notifications',
    rule: 'drops-protection',
    harmless: ['name'],
    takesOver: { by: 'name', stage: 'watch' },
    removal: 'nobody would be notified',
  },
  aws_cloudwatch_event_target: {
    decides: 'who is notified',
    rule: 'drops-protection',
    harmless: ['input', 'input_path', 'input_transformer', 'retry_policy'],
    removal: 'nobody would be notified',
  },
  aws_cloudwatch_metric_alarm: {
    decides: 'what is monitored, and who is notified',
    rule: 'drops-protection',
    harmless: ['alarm_description'],
    takesOver: { by: 'alarm_name', stage: 'watch' },
    removal: 'nobody would be notified',
  },
  aws_sns_topic: {
    decides: 'who is notified',
    rule: 'drops-protection',
    harmless: ['display_name'],
    takesOver: { by: 'name', stage: 'watch' },
    removal: 'nobody would be notified',
    lostWhenReplaced: true,
  },
  aws_sns_topic_policy: { decides: 'who sends to the topic', rule: 'widens-iam', onlyOne: true },
  aws_sns_topic_subscription: {
    decides: 'who is notified',
    rule: 'drops-protection',
    addition: 'a recipient of notifications',
    removal: 'a recipient would get no more notifications',
  },
};
