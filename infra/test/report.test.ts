/** Rules about QuickSight, read from the stacks as Terraform would be given them. No emulator has QuickSight. */
import { offeredViews } from '@centflow/reports/quicksight';
import { judgeRequests } from '@centflow/reports/testing';
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
const views = describeViews().filter(({ name }) => (offeredViews as readonly string[]).includes(name));

/** How Terraform's JSON refers to another thing. */
const reference = (to: string) => `\${${to}}`;

interface Table {
  readonly physical_table_map_id: string;
  readonly relational_table: {
    readonly data_source_arn: string;
    readonly schema: string;
    readonly name: string;
    readonly input_columns: readonly { name: string; type: string }[];
  };
}
interface LogicalTable {
  readonly logical_table_map_id: string;
  readonly alias: string;
  readonly source: { readonly physical_table_id: string };
  readonly data_transforms: readonly {
    readonly tag_column_operation: {
      readonly column_name: string;
      readonly tags: readonly { readonly column_geographic_role: string }[];
    };
  }[];
}
/** The view that a data set is of. */
function tableOf(attributes: Attributes) {
  return only<Table>(attributes.physical_table_map).relational_table;
}
function only<T>(list: unknown): T {
  const [one, ...others] = list as T[];
  if (one === undefined || others.length > 0) throw new Error('not one of it');
  return one;
}
const rulesOf = (stack: string) => {
  const [rules] = ofType(stacks, 'aws_cloudformation_stack').filter((found) => found.stack === stack);
  const template = JSON.parse(String(rules?.attributes.template_body)) as {
    Resources: { Rules: { Type: string; Properties: Record<string, unknown> } };
  };
  return template.Resources.Rules;
};

describe('QuickSight', () => {
  test('is only where an environment asks for it', () => {
    const asked = environments.filter(({ report }) => report !== null).map(({ name }) => `${name}-report`);
    expect(stacks.map(({ name }) => name).sort()).toEqual(asked.sort());
    expect(asked.length).toBeGreaterThan(0);
    expect(() => new ReportStack(new App(), readEnvironment('dev'))).toThrow(EnvironmentError);
  });

  test('has a data set for each view that dashboards read, with its columns in their order, and for no other', () => {
    expect(views).toHaveLength(offeredViews.length);
    for (const { name: stack } of stacks) {
      const tables = dataSets.filter((dataSet) => dataSet.stack === stack).map(({ attributes }) => tableOf(attributes));
      expect(tables.map(({ name }) => name).sort()).toEqual([...offeredViews].sort());
      for (const { name, columns } of views) {
        const table = tables.find((candidate) => candidate.name === name);
        expect(table?.input_columns, name).toEqual(
          columns.map((column) => ({ name: column.name, type: quickSightType(column) })),
        );
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
    for (const sqlType of ['float', 'double', 'json', 'blob', 'binary(16)', 'varbinary(10)', 'tinyint(1)', 'time']) {
      expect(() => quickSightType({ name: 'odd', sqlType }), sqlType).toThrow(UnknownReportTypeError);
    }
  });

  test('knows countries and cities for what they are, wherever a view has them', () => {
    for (const { attributes } of dataSets) {
      const { alias, source, data_transforms } = only<LogicalTable>(attributes.logical_table_map);
      const { name, input_columns } = tableOf(attributes);
      expect(alias).toBe(name);
      expect(source.physical_table_id).toBe(only<Table>(attributes.physical_table_map).physical_table_map_id);
      const places = input_columns.flatMap((column) => (/^(country|city)$/.test(column.name) ? [column.name] : []));
      expect(
        data_transforms.map(({ tag_column_operation: { column_name, tags } }) => [
          column_name,
          only<{ column_geographic_role: string }>(tags).column_geographic_role,
        ]),
      ).toEqual(places.map((place) => [place, place.toUpperCase()]));
    }
  });

  test('reads as reporter by a secret, over TLS and inside the network', () => {
    for (const { attributes } of ofType(stacks, 'aws_quicksight_data_source')) {
      expect(attributes).toMatchObject({
        type: 'MYSQL',
        credentials: { secret_arn: reference('var.reporter_secret_arn') },
        ssl_properties: { disable_ssl: false },
        vpc_connection_properties: { vpc_connection_arn: reference('aws_quicksight_vpc_connection.network.arn') },
        parameters: { mysql: { host: reference('var.database_host'), database: 'centflow' } },
      });
    }
  });

  test('keeps its network interfaces in our network alone', () => {
    const policies = ofType(stacks, 'aws_iam_role_policy');
    expect(policies).toHaveLength(stacks.length);
    for (const { attributes } of policies) {
      const { Statement } = JSON.parse(attributes.policy as string) as { Statement: Attributes[] };
      const inOurVpc = ({ Condition }: Attributes) =>
        JSON.stringify(Condition ?? {}).includes(`vpc/${reference('var.vpc_id')}`);
      const changing = Statement.filter(({ Action }) =>
        (Action as string[]).some((action) => !action.startsWith('ec2:Describe')),
      );
      const [unbound, ...others] = changing.filter((statement) => !inOurVpc(statement));
      // A new interface has no VPC yet: its subnet and its group have.
      expect(others).toEqual([]);
      expect(unbound?.Action).toEqual(['ec2:CreateNetworkInterface']);
      expect(unbound?.Resource).toEqual([expect.stringMatching(/:network-interface\/\*$/)]);
      const bound = changing.filter(inOurVpc);
      for (const kind of ['subnet', 'security-group']) {
        const allowed = bound.filter(({ Resource }) => String(Resource).includes(`:${kind}/*`));
        expect(
          allowed.flatMap(({ Action }) => Action),
          kind,
        ).toContain('ec2:CreateNetworkInterface');
      }
    }
    for (const { attributes } of ofType(stacks, 'aws_quicksight_vpc_connection')) {
      // Not gone before QuickSight has cleared up.
      expect(attributes.depends_on).toEqual(['aws_iam_role_policy.network-role-policy']);
    }
  });
});

describe('a reader whom the environment names', () => {
  const readable = [
    'aws_quicksight_data_set',
    'aws_quicksight_theme',
    'aws_quicksight_analysis',
    'aws_quicksight_dashboard',
  ];

  test('may read and build on what there is, and change neither it nor who may', () => {
    for (const { stack, address, attributes } of ofType(stacks, ...readable)) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
      const given = attributes.permissions as { actions: string[]; principal: string }[];
      const readers = environment?.report?.readers.map(({ principal }) => principal);
      expect(
        given.map(({ principal }) => principal),
        address,
      ).toEqual(readers);
      const actions = given.flatMap((permission) => permission.actions);
      expect(actions.length, address).toBeGreaterThan(0);
      expect(actions.filter((action) => /:(Update|Delete|Create|Restore)/.test(action))).toEqual([]);
    }
  });

  test('cannot write queries of their own, which would pass row-level security by', () => {
    for (const { attributes } of ofType(stacks, 'aws_quicksight_data_source')) {
      expect(attributes.permission).toBeUndefined();
    }
  });

  test('sees the rows of their owners alone, in every data set', () => {
    for (const { stack, attributes } of dataSets) {
      const rules = rulesOf(stack);
      expect(attributes.row_level_permission_data_set).toEqual({
        arn: expect.stringMatching(new RegExp(`:dataset/${rules.Properties.DataSetId}$`)),
        permission_policy: 'GRANT_ACCESS',
        format_version: 'VERSION_2',
        status: 'ENABLED',
      });
      expect(tableOf(attributes).input_columns.map(({ name }) => name)).toContain('owner');
      expect(String(attributes.depends_on)).toMatch(/^aws_cloudformation_stack\./);
    }
  });
});

describe('the requests behind the data sets', () => {
  const asRequested = ({ attributes }: (typeof dataSets)[number]) => {
    const physical = only<Table>(attributes.physical_table_map);
    const logical = only<LogicalTable>(attributes.logical_table_map);
    const table = physical.relational_table;
    const rules = attributes.row_level_permission_data_set as Record<string, string>;
    return {
      AwsAccountId: attributes.aws_account_id,
      DataSetId: attributes.data_set_id,
      Name: attributes.name,
      ImportMode: attributes.import_mode,
      PhysicalTableMap: {
        [physical.physical_table_map_id]: {
          RelationalTable: {
            DataSourceArn: table.data_source_arn,
            Schema: table.schema,
            Name: table.name,
            InputColumns: table.input_columns.map(({ name, type }) => ({ Name: name, Type: type })),
          },
        },
      },
      LogicalTableMap: {
        [logical.logical_table_map_id]: {
          Alias: logical.alias,
          Source: { PhysicalTableId: logical.source.physical_table_id },
          ...(logical.data_transforms.length === 0
            ? {}
            : {
                DataTransforms: logical.data_transforms.map(({ tag_column_operation: { column_name, tags } }) => ({
                  TagColumnOperation: {
                    ColumnName: column_name,
                    Tags: tags.map((tag) => ({ ColumnGeographicRole: tag.column_geographic_role })),
                  },
                })),
              }),
        },
      },
      RowLevelPermissionDataSet: {
        Arn: rules.arn,
        PermissionPolicy: rules.permission_policy,
        FormatVersion: rules.format_version,
        Status: rules.status,
      },
      Permissions: (attributes.permissions as { principal: string; actions: string[] }[]).map((permission) => ({
        Principal: permission.principal,
        Actions: permission.actions,
      })),
    };
  };

  test("have the form that QuickSight's API takes", async () => {
    const [stack] = stacks;
    if (stack === undefined) throw new Error('no environment reports');
    for (const dataSet of dataSets.filter((found) => found.stack === stack.name)) {
      const wrong = await judgeRequests({ CreateDataSet: asRequested(dataSet) });
      expect(wrong, dataSet.address).toEqual([]);
    }
    const { Type, Properties } = rulesOf(stack.name);
    expect(Type).toBe('AWS::QuickSight::DataSet');
    expect(await judgeRequests({ CreateDataSet: Properties })).toEqual([]);
    expect(Properties.UseAs).toBe('RLS_RULES');
  });
});
