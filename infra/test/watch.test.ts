/** Rules for alarms, notifications and the dashboard, tested on the synthesised stacks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { CANARY_OWNER, namesOf } from '../src/names.ts';
import { HOURS_PER_MONTH, runsPerMonth } from '../src/schedule.ts';
import { statementsOf as policiesIn } from '../src/testing/policies.ts';
import { type Attributes, ofType, one, type Resource, stackNamed, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const alarms = ofType(stacks, 'aws_cloudwatch_metric_alarm');
const repository = join(import.meta.dirname, '..', '..');
const source = (path: string) => readFileSync(join(repository, path), 'utf8');

/** Returns the Terraform expression for a reference. */
const reference = (to: string) => `\${${to}}`;

interface Metric {
  readonly namespace: string;
  readonly metric_name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The template from which EventBridge creates the mail about an event. */
interface Transformer {
  readonly input_paths: Readonly<Record<string, string>>;
  readonly input_template: string;
}

/** Returns every metric of an alarm, including those in a calculation. */
function metricsOf({ attributes }: Resource): Metric[] {
  const queries = (attributes.metric_query ?? []) as { metric?: Metric }[];
  if (queries.length === 0) return [attributes as unknown as Metric];
  return queries.flatMap(({ metric }) => (metric === undefined ? [] : [metric]));
}

/** Returns the names in a block of source code, such as the keys of an object. */
function namesIn(path: string, begin: string, end: string, name: RegExp): string[] {
  const text = source(path);
  const from = text.indexOf(begin);
  if (from < 0) throw new Error(`${path} has no ${begin}`);
  return [...text.slice(from, text.indexOf(end, from)).matchAll(name)].map(([, found]) => found ?? '');
}

const emittedByTrigger = namesIn('apps/trigger/src/handler.ts', 'const counts: BatchCounts = {', '};', /^\s+(\w+): /gm);
const emittedByJob = namesIn('glue/centflow_glue/metrics.py', 'UNITS: Mapping[str, str] = {', '}\n', /"(\w+)": "/g);

/** The metrics that AWS documents, keyed by namespace, with the dimension of each. */
const publishedByAws: Readonly<Record<string, { dimension: string; names: readonly string[] }>> = {
  'AWS/SQS': {
    dimension: 'QueueName',
    names: ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible', 'NumberOfMessagesSent'],
  },
  'AWS/Lambda': { dimension: 'FunctionName', names: ['Duration', 'Errors', 'Invocations', 'Throttles'] },
  'AWS/ApiGateway': { dimension: 'ApiId', names: ['4xx', '5xx', 'Count', 'IntegrationLatency', 'Latency'] },
  'AWS/Events': { dimension: 'RuleName', names: ['FailedInvocations', 'TriggeredRules'] },
  'AWS/RDS': {
    dimension: 'DBInstanceIdentifier',
    names: [
      'CPUCreditBalance',
      'CPUUtilization',
      'DatabaseConnections',
      'FreeStorageSpace',
      'ReadLatency',
      'WriteLatency',
    ],
  },
};

/** Returns a message if nothing emits this metric. */
function findUnpublished({ namespace, metric_name: name, dimensions }: Metric, environment: string): string[] {
  const what = `${namespace} ${name} ${JSON.stringify(dimensions)}`;
  if (namespace === 'Centflow') {
    const names = { trigger: emittedByTrigger, load: emittedByJob }[dimensions.service ?? ''] ?? [];
    const known = names.includes(name) && dimensions.environment === environment;
    return known && Object.keys(dimensions).length === 2 ? [] : [what];
  }
  if (namespace === 'AWS/WAFV2') return isWafMetric(name, dimensions, environment) ? [] : [what];
  const known = publishedByAws[namespace];
  const resource = dimensions[known?.dimension ?? ''];
  if (!known?.names.includes(name) || Object.keys(dimensions).length !== 1 || resource === undefined) return [what];
  return exists(namespace, resource, environment) ? [] : [`${what}: the resource does not exist`];
}

/** Checks the dimensions of a WAF metric against the names in the web ACL. For CloudFront, they have no region. */
function isWafMetric(name: string, { WebACL, Rule, ...others }: Metric['dimensions'], environment: string): boolean {
  const acl = one(stackNamed(stacks, `${environment}-console`), 'aws_wafv2_web_acl');
  const names = (acl.attributes.rule as Attributes[]).map((rule) => (rule.visibility_config as Attributes).metric_name);
  const own = (acl.attributes.visibility_config as Attributes).metric_name;
  return name === 'BlockedRequests' && WebACL === own && names.includes(Rule) && Object.keys(others).length === 0;
}

/** Returns whether the environment contains the resource of a metric. */
function exists(namespace: string, name: string, environment: string): boolean {
  // API Gateway chooses the id of the API. The stack console hands the id over to the stack watch.
  if (namespace === 'AWS/ApiGateway') {
    const [api] = ofType([stackNamed(stacks, `${environment}-console`)], 'aws_apigatewayv2_api');
    const { variables } = stackNamed(stacks, `${environment}-watch`);
    return api !== undefined && name === reference('var.console_api_id') && variables.includes('console_api_id');
  }
  const [type = '', attribute = ''] =
    {
      'AWS/SQS': ['aws_sqs_queue', 'name'],
      'AWS/Lambda': ['aws_lambda_function', 'function_name'],
      'AWS/Events': ['aws_cloudwatch_event_rule', 'name'],
      'AWS/RDS': ['aws_db_instance', 'identifier'],
    }[namespace] ?? [];
  const existing = ofType(stacks, type).filter(({ stack }) => stack.startsWith(`${environment}-`));
  return existing.some(({ attributes }) => attributes[attribute] === name);
}

describe('every alarm', () => {
  test('has a unique name that consists of environment, stage and metric', () => {
    const names = alarms.map(({ attributes }) => attributes.alarm_name as string);
    for (const { stack, attributes } of alarms) {
      expect(attributes.alarm_name).toMatch(
        new RegExp(`^${stack.split('-')[0]}-(store|load|report|console|watch)-[a-z-]+$`),
      );
    }
    expect(new Set(names).size).toBe(names.length);
  });

  test('notifies the topic when it begins and when it ends', () => {
    for (const { address, attributes } of alarms) {
      const { alarm_actions: begin, ok_actions: end, actions_enabled: enabled } = attributes;
      expect({ address, begin, end }).toEqual({
        address,
        begin: [reference('aws_sns_topic.topic.arn')],
        end: [reference('aws_sns_topic.topic.arn')],
      });
      expect(enabled).not.toBe(false);
    }
  });

  test('describes what has happened and what to do, within CloudWatch’s limit', () => {
    for (const { address, attributes } of alarms) {
      const description = attributes.alarm_description as string;
      expect(description.split('. ').length, address).toBeGreaterThan(1);
      expect(description.length, address).toBeLessThanOrEqual(1024);
    }
  });

  test('uses only metrics that are emitted, and only resources that exist', () => {
    expect(emittedByTrigger).toContain('BatchesGivenBack');
    expect(emittedByJob).toContain('SecondsToVisible');
    for (const environment of environments) {
      const own = alarms.filter(({ stack }) => stack === `${environment.name}-watch`);
      expect(own.length).toBeGreaterThan(15);
      expect(own.flatMap(metricsOf).flatMap((metric) => findUnpublished(metric, environment.name))).toEqual([]);
    }
  });

  test('sets a treatment of missing data, and an evaluation period that CloudWatch allows', () => {
    for (const { address, attributes } of alarms) {
      expect(['notBreaching', 'breaching', 'ignore', 'missing'], address).toContain(attributes.treat_missing_data);
      const queries = (attributes.metric_query ?? []) as { metric?: { period: number } }[];
      const period = Number(attributes.period ?? queries.find(({ metric }) => metric)?.metric?.period);
      const seconds = period * Number(attributes.evaluation_periods);
      expect(seconds, address).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
    }
  });
});

describe('the alarms', () => {
  // The age of the oldest message in SQS ignores messages that were received three times:
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  test('an alarm on returned batches detects within ten minutes that Glue is full', () => {
    for (const { name } of environments) {
      const [alarm] = alarms.filter(({ attributes }) => attributes.alarm_name === `${name}-load-batches-given-back`);
      const { period, evaluation_periods: periods, alarm_description: words } = alarm?.attributes ?? {};
      expect(Number(period) * Number(periods), name).toBeLessThanOrEqual(600);
      expect(words).toContain('for ten minutes');
    }
  });

  /** Returns the alarms of an environment on a metric of one resource. */
  const watching = (environment: string, name: string, dimensions: Attributes) =>
    alarms.filter(
      (alarm) =>
        alarm.stack === `${environment}-watch` &&
        metricsOf(alarm).some(
          (metric) => metric.metric_name === name && JSON.stringify(metric.dimensions) === JSON.stringify(dimensions),
        ),
    );

  test('alarms cover errors and throttles of every Lambda', () => {
    const functions = ofType(stacks, 'aws_lambda_function');
    expect(functions).toHaveLength(5 * environments.length);
    for (const { stack, address, attributes } of functions) {
      const dimensions = { FunctionName: attributes.function_name };
      for (const name of ['Errors', 'Throttles']) {
        expect(watching(stack.split('-')[0] ?? '', name, dimensions), `${address}: ${name}`).toHaveLength(1);
      }
    }
  });

  test('alarms cover CPU and storage of every database instance', () => {
    for (const { stack, address, attributes } of ofType(stacks, 'aws_db_instance')) {
      const dimensions = { DBInstanceIdentifier: attributes.identifier };
      for (const name of ['CPUUtilization', 'FreeStorageSpace']) {
        expect(watching(stack.split('-')[0] ?? '', name, dimensions), `${address}: ${name}`).toHaveLength(1);
      }
    }
  });

  test('alarms cover the CPU credits of burstable instance classes', () => {
    for (const environment of environments) {
      const { databaseInstance } = namesOf(environment);
      const { instanceClass } = environment.database;
      const credits = watching(environment.name, 'CPUCreditBalance', { DBInstanceIdentifier: databaseInstance });
      expect(credits).toHaveLength(instanceClass.startsWith('db.t') ? 1 : 0);
    }
  });

  test('alarms cover every dead-letter queue', () => {
    const dead = ofType(stacks, 'aws_sqs_queue').filter(({ attributes }) => String(attributes.name).endsWith('-dlq'));
    expect(dead).toHaveLength(environments.length);
    for (const { stack, attributes } of dead) {
      const dimensions = { QueueName: attributes.name };
      const [alarm] = watching(stack.split('-')[0] ?? '', 'ApproximateNumberOfMessagesVisible', dimensions);
      expect(alarm?.attributes.threshold).toBe(0);
    }
  });

  test('an alarm detects a missing sweep, but only after the interval between two scheduled sweeps', () => {
    for (const { name, load, watch } of environments) {
      const [alarm] = alarms.filter(({ attributes }) => attributes.alarm_name === `${name}-load-sweeps`);
      expect(alarm?.attributes).toMatchObject({ treat_missing_data: 'breaching', statistic: 'SampleCount' });
      expect(watch.hoursWithoutSweep).toBeGreaterThan(HOURS_PER_MONTH / runsPerMonth(load.sweepSchedule) + 1);
    }
  });

  test('a mail reports each failed job run, with Glue’s message', () => {
    for (const environment of environments) {
      const own = stacks.filter(({ name }) => name === `${environment.name}-watch`);
      const [rule] = ofType(own, 'aws_cloudwatch_event_rule');
      const jobs = ofType(stacks, 'aws_glue_job').filter(({ stack }) => stack.startsWith(`${environment.name}-`));
      expect(JSON.parse(rule?.attributes.event_pattern as string)).toEqual({
        source: ['aws.glue'],
        'detail-type': ['Glue Job State Change'],
        detail: { jobName: jobs.map(({ attributes }) => attributes.name), state: ['FAILED', 'TIMEOUT', 'ERROR'] },
      });
      const [target] = ofType(own, 'aws_cloudwatch_event_target');
      const transformer = target?.attributes.input_transformer as Transformer | undefined;
      const { input_paths: paths = {}, input_template: template = '' } = transformer ?? {};
      expect(target?.attributes.arn).toBe(reference('aws_sns_topic.topic.arn'));
      for (const line of template.split('\n')) expect(typeof JSON.parse(line)).toBe('string');
      const used = [...template.matchAll(/<(\w+)>/g)].map(([, name]) => name);
      expect(used.sort()).toEqual(Object.keys(paths).sort());
    }
  });

  test('a budget warns before the money is spent', () => {
    for (const { name, watch } of environments) {
      const [budget] = ofType(stacks, 'aws_budgets_budget').filter(({ stack }) => stack === `${name}-watch`);
      expect(budget?.attributes).toMatchObject({
        limit_amount: String(watch.monthlyBudgetUsd),
        cost_filter: [{ name: 'TagKeyValue', values: [`user:Environment$${name}`] }],
      });
      const notifications = budget?.attributes.notification as Attributes[];
      expect(notifications.map(({ notification_type, threshold }) => [notification_type, threshold])).toEqual([
        ['ACTUAL', 80],
        ['FORECASTED', 100],
      ]);
    }
  });
});

describe('the canary’s function', () => {
  const canaries = environments.map((environment) => {
    const stack = stackNamed(stacks, `${environment.name}-watch`);
    return { environment, stack, canary: one(stack, 'aws_lambda_function') };
  });

  test('has its own owner, and reads the views as `reporter` with the secret of the stack `load`', () => {
    for (const { environment, canary } of canaries) {
      expect(canary.attributes.function_name).toBe(namesOf(environment).canary);
      expect(canary.attributes.environment).toEqual({
        variables: {
          ENVIRONMENT: environment.name,
          CANARY_OWNER,
          REPORTER_SECRET: reference('var.reporter_secret_arn'),
          DATABASE_CA: reference('var.database_ca'),
        },
      });
    }
  });

  test('may read only the reporter’s secret', () => {
    for (const { stack } of canaries) {
      const own = policiesIn([stack]).filter(
        ({ resource, effect }) => resource.type === 'aws_iam_role_policy' && effect === 'Allow',
      );
      const reading = own.flatMap(({ actions, resources }) =>
        actions.filter((action) => !/^(ec2|logs):/.test(action)).map((action) => `${action} ${resources}`),
      );
      expect(reading, stack.name).toEqual([
        `kms:Decrypt ${reference('var.kms_key_arn')}`,
        `secretsmanager:GetSecretValue ${reference('var.reporter_secret_arn')}`,
      ]);
    }
  });

  test('runs in the readers’ security group, on arm64 with Node 22, with encrypted variables and logs', () => {
    for (const { environment, stack, canary } of canaries) {
      const key = reference('var.kms_key_arn');
      expect(canary.attributes, canary.address).toMatchObject({
        architectures: ['arm64'],
        runtime: 'nodejs22.x',
        kms_key_arn: key,
        vpc_config: { security_group_ids: [reference('var.reader_security_group_id')] },
      });
      const log = one(stack, 'aws_cloudwatch_log_group', { name: `/aws/lambda/${canary.attributes.function_name}` });
      expect(log.attributes).toMatchObject({ retention_in_days: environment.logRetentionDays, kms_key_id: key });
    }
  });

  test('is updated when its code changes', () => {
    for (const { environment, stack, canary } of canaries) {
      const code = one(stack, 'aws_s3_object');
      expect(code.attributes).toMatchObject({
        bucket: namesOf(environment).artifactsBucket,
        key: expect.stringMatching(/^canary-[0-9a-f]{16}\.zip$/),
        lifecycle: { create_before_destroy: true },
      });
      expect(canary.attributes.s3_key).toBe(code.attributes.key);
      expect(canary.attributes.depends_on).toContain(`aws_s3_object.${code.id}`);
    }
  });
});

describe('the SNS topic of the alarms', () => {
  const statementsOf = ({ attributes }: Resource) =>
    (JSON.parse(attributes.policy as string) as { Statement: Record<string, unknown>[] }).Statement;

  test('is encrypted, and sends mails to the addresses of the environment', () => {
    for (const { name, watch } of environments) {
      const own = stacks.filter((stack) => stack.name === `${name}-watch`);
      const [topic] = ofType(own, 'aws_sns_topic');
      expect(topic?.attributes.kms_master_key_id).toBe(reference('var.kms_key_arn'));
      const mailed = ofType(own, 'aws_sns_topic_subscription').map(({ attributes }) => attributes.endpoint);
      expect(mailed).toEqual(watch.emails);
    }
  });

  test('accepts messages only from this environment’s alarms, rule and budget', () => {
    for (const policy of ofType(stacks, 'aws_sns_topic_policy')) {
      const allowed = statementsOf(policy).filter(({ Effect }) => Effect === 'Allow');
      expect(allowed.map(({ Principal }) => Principal)).toEqual(
        ['cloudwatch', 'budgets', 'events'].map((service) => ({ Service: [`${service}.amazonaws.com`] })),
      );
      const environment = environments.find(({ name }) => policy.stack.startsWith(`${name}-`));
      const account = { StringEquals: { 'aws:SourceAccount': environment?.accountId } };
      expect(allowed.map(({ Condition }) => Condition)).toEqual([
        { ...account, ArnLike: { 'aws:SourceArn': expect.stringMatching(`:alarm:${environment?.name}-\\*$`) } },
        { ...account, ArnLike: { 'aws:SourceArn': `arn:aws:budgets::${environment?.accountId}:*` } },
        undefined,
      ]);
    }
  });
});

describe('the CloudWatch dashboard', () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: {
      readonly markdown?: string;
      readonly alarms?: readonly string[];
      readonly metrics?: readonly (readonly unknown[])[];
      readonly annotations?: { readonly horizontal: readonly { label: string; value: number }[] };
    };
  }
  const widgetsOf = (environment: string) => {
    const [dashboard] = ofType(stacks, 'aws_cloudwatch_dashboard').filter(
      ({ stack }) => stack === `${environment}-watch`,
    );
    return (JSON.parse(dashboard?.attributes.dashboard_body as string) as { widgets: Widget[] }).widgets;
  };

  test('shows the pipeline from left to right', () => {
    for (const { name } of environments) {
      const headings = widgetsOf(name).filter(({ properties }) => properties.markdown?.startsWith('## '));
      const titles = headings.sort((one, other) => one.x - other.x).map(({ properties }) => properties.markdown);
      expect(titles.map((title) => /^## (\w+)/.exec(title ?? '')?.[1])).toEqual([
        'Arrival',
        'Queue',
        'Trigger',
        'Job',
        'Database',
        'Reports',
      ]);
    }
  });

  test('has no overlapping widgets', () => {
    for (const { name } of environments) {
      const occupied = new Set<string>();
      for (const { x, y, width, height } of widgetsOf(name)) {
        expect(x + width).toBeLessThanOrEqual(24);
        for (let column = x; column < x + width; column += 1) {
          for (let row = y; row < y + height; row += 1) {
            expect(occupied.has(`${column},${row}`), `two widgets at ${column},${row}`).toBe(false);
            occupied.add(`${column},${row}`);
          }
        }
      }
    }
  });

  test('lists every alarm, and draws the thresholds of the metrics that it shows', () => {
    for (const { name, region, accountId } of environments) {
      const widgets = widgetsOf(name);
      const own = alarms.filter(({ stack }) => stack === `${name}-watch`);
      const arns = own.map(
        ({ attributes }) => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${attributes.alarm_name}`,
      );
      const [list] = widgets.filter(({ type }) => type === 'alarm');
      expect([...(list?.properties.alarms ?? [])].sort()).toEqual(arns.sort());
      const drawn = widgets.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
      for (const measure of [
        'seconds-to-visible',
        'oldest-message',
        'database-cpu',
        'quarantine-share',
        'job-seconds',
      ]) {
        const [alarm] = own.filter(({ attributes }) => String(attributes.alarm_name).endsWith(`-${measure}`));
        expect(drawn).toContainEqual(expect.objectContaining({ label: measure, value: alarm?.attributes.threshold }));
      }
    }
  });

  test('shows WAF’s metrics from us-east-1, and all others from the environment’s region', () => {
    for (const { name } of environments) {
      const lines = widgetsOf(name).flatMap(({ properties }) => properties.metrics ?? []);
      const otherRegion = lines.filter((line) => (line.at(-1) as { region?: string }).region !== undefined);
      expect(otherRegion.map(([namespace]) => namespace)).toEqual(['AWS/WAFV2', 'AWS/WAFV2']);
      expect(otherRegion.map((line) => (line.at(-1) as { region: string }).region)).toEqual(['us-east-1', 'us-east-1']);
      expect(alarms.flatMap(metricsOf).filter(({ namespace }) => namespace === 'AWS/WAFV2')).toEqual([]);
    }
  });

  test('shows only metrics that are emitted', () => {
    for (const { name } of environments) {
      const shown = widgetsOf(name)
        .flatMap(({ properties }) => properties.metrics ?? [])
        .filter(([first]) => typeof first === 'string')
        .map(([namespace, metric_name, ...rest]) => {
          const pairs = rest.filter((part) => typeof part === 'string');
          const dimensions = Object.fromEntries(
            pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1]]] : [])),
          );
          return { namespace, metric_name, dimensions } as Metric;
        });
      expect(shown.length).toBeGreaterThan(20);
      expect(shown.flatMap((metric) => findUnpublished(metric, name))).toEqual([]);
    }
  });
});
