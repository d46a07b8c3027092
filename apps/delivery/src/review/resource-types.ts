/** Every resource type of the stacks, by what it decides: which of its changes are harmless, and which are refused. */
import type { StageName } from '@centflow/infra/stacks/centflow-stack';
import type { RuleName } from './rules.ts';

/** A type that decides who gets in, what is kept or who hears of it. */
export interface GuardedType {
  /** Ends the message `changes callback_urls, and with it …`. */
  readonly decides: string;
  /** The rule that is broken by a change which nobody has declared harmless, and by `removal` and `addition`. */
  readonly rule: RuleName;
  /**
   * Attributes that may change freely, with everything in them: `timeout`, `default_cache_behavior.0.compress`. What watches
   * and policies compare (rules.ts) needs no entry. Every other attribute needs an exemption to change.
   */
  readonly harmless?: readonly string[];
  /** What is lost by removing one from something that stays. Not set: removing it takes nothing from anybody. */
  readonly removal?: string;
  /** true: replacing it loses the same as removing it. */
  readonly lostWhenReplaced?: true;
  /** What a new one gives to something that exists already. Not set: a new one is judged by the watches and policies alone. */
  readonly addition?: string;
  /** true: AWS keeps one for each owner, so a second one overwrites the first, whatever Terraform knows of it. */
  readonly onlyOne?: true;
  /**
   * Creating one changes another of the same name, if there is one, without an error. Which attribute is the name, and the only
   * stage that has such resources: what exists there, other stacks' plans do not show.
   */
  readonly takesOver?: { readonly by: string; readonly stage: StageName };
}

/** `harmless`: it decides nothing of this, or only what a role's policy allows as well. */
export type ResourceType = GuardedType | 'harmless';

/** Harmless for every type. */
export const alwaysHarmless = ['id', 'tags', 'tags_all', 'description', 'timeouts'];

const queueing = [
  'content_based_deduplication',
  'delay_seconds',
  'kms_data_key_reuse_period_seconds',
  'max_message_size',
  'receive_wait_time_seconds',
  'visibility_timeout_seconds',
];

const ofReaders = { decides: 'who reads the reports, and whose rows', rule: 'widens-iam' } as const;
const ofNetwork = { decides: 'what reaches what in the network', rule: 'widens-network' } as const;

/** A type that is missing here is refused whatever happens to it. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  // Rights. The policies themselves are compared right by right.
  aws_iam_policy: { decides: 'what roles may do', rule: 'widens-iam', harmless: ['name', 'name_prefix', 'path'] },
  aws_iam_role: {
    decides: 'who may take the role, and for how long',
    rule: 'widens-iam',
    harmless: ['force_detach_policies', 'name', 'name_prefix', 'path'],
  },
  aws_iam_role_policy: { decides: 'what the role may do', rule: 'widens-iam', harmless: ['name', 'name_prefix'] },
  aws_kms_alias: { decides: 'which key is used', rule: 'drops-protection' },
  aws_kms_key: { decides: 'who decrypts what is stored', rule: 'drops-protection' },
  aws_kms_key_policy: {
    decides: 'who decrypts what is stored',
    rule: 'widens-iam',
    addition: "a policy in place of the key's own",
  },
  aws_secretsmanager_secret: {
    decides: 'who reads the secret',
    rule: 'drops-protection',
    harmless: ['force_overwrite_replica_secret'],
  },
  aws_secretsmanager_secret_policy: { decides: 'who reads the secret', rule: 'widens-iam', onlyOne: true },

  // What runs, and as whom. Its code and settings are reviewed as code.
  aws_glue_connection: { decides: 'which network the job is in', rule: 'widens-network', harmless: ['name'] },
  aws_glue_crawler: {
    decides: 'whose rights the crawler has',
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
    decides: 'whose rights and which network the job has',
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
    decides: 'which function gets the messages',
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
    removal: 'nothing would take the messages',
  },
  aws_lambda_function: {
    decides: 'whose rights, network and logs the function has, and where its code comes from',
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

  // Who gets in by the console.
  aws_apigatewayv2_api: {
    decides: 'which sites may ask the API, and where it answers',
    rule: 'widens-iam',
    harmless: ['name', 'version'],
  },
  aws_apigatewayv2_authorizer: {
    decides: 'whose tokens the API believes',
    rule: 'widens-iam',
    harmless: ['name'],
    addition: 'somebody whose tokens the API believes',
  },
  aws_apigatewayv2_integration: {
    decides: "who gets people's requests with their tokens",
    rule: 'widens-network',
    harmless: ['timeout_milliseconds'],
  },
  aws_apigatewayv2_route: { decides: 'who may ask what', rule: 'widens-iam', harmless: ['operation_name'] },
  aws_apigatewayv2_stage: {
    decides: 'how often the API may be asked, and what is logged of it',
    rule: 'drops-protection',
    harmless: ['auto_deploy', 'deployment_id', 'default_route_settings.0.detailed_metrics_enabled'],
  },
  aws_cloudfront_distribution: {
    decides: "who gets people's requests, and how they are protected",
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
    decides: 'what browsers refuse to do for other sites',
    rule: 'drops-protection',
    harmless: ['comment', 'etag', 'name'],
    removal: 'browsers would hold the pages to nothing',
  },
  aws_cognito_user_group: { decides: 'who runs the environment', rule: 'widens-iam' },
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
    decides: 'which site gets the sign-ins, and for how long they last',
    rule: 'widens-iam',
    harmless: ['name'],
    addition: 'an application that people can sign in to',
  },
  aws_cognito_user_pool_domain: { decides: 'where people type their password', rule: 'widens-iam' },
  aws_wafv2_web_acl: {
    decides: 'how often an address may ask, and which attacks are refused',
    rule: 'drops-protection',
    removal: 'nothing would limit how often an address may ask',
  },

  // What is stored, and how.
  aws_cloudwatch_log_group: {
    decides: 'what is kept of what was done',
    rule: 'drops-protection',
    removal: 'what was logged is deleted',
    lostWhenReplaced: true,
  },
  aws_db_instance: {
    decides: 'who reaches the database, and what is kept of it',
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
    decides: 'whether connections need TLS, and what is logged of statements',
    rule: 'drops-protection',
  },
  aws_db_subnet_group: { decides: 'which network the database is in', rule: 'widens-network' },
  aws_s3_bucket: { decides: 'who reaches the objects, and how long they are kept', rule: 'drops-protection' },
  aws_s3_bucket_cors_configuration: {
    decides: 'which sites may read and write objects in the name of people',
    rule: 'widens-iam',
    addition: 'sites that may ask the bucket in the name of people',
  },
  aws_s3_bucket_lifecycle_configuration: {
    decides: 'how long objects are kept',
    rule: 'destroys-data',
    onlyOne: true,
    harmless: ['transition_default_minimum_object_size'],
  },
  aws_s3_bucket_notification: {
    decides: 'who learns of uploads',
    rule: 'drops-protection',
    onlyOne: true,
    removal: 'uploads would wait for the sweep',
  },
  aws_s3_bucket_ownership_controls: {
    decides: 'whether objects can have rights of their own',
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
    removal: 'what is overwritten or deleted from then on cannot be had back',
  },
  // Its bucket is judged. Whatever it says of rights, the bucket's ownership controls and public access block refuse.
  aws_s3_object: 'harmless',
  aws_sqs_queue: {
    decides: 'what becomes of messages that wait or fail',
    rule: 'drops-protection',
    harmless: queueing,
    takesOver: { by: 'name', stage: 'load' },
    removal: 'messages that wait in it are deleted',
    lostWhenReplaced: true,
  },
  aws_sqs_queue_policy: { decides: 'who sends to the queue', rule: 'widens-iam', onlyOne: true },

  // The network.
  aws_default_security_group: ofNetwork,
  aws_flow_log: {
    decides: 'what is logged of connections',
    rule: 'drops-protection',
    harmless: ['log_format', 'max_aggregation_interval'],
    removal: 'nobody could tell who connected to what',
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
  aws_vpc_security_group_ingress_rule: { ...ofNetwork, addition: 'a way into a group' },

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
    decides: 'as whom and how the reports ask the database',
    rule: 'widens-iam',
    harmless: ['name'],
  },
  aws_quicksight_theme: { ...ofReaders, harmless: ['base_theme_id', 'configuration', 'name', 'version_description'] },
  aws_quicksight_vpc_connection: { ...ofNetwork, harmless: ['name'] },

  // Who hears that something is wrong.
  aws_budgets_budget: {
    decides: 'who is told what the environment costs',
    rule: 'drops-protection',
    harmless: ['limit_amount', 'name'],
    removal: 'nobody would be told what the environment costs',
  },
  aws_cloudwatch_dashboard: 'harmless',
  aws_cloudwatch_event_rule: {
    decides: 'what people are told',
    rule: 'drops-protection',
    harmless: ['name'],
    takesOver: { by: 'name', stage: 'watch' },
    removal: 'nobody would be told',
  },
  aws_cloudwatch_event_target: {
    decides: 'who is told',
    rule: 'drops-protection',
    harmless: ['input', 'input_path', 'input_transformer', 'retry_policy'],
    removal: 'nobody would be told',
  },
  aws_cloudwatch_metric_alarm: {
    decides: 'what is watched, and who is told',
    rule: 'drops-protection',
    harmless: ['alarm_description'],
    takesOver: { by: 'alarm_name', stage: 'watch' },
    removal: 'nobody would be told',
  },
  aws_sns_topic: {
    decides: 'who is told',
    rule: 'drops-protection',
    harmless: ['display_name'],
    takesOver: { by: 'name', stage: 'watch' },
    removal: 'nobody would be told',
    lostWhenReplaced: true,
  },
  aws_sns_topic_policy: { decides: 'who sends to the topic', rule: 'widens-iam', onlyOne: true },
  aws_sns_topic_subscription: {
    decides: 'who is told',
    rule: 'drops-protection',
    addition: 'somebody who is told',
    removal: 'somebody would not be told any more',
  },
};
