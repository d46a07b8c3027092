/** Rules for all stacks of all environments. */
import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { optionalStages, stageNames } from '../src/stacks/centflow-stack.ts';
import { consoleOutputs, loadOutputs, storeOutputs } from '../src/stacks/handover.ts';
import { type Resource, type Stack, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const after = (stage: string) => stacks.filter(({ name }) => name.endsWith(`-${stage}`));
const later = [...after('load'), ...after('report'), ...after('watch')];
const addresses = (resources: readonly Resource[]) => resources.map(({ address }) => address);

describe('the stacks of all accounts and environments', () => {
  test('each account has one bootstrap stack, and each environment has a stack for each stage', () => {
    const accounts = new Set(environments.map(({ accountId }) => accountId));
    const expected = [
      ...[...accounts].map((accountId) => `bootstrap-${accountId}`),
      ...environments.flatMap((environment) => {
        const absent: readonly string[] = optionalStages.filter((stage) => environment[stage] === null);
        return stageNames.filter((stage) => !absent.includes(stage)).map((stage) => `${environment.name}-${stage}`);
      }),
    ];
    expect(stacks.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  test('environments that share an account share one bootstrap stack', () => {
    const [dev, staging] = environments;
    if (dev === undefined || staging === undefined) throw new Error('two environments are needed');
    const { accountId, region, protectData } = dev;
    const together = synthesised([dev, { ...staging, accountId, region, protectData }]);
    expect(together.filter(({ name }) => name.startsWith('bootstrap'))).toHaveLength(1);
  });

  test('synthesis works on a machine without Terraform', () => {
    const { PATH } = process.env;
    process.env.PATH = import.meta.dirname;
    try {
      expect(synthesised(environments)).toHaveLength(stacks.length);
    } finally {
      process.env.PATH = PATH;
    }
  });

  test('no stack has data sources, so that a plan needs no credentials', () => {
    expect(stacks.flatMap(({ name, dataSources }) => dataSources.map((type) => `${name}: ${type}`))).toEqual([]);
  });

  test('each stack restricts the provider to one account and region, and stores its state with a lock in this account', () => {
    for (const { name, provider, terraform } of stacks) {
      const environment = environments.find((candidate) =>
        [candidate.name, candidate.accountId].some((part) => name.split('-').includes(part)),
      );
      expect(provider.allowed_account_ids, name).toEqual([environment?.accountId]);
      expect(provider.region, name).toBe(environment?.region);
      const { s3 } = terraform.backend as { s3: Record<string, unknown> };
      expect(s3.bucket, name).toContain(environment?.accountId);
      expect(s3, name).toMatchObject({ use_lockfile: true, encrypt: true });
    }
    const keys = stacks.map(({ terraform }) => JSON.stringify((terraform.backend as { s3: object }).s3));
    expect(new Set(keys).size, 'two stacks with one state').toBe(stacks.length);
  });

  test('no stack names another environment', () => {
    for (const environment of environments) {
      const others = environments.filter(({ name }) => name !== environment.name);
      for (const { name, text } of stacks.filter(({ name }) => name.startsWith(`${environment.name}-`))) {
        for (const other of others) {
          expect(text.includes(other.accountId), `${name} names ${other.accountId}`).toBe(false);
          expect(text.includes(`centflow-${other.name}`), `${name} names ${other.name}`).toBe(false);
        }
      }
    }
  });

  test('each stack tags all resources with project, environment, stack and repository', () => {
    for (const { name, provider } of stacks) {
      const [{ tags }] = provider.default_tags as [{ tags: Record<string, string> }];
      const expected = name.startsWith('bootstrap') ? [] : ['Environment'];
      expect(Object.keys(tags), name).toEqual(expect.arrayContaining(['Project', 'Stack', 'Repository', ...expected]));
    }
  });
});

describe('the variables of a later stack', () => {
  const handedOver: Record<string, readonly string[]> = {
    load: Object.keys(storeOutputs),
    report: [...Object.keys(storeOutputs), ...Object.keys(loadOutputs)],
    console: [...Object.keys(storeOutputs), ...Object.keys(loadOutputs)],
    watch: [...Object.keys(storeOutputs), ...Object.keys(loadOutputs), ...Object.keys(consoleOutputs)],
  };

  test('each variable is an output of an earlier stack', () => {
    for (const { name, outputs } of after('store'))
      expect([...outputs].sort(), name).toEqual(Object.keys(storeOutputs).sort());
    for (const { name, outputs } of after('load'))
      expect([...outputs].sort(), name).toEqual(Object.keys(loadOutputs).sort());
    for (const { name, outputs } of after('console'))
      expect([...outputs].sort(), name).toEqual(Object.keys(consoleOutputs).sort());
  });

  test('an earlier stack hands over each variable, except for the rehearsal’s own certificate authority', () => {
    for (const { name, variables } of stacks) {
      const known = handedOver[name.split('-').at(-1) ?? ''] ?? [];
      const unknown = variables.filter((variable) => !known.includes(variable) && variable !== 'database_ca');
      expect(unknown, name).toEqual([]);
    }
  });
});

describe('the stacks load, report and watch', () => {
  test('these stacks contain no resource that must survive', () => {
    const stateful =
      /^aws_(s3_bucket$|s3_bucket_versioning|db_|rds_|kms_|vpc$|subnet$|route|security_group|vpc_endpoint|dynamodb|efs)/;
    expect(addresses(later.flatMap(({ resources }) => resources.filter(({ type }) => stateful.test(type))))).toEqual(
      [],
    );
  });

  test('these stacks change no bucket, except for its notifications', () => {
    const ofBucket = later.flatMap(({ resources }) => resources.filter(({ type }) => type.startsWith('aws_s3_bucket')));
    expect(new Set(ofBucket.map(({ type }) => type))).toEqual(new Set(['aws_s3_bucket_notification']));
    expect(ofBucket).toHaveLength(environments.length);
  });
});

describe('the names of resources', () => {
  /** Attributes that name a resource in its account. */
  const naming = ['name', 'bucket', 'identifier', 'function_name', 'alarm_name', 'dashboard_name', 'data_set_id'];
  /** Resource types that belong to another resource and repeat its name. */
  const belongs =
    /^aws_(s3_bucket_|s3_object|sqs_queue_policy|iam_role_policy|glue_catalog_table|lambda_|cognito_user_group|apigatewayv2_(stage|authorizer))/;

  test('each name includes the environment, so that policies can name the resources of one environment', () => {
    const misnamed = (stack: Stack) => {
      const [environment] = stack.name.split('-');
      const pattern = new RegExp(`(^|/)centflow[-_/]${environment}([-_/ ]|$)`);
      // `<environment>-<stage>-<metric>` is the first text that a person on call reads.
      const alarm = new RegExp(`^${environment}-(${stageNames.join('|')})-`);
      return stack.resources
        .filter(({ type }) => !belongs.test(type))
        .flatMap(({ address, type, attributes }) =>
          naming
            .map((attribute) => attributes[attribute])
            .filter((name) => typeof name === 'string')
            .filter((name) => !(type === 'aws_cloudwatch_metric_alarm' ? alarm : pattern).test(name))
            .filter((name) => !name.startsWith('${'))
            .map((name) => `${address}: ${name}`),
        );
    };
    expect(stacks.filter(({ name }) => !name.startsWith('bootstrap')).flatMap(misnamed)).toEqual([]);
  });
});
