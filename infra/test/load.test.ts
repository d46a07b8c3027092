/** Rules for queue, trigger, job, catalog and migrator, tested on the synthesised stacks. */
import { feeds, objectPrefix } from '@centflow/schema';
import { App } from 'cdktf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArtifactError, readArtifacts } from '../src/artifacts.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import { matches } from '../src/iam/statement.ts';
import { namesOf } from '../src/names.ts';
import { commonPrefix } from '../src/stacks/load/common-prefix.ts';
import { queueTimes } from '../src/stacks/load/queue-times.ts';
import { LoadStack } from '../src/stacks/load.ts';
import { statementsOf } from '../src/testing/policies.ts';
import {
  type Attributes,
  ofType,
  one,
  type Resource,
  type Stack,
  stackNamed,
  synthesised,
} from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const all = synthesised(environments);
const loads = environments.map((environment) => ({ environment, stack: stackNamed(all, `${environment.name}-load`) }));
const stacks = loads.map(({ stack }) => stack);

/** Returns the Terraform expression for a reference. */
const reference = (to: string) => `\${${to}}`;
const text = (resource: Resource) => JSON.stringify(resource.attributes);
const variablesOf = (lambda: Resource) =>
  (lambda.attributes.environment as { variables: Record<string, string> }).variables;

/** Returns all resources on which a resource depends, directly or indirectly. */
function reaches(stack: Stack, from: Resource, seen = new Set<string>()): Set<string> {
  for (const { type, id } of stack.resources) {
    const name = `${type}.${id}`;
    const target = stack.resources.find((resource) => resource.type === type && resource.id === id);
    if (seen.has(name) || !text(from).includes(name) || target === undefined) continue;
    seen.add(name);
    reaches(stack, target, seen);
  }
  return seen;
}

describe('every feed in the load stack', () => {
  test('is covered by the prefix of the only notification, for created and deleted objects', () => {
    for (const { environment, stack } of loads) {
      const { attributes } = one(stack, 'aws_s3_bucket_notification');
      const [queue, ...others] = attributes.queue as { filter_prefix: string; events: string[] }[];
      expect(others).toEqual([]);
      expect(queue?.events).toEqual(['s3:ObjectCreated:*', 's3:ObjectRemoved:*']);
      expect(attributes.bucket).toBe(namesOf(environment).uploadsBucket);
      for (const feed of Object.values(feeds)) {
        expect(objectPrefix(feed).startsWith(queue?.filter_prefix ?? 'none'), feed.name).toBe(true);
      }
      // The notification must include mistyped folders (ADR 0007), but not the trigger's own objects.
      expect(queue?.filter_prefix).toBe('raw/');
      expect(
        variablesOf(one(stack, 'aws_lambda_function', { function_name: namesOf(environment).trigger })),
      ).toMatchObject({
        MANIFEST_PREFIX: expect.not.stringMatching(/^raw\//),
      });
    }
  });

  test('is shown in a catalog table over its folder, with headers in order and partitions by owner', () => {
    for (const { environment, stack } of loads) {
      const tables = ofType([stack], 'aws_glue_catalog_table');
      expect(tables).toHaveLength(Object.keys(feeds).length);
      for (const feed of Object.values(feeds)) {
        const { attributes } = one(stack, 'aws_glue_catalog_table', { name: feed.name });
        const storage = attributes.storage_descriptor as {
          location: string;
          columns: { name: string; type: string }[];
        };
        expect(storage.columns.map(({ name }) => name)).toEqual(feed.headers.map(({ header }) => header));
        expect(new Set(storage.columns.map(({ type }) => type))).toEqual(new Set(['string']));
        expect(storage.location).toBe(`s3://${namesOf(environment).uploadsBucket}/${objectPrefix(feed)}`);
        expect(attributes.partition_keys).toMatchObject([{ name: 'owner', type: 'string' }]);
      }
    }
  });

  test('is crawled on a schedule by a crawler that only adds partitions', () => {
    for (const { environment, stack } of loads) {
      const { attributes } = one(stack, 'aws_glue_crawler');
      expect(attributes.schema_change_policy).toEqual({ update_behavior: 'LOG', delete_behavior: 'LOG' });
      expect(attributes.schedule).toBe(environment.load.crawlerSchedule);
      expect(attributes).not.toHaveProperty('s3_target');
      const [target] = attributes.catalog_target as { tables: string[] }[];
      expect(target?.tables).toHaveLength(Object.keys(feeds).length);
      expect(JSON.stringify(ofType([stack], 'aws_glue_trigger'))).not.toContain('crawler_name');
    }
  });
});

describe('every Lambda of the load stack', () => {
  const lambdas = ofType(stacks, 'aws_lambda_function');

  test('has a separate, encrypted log group with a retention', () => {
    expect(lambdas).toHaveLength(2 * environments.length);
    for (const { environment, stack } of loads) {
      for (const lambda of ofType([stack], 'aws_lambda_function')) {
        const log = one(stack, 'aws_cloudwatch_log_group', { name: `/aws/lambda/${lambda.attributes.function_name}` });
        expect(log.attributes.retention_in_days).toBe(environment.logRetentionDays);
        expect(log.attributes.kms_key_id).toBe(reference('var.kms_key_arn'));
        expect(lambda.attributes.logging_config).toMatchObject({
          log_group: `\${aws_cloudwatch_log_group.${log.id}.name}`,
        });
      }
    }
  });

  test('runs on arm64 with Node 22, with encrypted variables', () => {
    for (const { address, attributes } of lambdas) {
      expect(attributes, address).toMatchObject({
        architectures: ['arm64'],
        runtime: 'nodejs22.x',
        kms_key_arn: reference('var.kms_key_arn'),
      });
    }
  });
});

test('every log group of the load stack is encrypted and has a retention', () => {
  for (const { environment, stack } of loads) {
    for (const { address, attributes } of ofType([stack], 'aws_cloudwatch_log_group')) {
      expect(attributes, address).toMatchObject({
        retention_in_days: environment.logRetentionDays,
        kms_key_id: reference('var.kms_key_arn'),
      });
    }
  }
});

describe('the uploads queue', () => {
  test('hides a message for longer than its batch fills and the trigger runs', () => {
    for (const { environment, stack } of loads) {
      const queue = one(stack, 'aws_sqs_queue', { name: namesOf(environment).queue }).attributes;
      const trigger = one(stack, 'aws_lambda_function', { function_name: namesOf(environment).trigger });
      const mapping = one(stack, 'aws_lambda_event_source_mapping').attributes;
      const busy = Number(trigger.attributes.timeout) + Number(mapping.maximum_batching_window_in_seconds);
      expect(queue.visibility_timeout_seconds).toBeGreaterThan(busy);
      expect(Number(variablesOf(trigger).START_WAIT_SECONDS)).toBeLessThan(Number(trigger.attributes.timeout));
      expect(mapping.function_response_types).toEqual(['ReportBatchItemFailures']);
      expect(mapping.scaling_config).toEqual({ maximum_concurrency: Math.max(2, environment.load.maxConcurrentRuns) });
    }
  });

  test('retries a message for as long as Glue can be full, and keeps dead letters for 14 days', () => {
    for (const { environment, stack } of loads) {
      const { queue, deadLetterQueue } = namesOf(environment);
      const { attributes } = one(stack, 'aws_sqs_queue', { name: queue });
      const deadLetters = one(stack, 'aws_sqs_queue', { name: deadLetterQueue });
      const job = one(stack, 'aws_glue_job').attributes;
      const redrive = JSON.parse(String(attributes.redrive_policy));
      const full = 60 * Number(job.timeout) * (1 + Number(job.max_retries));
      expect(redrive.deadLetterTargetArn).toBe(`\${aws_sqs_queue.${deadLetters.id}.arn}`);
      expect((redrive.maxReceiveCount - 1) * Number(attributes.visibility_timeout_seconds)).toBeGreaterThanOrEqual(
        full,
      );
      expect(attributes.message_retention_seconds).toBeGreaterThan(full);
      // SQS counts the age of a dead letter from the time at which it was sent.
      expect(deadLetters.attributes.message_retention_seconds).toBe(14 * 86_400);
      expect(deadLetters.attributes.message_retention_seconds).toBeGreaterThan(
        Number(attributes.message_retention_seconds),
      );
    }
  });

  test('retries a message for long enough with every allowed job timeout, within the limits of SQS', () => {
    const [environment] = environments;
    if (environment === undefined) throw new Error('an environment is needed');
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 2880 }), (timeoutMinutes) => {
        const times = queueTimes({ load: { ...environment.load, timeoutMinutes } });
        expect(times.maxReceiveCount).toBeLessThanOrEqual(1000);
        expect(times.visibilitySeconds).toBeLessThanOrEqual(43_200);
        expect((times.maxReceiveCount - 1) * times.visibilitySeconds).toBeGreaterThanOrEqual(times.longestWaitSeconds);
        expect(times.longestWaitSeconds).toBeLessThan(7 * 86_400);
      }),
    );
  });

  test('accepts only encrypted messages from the uploads bucket over TLS', () => {
    for (const { environment, stack } of loads) {
      const bucket = `arn:aws:s3:::${namesOf(environment).uploadsBucket}`;
      for (const { address, attributes } of ofType([stack], 'aws_sqs_queue')) {
        expect(attributes.kms_master_key_id, address).toBe(reference('var.kms_key_arn'));
      }
      const statements = statementsOf([stack]).filter(({ resource }) => resource.type === 'aws_sqs_queue_policy');
      expect(statements.filter(({ effect }) => effect === 'Deny')).toHaveLength(2);
      const allowed = statements.filter(({ effect }) => effect === 'Allow');
      expect(allowed).toMatchObject([
        {
          actions: ['sqs:SendMessage'],
          principal: { Service: ['s3.amazonaws.com'] },
          conditions: {
            ArnEquals: { 'aws:SourceArn': bucket },
            StringEquals: { 'aws:SourceAccount': environment.accountId },
          },
        },
      ]);
    }
  });
});

describe('a paused environment', () => {
  test('processes no messages and runs no sweeps', () => {
    const [environment] = readEnvironments();
    if (environment === undefined) throw new Error('an environment is needed');
    const paused = synthesised([{ ...environment, load: { ...environment.load, paused: true } }]);
    const stack = stackNamed(paused, `${environment.name}-load`);
    expect(one(stack, 'aws_lambda_event_source_mapping').attributes.enabled).toBe(false);
    expect(one(stack, 'aws_glue_trigger').attributes).toMatchObject({ enabled: false, start_on_creation: false });
  });
});

describe('the Glue job', () => {
  test('has limits for workers, time and runs, and encrypts its output', () => {
    for (const { environment, stack } of loads) {
      const { load } = environment;
      expect(one(stack, 'aws_glue_job').attributes).toMatchObject({
        glue_version: '6.0',
        worker_type: 'G.1X',
        number_of_workers: load.maxWorkers,
        timeout: load.timeoutMinutes,
        execution_property: { max_concurrent_runs: load.maxConcurrentRuns },
        job_run_queuing_enabled: true,
        security_configuration: expect.any(String),
        max_retries: 0,
      });
    }
  });

  test('can run in each zone with endpoints', () => {
    for (const { environment, stack } of loads) {
      const { availabilityZones, endpointZones } = environment.network;
      const connections = ofType([stack], 'aws_glue_connection');
      expect(
        connections.map(({ attributes }) => attributes.physical_connection_requirements as Attributes),
      ).toMatchObject(
        availabilityZones.slice(0, endpointZones).map((zone, index) => ({
          availability_zone: zone,
          subnet_id: `\${element(split(",", var.private_subnet_ids), ${index})}`,
        })),
      );
      expect(one(stack, 'aws_glue_job').attributes.connections).toEqual(
        connections.map(({ id }) => reference(`aws_glue_connection.${id}.name`)),
      );
    }
  });

  test('verifies the database’s certificate, and installs nothing from the internet', () => {
    for (const { stack } of loads) {
      const defaults = one(stack, 'aws_glue_job').attributes.default_arguments as Record<string, string>;
      expect(defaults['--database-ca']).toMatch(/^s3:\/\/.*\$\{aws_s3_object\.authorities\.key\}$/);
      expect(defaults['--python-modules-installer-option']).toBe('--no-index');
      expect(defaults['--additional-python-modules']).toMatch(/^s3:\/\/[^,]*\.gluewheels\.zip$/);
      // The trigger sets the argument. With a default, a run without the argument would become a sweep.
      expect(defaults).not.toHaveProperty('--keys-from');
      // These arguments are for a single run that loads another database. A default would redirect every upload.
      for (const name of ['--database-host', '--database-name']) expect(defaults).not.toHaveProperty(name);
    }
  });

  test('may read the job’s code of any release, but no other code', () => {
    const { trigger, migrator, job, wheels } = readArtifacts();
    for (const { environment, stack } of loads) {
      const [readable] = statementsOf([stack]).filter(({ sid }) => sid === 'ReadCode');
      const may = (name: string) =>
        readable?.resources.some((pattern) =>
          matches(pattern, `arn:aws:s3:::${namesOf(environment).artifactsBucket}/${name}`),
        );
      expect([job.name, wheels.name, `authorities-${'0'.repeat(64)}.pem`].map(may)).toEqual([true, true, true]);
      expect([trigger.name, migrator.name].map(may)).toEqual([false, false]);
    }
  });

  test('also runs as a sweep, on a schedule', () => {
    for (const { environment, stack } of loads) {
      expect(one(stack, 'aws_glue_trigger').attributes).toMatchObject({
        type: 'SCHEDULED',
        enabled: true,
        schedule: environment.load.sweepSchedule,
        actions: [{ arguments: { '--keys-from': 'sweep' } }],
      });
    }
  });

  test('writes to the log groups that Glue uses, which exist before the job', () => {
    for (const { environment, stack } of loads) {
      const job = one(stack, 'aws_glue_job');
      const prefix = (job.attributes.default_arguments as Record<string, string>)['--custom-logGroup-prefix'];
      const security = one(stack, 'aws_glue_security_configuration').attributes.name;
      for (const kind of ['output', 'error']) {
        const name = `${prefix}/\${aws_glue_security_configuration.encryption.name}-role/${namesOf(environment).job}/${kind}`;
        const log = one(stack, 'aws_cloudwatch_log_group', { name });
        expect(job.attributes.depends_on).toContain(`aws_cloudwatch_log_group.${log.id}`);
      }
      expect(security).toMatch(/-encryption$/);
      one(stack, 'aws_cloudwatch_log_group', { name: namesOf(environment).jobMetricsLogGroup });
    }
  });
});

describe('the migration of the database', () => {
  test('runs before Terraform changes any resource that needs the migration', () => {
    for (const { stack } of loads) {
      const migration = one(stack, 'aws_lambda_invocation');
      const dependents = [
        one(stack, 'aws_glue_job'),
        one(stack, 'aws_glue_trigger'),
        one(stack, 'aws_lambda_event_source_mapping'),
        one(stack, 'aws_s3_bucket_notification'),
        ...ofType([stack], 'aws_lambda_function').filter(({ id }) => id.startsWith('trigger')),
      ];
      expect(dependents).toHaveLength(5);
      for (const dependent of dependents) {
        expect(reaches(stack, dependent), dependent.address).toContain(`aws_lambda_invocation.${migration.id}`);
      }
      expect(reaches(stack, migration)).not.toContain('aws_glue_job.load_job');
    }
  });

  test('runs again if the migrator’s code or the database’s host changes', () => {
    const { migrator } = readArtifacts();
    for (const { stack } of loads) {
      const { triggers } = one(stack, 'aws_lambda_invocation').attributes as { triggers: Attributes };
      expect(Object.values(triggers)).toEqual(expect.arrayContaining([migrator.name, reference('var.database_host')]));
    }
  });

  test('writes the value of each user’s secret, which Terraform creates without a value', () => {
    for (const { environment, stack } of loads) {
      const { migratorSecret, loaderSecret, reporterSecret } = namesOf(environment);
      for (const name of [migratorSecret, loaderSecret, reporterSecret]) {
        expect(one(stack, 'aws_secretsmanager_secret', { name }).attributes).toMatchObject({
          kms_key_id: reference('var.kms_key_arn'),
          recovery_window_in_days: environment.protectData ? 30 : 0,
          lifecycle: { prevent_destroy: environment.protectData },
        });
      }
    }
    for (const { name, text: json } of all)
      expect(json.includes('aws_secretsmanager_secret_version'), name).toBe(false);
  });
});

test('variables, arguments and outputs of the load stack contain names of secrets, but no passwords', () => {
  const suspicious = /password|passwd|secret_string|access_key/i;
  const named: Record<string, string>[] = [
    ...ofType(stacks, 'aws_lambda_function').map(variablesOf),
    ...ofType(stacks, 'aws_glue_job').map(({ attributes }) => attributes.default_arguments as Record<string, string>),
  ];
  for (const values of named) {
    for (const [name, value] of Object.entries(values)) {
      expect(name).not.toMatch(suspicious);
      if (/secret/i.test(name))
        expect(value).toMatch(/^\$\{(var\.master_secret_arn|aws_secretsmanager_secret\.[\w-]+\.arn)\}$/);
    }
  }
  for (const { name, outputs } of stacks) expect(outputs.join(), name).not.toMatch(suspicious);
});

describe('the deployed code of Lambda and Glue', () => {
  test('has a key with the hash of its bytes, and is created before the old code is deleted', () => {
    const objects = ofType(stacks, 'aws_s3_object');
    expect(objects).toHaveLength(5 * environments.length);
    for (const { address, attributes } of objects) {
      expect(attributes.key, address).toMatch(/-([0-9a-f]{16}|\$\{sha256\(.*\)\})\./);
      expect(attributes.lifecycle, address).toEqual({ create_before_destroy: true });
      // The file is beside the stack's JSON, so that both can be moved together.
      if (attributes.source !== undefined) expect(attributes.source, address).toMatch(/^assets\//);
    }
  });

  test('must exist; otherwise synthesis fails and names the build command', () => {
    expect(() => readArtifacts('/nowhere')).toThrow(ArtifactError);
    expect(() => readArtifacts('/nowhere')).toThrow(/manifest\.json is missing\. Run `npm run build`/);
    const { authorities, ...others } = readArtifacts();
    expect(Object.keys(authorities).length).toBeGreaterThan(0);
    const withoutAuthorities = { ...others, authorities: {} };
    expect(() => new LoadStack(new App(), readEnvironment('dev'), withoutAuthorities)).toThrow(
      /certificate authorities of RDS in eu-west-1/,
    );
  });
});

test('commonPrefix returns the common folder of all feeds’ prefixes', () => {
  expect(commonPrefix(['raw/incomes/', 'raw/expenses/'])).toBe('raw/');
  expect(commonPrefix(['raw/incomes/'])).toBe('raw/');
  expect(commonPrefix(['raw/in/a/', 'raw/in/b/'])).toBe('raw/in/');
  expect(commonPrefix(['raw/income/', 'raw/incomes/'])).toBe('raw/');
  expect(commonPrefix(['raw/a/', 'other/b/'])).toBe('');
});
