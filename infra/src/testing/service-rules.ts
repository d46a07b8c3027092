/**
 * Limits and restrictions of AWS's services as data. Neither Terraform nor an emulator checks them.
 *
 * Each rule checks the synthesised stacks. Each rule must also find the fault in its example, which proves that the
 * rule works.
 */
import type { Attributes, Resource } from './synthesised.ts';

/** A resource of an example, with the attributes that the rule reads. */
export interface ExampleResource {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Attributes;
}

export interface ServiceRule {
  readonly service: string;
  /** The behaviour of the service, as a sentence. */
  readonly rule: string;
  /** The page of the AWS documentation. */
  readonly source: string;
  /** Returns the faults in one stack, each with the address of the resource. */
  readonly find: (stack: readonly Resource[]) => string[];
  /** A stack that breaks the rule. */
  readonly example: readonly ExampleResource[];
}

type Judge = (attributes: Attributes, stack: readonly Resource[]) => string | boolean | undefined;

/** Applies a check to each resource of a type: `judge` returns a description of the fault, or true. */
function each(type: string, judge: Judge): ServiceRule['find'] {
  return (stack) =>
    stack
      .filter((resource) => resource.type === type)
      .flatMap(({ address, attributes }) => {
        const fault = judge(attributes, stack);
        if (fault === undefined || fault === false || fault === '') return [];
        return [fault === true ? address : `${address}: ${fault}`];
      });
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const list = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Item[]) : [value as Item];
/** Returns Terraform blocks as a list, because a single block may be written without a list. */
const blocks = (value: unknown): readonly Attributes[] => list(value as Attributes | readonly Attributes[] | undefined);
const statementsOf = ({ policy }: Attributes): readonly Statement[] =>
  (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;
const ofService = (service: string) => (statement: Statement) =>
  statement.Effect === 'Allow' && list(statement.Principal?.Service).includes(service);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const isKnown = (value: unknown): value is string => typeof value === 'string' && !value.includes('${');
const beyond = (value: unknown, pattern: RegExp): string | undefined =>
  isKnown(value) && !pattern.test(value) ? `"${value}"` : undefined;

/** Requires an attribute of a type to match a pattern, unless Terraform evaluates it. */
const wording = (type: string, attribute: string, pattern: RegExp) =>
  each(type, (attributes) => beyond(attributes[attribute], pattern));

const topicPolicy = (statement: object): ExampleResource => ({
  type: 'aws_sns_topic_policy',
  attributes: { policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sns:Publish', ...statement }] }) },
});

const GLUE_ARGUMENTS = 'https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html';
const reservedByGlue = ['--debug', '--mode', '--JOB_NAME', '--endpoint'];
const reservedIn = (jobArguments: unknown) =>
  Object.keys((jobArguments ?? {}) as Attributes)
    .filter((name) => reservedByGlue.includes(name))
    .join(', ');

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reservedByLambda =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_\w+|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

const minutesOfUnit: Readonly<Record<string, number>> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1440 };
/** Cognito uses these units by default. */
const defaultUnit: Readonly<Record<string, string>> = {
  access_token: 'hours',
  id_token: 'hours',
  refresh_token: 'days',
};

const minutesOf = (clock: string) => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const DAY = 24 * 60;

/** Returns whether RDS's daily and weekly windows overlap. Either window may cross midnight. */
function windowsOverlap(daily: string, weekly: string): boolean {
  const [from = Number.NaN, to = Number.NaN] = daily.split('-').map(minutesOf);
  const [begin = Number.NaN, end = Number.NaN] = weekly.split('-').map((moment) => {
    const day = days.indexOf(moment.slice(0, 3));
    return day < 0 ? Number.NaN : day * DAY + minutesOf(moment.slice(4));
  });
  const minutes = (first: number, last: number, round: number) =>
    Array.from({ length: (last - first + round) % round }, (_, passed) => (first + passed) % round);
  if (Number.isNaN(begin) || Number.isNaN(end)) return true;
  const backedUp = new Set(minutes(from, to, DAY));
  return minutes(begin, end, 7 * DAY).some((minute) => backedUp.has(minute % DAY));
}

export const serviceRules: readonly ServiceRule[] = [
  {
    service: 'SNS',
    rule: 'EventBridge cannot publish to a topic whose policy has a condition for it.',
    source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions',
    find: each('aws_sns_topic_policy', (attributes) =>
      statementsOf(attributes)
        .filter(ofService('events.amazonaws.com'))
        .some(({ Condition }) => Condition !== undefined),
    ),
    example: [
      topicPolicy({
        Principal: { Service: ['events.amazonaws.com'] },
        Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:111122223333:rule/a' } },
      }),
    ],
  },
  {
    service: 'AWS Budgets',
    rule: 'Budgets publishes with the source arn:aws:budgets::<account>:*, not with a single budget.',
    source: 'https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html',
    find: each('aws_sns_topic_policy', (attributes) =>
      statementsOf(attributes)
        .filter(ofService('budgets.amazonaws.com'))
        .flatMap(({ Condition }) => Object.values(Condition ?? {}).flatMap((keys) => list(keys['aws:SourceArn'])))
        .filter((arn) => !/^arn:aws:budgets::\d{12}:\*$/.test(arn))
        .join(', '),
    ),
    example: [
      topicPolicy({
        Principal: { Service: ['budgets.amazonaws.com'] },
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:budgets::111122223333:budget/a' } },
      }),
    ],
  },
  {
    service: 'Glue',
    rule: 'Glue queues only runs of jobs without retries.',
    source: 'https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html',
    find: each('aws_glue_job', ({ job_run_queuing_enabled: queues, max_retries: retries }) =>
      queues && Number(retries ?? 0) > 0 ? `max_retries is ${retries}` : undefined,
    ),
    example: [{ type: 'aws_glue_job', attributes: { job_run_queuing_enabled: true, max_retries: 1 } }],
  },
  {
    service: 'Glue',
    rule: `Glue reserves the arguments ${reservedByGlue.join(', ')}, so a job must not use them.`,
    source: GLUE_ARGUMENTS,
    find: each('aws_glue_job', ({ default_arguments: defaults }) => reservedIn(defaults)),
    example: [{ type: 'aws_glue_job', attributes: { default_arguments: { '--mode': 'sweep' } } }],
  },
  {
    service: 'Glue',
    rule: 'A trigger must not pass arguments that Glue reserves.',
    source: GLUE_ARGUMENTS,
    find: each('aws_glue_trigger', ({ actions }) =>
      blocks(actions)
        .map(({ arguments: jobArguments }) => reservedIn(jobArguments))
        .filter(Boolean)
        .join(', '),
    ),
    example: [{ type: 'aws_glue_trigger', attributes: { actions: [{ arguments: { '--mode': 'sweep' } }] } }],
  },
  {
    service: 'Glue',
    rule: 'A job needs at least two G.1X workers, with or without auto scaling.',
    source: 'https://docs.aws.amazon.com/glue/latest/dg/add-job.html',
    find: each('aws_glue_job', ({ number_of_workers: workers }) => Number(workers) < 2),
    example: [{ type: 'aws_glue_job', attributes: { number_of_workers: 1 } }],
  },
  {
    service: 'Glue',
    rule: 'The timeout of a job is less than 7 days (10,080 minutes).',
    source: 'https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-job.html',
    find: each('aws_glue_job', ({ timeout }) => Number(timeout ?? 480) >= 10_080),
    example: [{ type: 'aws_glue_job', attributes: { timeout: 10_080 } }],
  },
  {
    service: 'RDS',
    rule: 'RDS does not support read replicas of an instance whose master password it manages.',
    source:
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations',
    find: each('aws_db_instance', ({ replicate_source_db: source }, stack) =>
      stack.some(
        ({ type, id, attributes }) =>
          type === 'aws_db_instance' &&
          attributes.manage_master_user_password === true &&
          (text(source) === attributes.identifier || text(source).includes(`aws_db_instance.${id}.`)),
      ),
    ),
    example: [
      { type: 'aws_db_instance', id: 'main', attributes: { manage_master_user_password: true } },
      {
        type: 'aws_db_instance',
        id: 'copy',
        attributes: { replicate_source_db: `\${aws_db_instance.main.identifier}` },
      },
    ],
  },
  {
    service: 'RDS',
    rule: 'The backup window and the maintenance window must not overlap.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html',
    find: each(
      'aws_db_instance',
      ({ backup_window: backup, maintenance_window: maintenance }) =>
        isKnown(backup) && isKnown(maintenance) && windowsOverlap(backup, maintenance),
    ),
    example: [
      {
        type: 'aws_db_instance',
        attributes: { backup_window: '23:30-00:30', maintenance_window: 'sun:00:00-sun:01:00' },
      },
    ],
  },
  {
    service: 'RDS',
    rule: 'The maximum storage is at least 10 % above the allocated storage.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html',
    find: each(
      'aws_db_instance',
      ({ allocated_storage: now, max_allocated_storage: most }) =>
        most !== undefined && Number(most) < Number(now) * 1.1,
    ),
    example: [{ type: 'aws_db_instance', attributes: { allocated_storage: 100, max_allocated_storage: 105 } }],
  },
  {
    service: 'RDS',
    rule: 'Database Insights keeps 7 days in the standard mode and 465 in the advanced one.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.TurningOnAdvanced.html',
    find: each(
      'aws_db_instance',
      ({ database_insights_mode: mode, performance_insights_retention_period: kept }) =>
        mode !== undefined && Number(kept) !== (mode === 'advanced' ? 465 : 7),
    ),
    example: [
      {
        type: 'aws_db_instance',
        attributes: { database_insights_mode: 'advanced', performance_insights_retention_period: 7 },
      },
    ],
  },
  {
    service: 'RDS',
    rule: 'Names of instances and groups consist of lower-case letters, digits and single hyphens.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints',
    find: (stack) => [
      ...wording('aws_db_instance', 'identifier', /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/)(stack),
      ...wording('aws_db_subnet_group', 'name', /^(?!default$)[a-z0-9 ._-]{1,255}$/)(stack),
      ...wording('aws_db_parameter_group', 'name', /^[a-z](?!.*--)[a-z0-9-]{0,253}[a-z0-9]$/)(stack),
    ],
    example: [{ type: 'aws_db_instance', attributes: { identifier: 'Centflow--dev' } }],
  },
  {
    service: 'Lambda',
    rule: 'Lambda rejects functions with reserved environment variables.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime',
    find: each('aws_lambda_function', ({ environment }) =>
      Object.keys((environment as { variables?: Attributes } | undefined)?.variables ?? {})
        .filter((name) => reservedByLambda.test(name) || !/^[a-zA-Z]\w+$/.test(name))
        .join(', '),
    ),
    example: [{ type: 'aws_lambda_function', attributes: { environment: { variables: { AWS_REGION: 'eu-west-1' } } } }],
  },
  {
    service: 'Lambda',
    rule: 'A function runs for up to 900 s with 128 to 10,240 MB, and its description has up to 256 characters.',
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html',
    find: each(
      'aws_lambda_function',
      ({ timeout, memory_size: memory, description }) =>
        Number(timeout ?? 3) > 900 ||
        Number(memory ?? 128) < 128 ||
        Number(memory ?? 128) > 10_240 ||
        text(description).length > 256,
    ),
    example: [{ type: 'aws_lambda_function', attributes: { timeout: 901 } }],
  },
  {
    service: 'Lambda',
    rule: 'The environment variables of a function have up to 4 KB in total.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    find: each(
      'aws_lambda_function',
      ({ environment }) =>
        JSON.stringify((environment as { variables?: Attributes } | undefined)?.variables ?? {}).length > 4096,
    ),
    example: [{ type: 'aws_lambda_function', attributes: { environment: { variables: { CA: 'a'.repeat(4096) } } } }],
  },
  {
    service: 'Lambda',
    rule: 'A queue must hide a message for at least the timeout of its function.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
    find: each('aws_lambda_event_source_mapping', ({ event_source_arn: from, function_name: to }, stack) => {
      const named = (type: string, reference: unknown) =>
        stack.find((other) => other.type === type && text(reference).includes(`${type}.${other.id}.`));
      const queue = named('aws_sqs_queue', from)?.attributes;
      const consumer = named('aws_lambda_function', to)?.attributes;
      if (queue === undefined || consumer === undefined) return undefined;
      return Number(queue.visibility_timeout_seconds ?? 30) < Number(consumer.timeout ?? 3);
    }),
    example: [
      { type: 'aws_sqs_queue', id: 'queue', attributes: { visibility_timeout_seconds: 30 } },
      { type: 'aws_lambda_function', id: 'consumer', attributes: { timeout: 60 } },
      {
        type: 'aws_lambda_event_source_mapping',
        attributes: {
          event_source_arn: `\${aws_sqs_queue.queue.arn}`,
          function_name: `\${aws_lambda_function.consumer.arn}`,
        },
      },
    ],
  },
  {
    service: 'Lambda',
    rule: 'A mapping of a queue allows up to 10,000 messages, more than 10 only with a window, and a concurrency of at least 2.',
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html',
    find: each(
      'aws_lambda_event_source_mapping',
      ({ batch_size: size, maximum_batching_window_in_seconds: window, scaling_config: scaling }) => {
        const most = (scaling as { maximum_concurrency?: number } | undefined)?.maximum_concurrency ?? 2;
        return Number(size) > 10_000 || (Number(size) > 10 && !(Number(window) >= 1)) || most < 2 || most > 1000;
      },
    ),
    example: [{ type: 'aws_lambda_event_source_mapping', attributes: { batch_size: 1000 } }],
  },
  {
    service: 'SQS',
    rule: 'A queue keeps messages for up to 14 days, hides them for up to 12 hours, and allows 1 to 1,000 receives.',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html',
    find: each('aws_sqs_queue', (attributes) => {
      const redrive = text(attributes.redrive_policy).match(/"maxReceiveCount":\s*(\d+)/)?.[1];
      return (
        Number(attributes.message_retention_seconds ?? 345_600) > 1_209_600 ||
        Number(attributes.visibility_timeout_seconds ?? 30) > 43_200 ||
        (redrive !== undefined && (Number(redrive) < 1 || Number(redrive) > 1000))
      );
    }),
    example: [{ type: 'aws_sqs_queue', attributes: { redrive_policy: '{"maxReceiveCount":1001}' } }],
  },
  {
    service: 'CloudWatch',
    rule: 'An alarm evaluates up to one day, or up to seven days if its periods are an hour or longer.',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html',
    find: each('aws_cloudwatch_metric_alarm', ({ period, evaluation_periods: periods, metric_query: queries }) => {
      const inQueries = blocks(queries).map(({ metric }) =>
        Number((metric as { period?: number } | undefined)?.period ?? 0),
      );
      const seconds = Math.max(Number(period ?? 0), ...inQueries);
      return seconds * Number(periods) > (seconds >= 3600 ? 7 : 1) * 86_400;
    }),
    example: [{ type: 'aws_cloudwatch_metric_alarm', attributes: { period: 300, evaluation_periods: 300 } }],
  },
  {
    service: 'CloudWatch',
    rule: 'The description of an alarm has up to 1,024 characters.',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html',
    find: each('aws_cloudwatch_metric_alarm', ({ alarm_description: words }) => text(words).length > 1024),
    example: [{ type: 'aws_cloudwatch_metric_alarm', attributes: { alarm_description: 'a'.repeat(1025) } }],
  },
  {
    service: 'CloudWatch Logs',
    rule: 'The name of a log group has up to 512 letters, digits and characters of _-/.#, and does not begin with aws/.',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html',
    find: wording('aws_cloudwatch_log_group', 'name', /^(?!aws\/)[.\-_/#A-Za-z0-9]{1,512}$/),
    example: [{ type: 'aws_cloudwatch_log_group', attributes: { name: 'aws/lambda/a' } }],
  },
  {
    service: 'IAM',
    rule: 'The description of a role or a policy has up to 1,000 Latin-1 characters.',
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html',
    find: (stack) =>
      ['aws_iam_role', 'aws_iam_policy'].flatMap((type) =>
        wording(type, 'description', /^[\t\n\r\x20-\x7E\xA1-\xFF]{0,1000}$/)(stack),
      ),
    example: [{ type: 'aws_iam_role', attributes: { description: 'GitHub’s workflows' } }],
  },
  {
    service: 'IAM',
    rule: 'The name of a role has up to 64 characters, that of a policy up to 128.',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    find: (stack) => [
      ...wording('aws_iam_role', 'name', /^[\w+=,.@-]{1,64}$/)(stack),
      ...wording('aws_iam_policy', 'name', /^[\w+=,.@-]{1,128}$/)(stack),
    ],
    example: [{ type: 'aws_iam_role', attributes: { name: 'a'.repeat(65) } }],
  },
  {
    service: 'S3',
    rule: 'The name of a bucket has 3 to 63 lower-case letters, digits and hyphens, and no reserved prefix or suffix.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
    find: wording(
      'aws_s3_bucket',
      'bucket',
      /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    ),
    example: [{ type: 'aws_s3_bucket', attributes: { bucket: 'sthree-uploads' } }],
  },
  {
    service: 'S3',
    rule: 'A deletion in a versioned bucket keeps the bytes, so each prefix of people’s data needs a rule for old versions.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html',
    find: each('aws_s3_bucket_lifecycle_configuration', ({ bucket, rule }) => {
      if (!text(bucket).includes('uploads')) return undefined;
      const ended = blocks(rule)
        .filter(({ noncurrent_version_expiration: old }) => old !== undefined)
        .map(({ filter }) => text(blocks(filter)[0]?.prefix));
      return ['raw/', 'manifests/', 'templates/'].filter((prefix) => !ended.includes(prefix)).join(', ');
    }),
    example: [
      {
        type: 'aws_s3_bucket_lifecycle_configuration',
        attributes: {
          bucket: `\${aws_s3_bucket.uploads_bucket.id}`,
          rule: [{ filter: [{ prefix: 'raw/' }], noncurrent_version_expiration: [{ noncurrent_days: 30 }] }],
        },
      },
    ],
  },
  {
    service: 'S3',
    rule: 'A rule that removes expired delete markers must not set days or a date.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html',
    find: each('aws_s3_bucket_lifecycle_configuration', ({ rule }) =>
      blocks(rule)
        .flatMap(({ expiration }) => blocks(expiration))
        .some(
          ({ expired_object_delete_marker: markers, days: after, date }) =>
            markers === true && (after !== undefined || date !== undefined),
        ),
    ),
    example: [
      {
        type: 'aws_s3_bucket_lifecycle_configuration',
        attributes: { rule: [{ expiration: [{ expired_object_delete_marker: true, days: 30 }] }] },
      },
    ],
  },
  {
    service: 'EC2',
    rule: 'A security group must not have duplicate rules.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html',
    find: (stack) =>
      ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'].flatMap((type) => {
        const seen = new Set<string>();
        return stack
          .filter((resource) => resource.type === type)
          .flatMap(({ address, attributes: { description, ...rule } }) => {
            const key = JSON.stringify(Object.entries(rule).sort());
            const isDuplicate = seen.has(key);
            seen.add(key);
            return isDuplicate ? [`${address} (${description})`] : [];
          });
      }),
    example: ['one', 'other'].map((description) => ({
      type: 'aws_vpc_security_group_egress_rule',
      id: description,
      attributes: { description, security_group_id: 'sg-1', ip_protocol: 'tcp', from_port: 443, to_port: 443 },
    })),
  },
  {
    service: 'EC2',
    rule: 'The description of a security group or of its rule has up to 255 characters, without apostrophes and some other characters.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html',
    find: (stack) =>
      ['aws_security_group', 'aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'].flatMap(
        (type) => wording(type, 'description', /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/)(stack),
      ),
    example: [{ type: 'aws_security_group', attributes: { description: "QuickSight's interfaces" } }],
  },
  {
    service: 'VPC',
    rule: 'An interface endpoint with private DNS needs a VPC with DNS names and DNS support.',
    source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    find: each('aws_vpc_endpoint', ({ private_dns_enabled: names }, stack) => {
      if (names !== true) return undefined;
      const network = stack.find(({ type }) => type === 'aws_vpc')?.attributes;
      return network?.enable_dns_hostnames !== true || network.enable_dns_support === false;
    }),
    example: [
      { type: 'aws_vpc', attributes: { enable_dns_support: true } },
      { type: 'aws_vpc_endpoint', attributes: { private_dns_enabled: true } },
    ],
  },
  {
    service: 'Secrets Manager',
    rule: 'The name of a secret must not end in a hyphen and six characters, which AWS would mistake for its own suffix.',
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html',
    find: wording('aws_secretsmanager_secret', 'name', /^(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]{1,512}$/),
    example: [{ type: 'aws_secretsmanager_secret', attributes: { name: 'centflow-dev/load-abcdef' } }],
  },
  {
    service: 'WAF',
    rule: 'The rules of an ACL have different priorities, and its description has no apostrophe.',
    source: 'https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html',
    find: each('aws_wafv2_web_acl', ({ rule, description }) => {
      const priorities = blocks(rule).map(({ priority }) => priority);
      if (new Set(priorities).size < priorities.length) return 'two rules have the same priority';
      return beyond(description, /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/);
    }),
    example: [{ type: 'aws_wafv2_web_acl', attributes: { rule: [{ priority: 1 }, { priority: 1 }] } }],
  },
  {
    service: 'Cognito',
    rule: 'The prefix of a domain has lower-case letters, digits and hyphens, but not the words aws, amazon or cognito.',
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html',
    find: wording(
      'aws_cognito_user_pool_domain',
      'domain',
      /^(?!.*(aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    ),
    example: [{ type: 'aws_cognito_user_pool_domain', attributes: { domain: 'my-aws-money' } }],
  },
  {
    service: 'Cognito',
    rule: 'Access and ID tokens are valid for 5 minutes to a day, and refresh tokens for an hour to ten years.',
    source: 'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html',
    find: each('aws_cognito_user_pool_client', ({ token_validity_units: tokenUnits, ...attributes }) => {
      const units = blocks(tokenUnits)[0] ?? {};
      return Object.entries({ access_token: [5, 1440], id_token: [5, 1440], refresh_token: [60, 5_256_000] })
        .filter(([token, [least = 0, most = 0]]) => {
          const value = attributes[`${token}_validity`];
          const minutes = Number(value) * (minutesOfUnit[text(units[token]) || (defaultUnit[token] ?? '')] ?? 0);
          return value !== undefined && (minutes < least || minutes > most);
        })
        .map(([token]) => token)
        .join(', ');
    }),
    example: [
      {
        type: 'aws_cognito_user_pool_client',
        attributes: { refresh_token_validity: 15, token_validity_units: [{ refresh_token: 'minutes' }] },
      },
    ],
  },
  {
    service: 'CloudFront',
    rule: 'The certificate of a custom domain must be in us-east-1.',
    source:
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html#https-requirements-aws-region',
    find: each('aws_cloudfront_distribution', ({ viewer_certificate: certificates }) =>
      blocks(certificates)
        .map(({ acm_certificate_arn: certificate }) => beyond(certificate, /^arn:aws:acm:us-east-1:/))
        .filter(Boolean)
        .join(', '),
    ),
    example: [
      {
        type: 'aws_cloudfront_distribution',
        attributes: { viewer_certificate: { acm_certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a' } },
      },
    ],
  },
  {
    service: 'API Gateway',
    rule: 'An HTTP API waits up to 30 s for its integration.',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html',
    find: each('aws_apigatewayv2_integration', ({ timeout_milliseconds: most }) => Number(most ?? 30_000) > 30_000),
    example: [{ type: 'aws_apigatewayv2_integration', attributes: { timeout_milliseconds: 30_001 } }],
  },
  {
    service: 'KMS',
    rule: 'The waiting period before the deletion of a key is 7 to 30 days.',
    source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html',
    find: each(
      'aws_kms_key',
      ({ deletion_window_in_days: waits }) => waits !== undefined && (Number(waits) < 7 || Number(waits) > 30),
    ),
    example: [{ type: 'aws_kms_key', attributes: { deletion_window_in_days: 1 } }],
  },
  {
    service: 'SNS',
    rule: 'The display name of a topic has up to 100 characters.',
    source: 'https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html',
    find: wording('aws_sns_topic', 'display_name', /^.{0,100}$/s),
    example: [{ type: 'aws_sns_topic', attributes: { display_name: 'a'.repeat(101) } }],
  },
];
