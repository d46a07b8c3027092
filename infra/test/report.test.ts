/** Rules about QuickSight, read from the stacks as Terraform would be given them. No emulator has QuickSight. */
import { describeViews } from '@centflow/schema/view-columns';
import { App } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../src/environment.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import { quickSightType, UnknownReportTypeError } from '../src/report-columns.ts';
import { ReportStack } from '../src/stacks/report.ts';
import { type Attributes, ofType, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments).filter(({ name }) => name.endsWith('-report'));
const dataSets = ofType(stacks, 'aws_quicksight_data_set');

/** How Terraform's JSON refers to another thing. */
const reference = (to: string) => `\${${to}}`;

interface Table {
  readonly relational_table: {
    readonly data_source_arn: string;
    readonly schema: string;
    readonly name: string;
    readonly input_columns: readonly { name: string; type: string }[];
  };
}
/** The view that a data set is of. */
function tableOf(attributes: Attributes) {
  const [table] = attributes.physical_table_map as readonly Table[];
  if (table === undefined) throw new Error('a data set without a table');
  return table.relational_table;
}

describe('QuickSight', () => {
  test('is only where an environment asks for it', () => {
    const asked = environments.filter(({ report }) => report !== null).map(({ name }) => `${name}-report`);
    expect(stacks.map(({ name }) => name).sort()).toEqual(asked.sort());
    expect(asked.length).toBeGreaterThan(0);
    expect(() => new ReportStack(new App(), readEnvironment('dev'))).toThrow(EnvironmentError);
  });

  test('has a data set for each view, with its columns in their order', () => {
    const views = describeViews();
    expect(dataSets).toHaveLength(views.length * stacks.length);
    for (const { name: stack } of stacks) {
      const tables = dataSets.filter((dataSet) => dataSet.stack === stack).map(({ attributes }) => tableOf(attributes));
      for (const { name, columns } of views) {
        const table = tables.find((candidate) => candidate.name === name);
        expect(
          table?.input_columns.map((column) => column.name),
          name,
        ).toEqual(columns.map((column) => column.name));
      }
    }
  });

  test('asks the database directly, so that a report shows what is there', () => {
    for (const { attributes } of dataSets) expect(attributes.import_mode).toBe('DIRECT_QUERY');
  });

  test('keeps amounts decimal, counts whole and days dates', () => {
    const [transactions] = dataSets.filter(({ attributes }) => tableOf(attributes).name === 'v_transactions');
    const types = new Map(tableOf(transactions?.attributes ?? {}).input_columns.map(({ name, type }) => [name, type]));
    expect(types.get('amount')).toBe('DECIMAL');
    expect(types.get('date')).toBe('DATETIME');
    expect(types.get('row_no')).toBe('INTEGER');
    expect(types.get('counterparty')).toBe('STRING');
  });

  test('guesses no type', () => {
    for (const sqlType of ['float', 'double', 'json', 'blob', 'varbinary(10)', 'tinyint(1)', 'time']) {
      expect(() => quickSightType({ name: 'odd', sqlType }), sqlType).toThrow(UnknownReportTypeError);
    }
  });

  test('reads as reporter by a secret, over TLS and inside the network', () => {
    for (const { attributes } of ofType(stacks, 'aws_quicksight_data_source')) {
      expect(attributes).toMatchObject({
        type: 'MYSQL',
        credentials: { secret_arn: reference('var.reporter_secret_arn') },
        ssl_properties: { disable_ssl: false },
        vpc_connection_properties: { vpc_connection_arn: reference('aws_quicksight_vpc_connection.network.arn') },
        parameters: { mysql: { host: reference('var.reporting_host'), database: 'centflow' } },
      });
    }
  });

  test('lets those whom the environment names build reports, and change neither data sets nor who may', () => {
    for (const { stack, attributes } of ofType(stacks, 'aws_quicksight_data_source', 'aws_quicksight_data_set')) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
      const given = (attributes.permission ?? attributes.permissions) as { actions: string[]; principal: string }[];
      expect(given.map(({ principal }) => principal)).toEqual(environment?.report?.principals);
      const actions = given.flatMap((permission) => permission.actions);
      expect(actions.filter((action) => /:(Update|Delete|Create)/.test(action))).toEqual([]);
      expect(actions.filter((action) => action.startsWith('quicksight:Pass'))).toHaveLength(1);
    }
  });

  test('keeps its network interfaces in our network alone', () => {
    const policies = ofType(stacks, 'aws_iam_role_policy');
    expect(policies).toHaveLength(stacks.length);
    for (const { attributes } of policies) {
      const { Statement } = JSON.parse(attributes.policy as string) as { Statement: Attributes[] };
      for (const { Action, Condition } of Statement) {
        const changes = (Action as string[]).some((action) => !action.startsWith('ec2:Describe'));
        expect(JSON.stringify(Condition ?? {}).includes(`vpc/${reference('var.vpc_id')}`)).toBe(changes);
      }
    }
    for (const { attributes } of ofType(stacks, 'aws_quicksight_vpc_connection')) {
      // Not gone before QuickSight has cleared up.
      expect(attributes.depends_on).toEqual(['aws_iam_role_policy.network-role-policy']);
    }
  });
});
