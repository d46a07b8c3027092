/** Rules for QuickSight, tested on the synthesised stacks, because no emulator has QuickSight. */
import { offeredViews, reportDefinition } from '@centflow/reports/quicksight';
import { judgeRequests } from '@centflow/reports/testing';
import { describeViews } from '@centflow/schema/view-columns';
import { App } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../src/environment.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import { matches } from '../src/iam/statement.ts';
import { report } from '../src/policy/provisioning/report.ts';
import { quickSightType, UnknownReportTypeError } from '../src/report-columns.ts';
import { ReportStack } from '../src/stacks/report.ts';
import { type Attributes, ofType, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments).filter(({ name }) => name.endsWith('-report'));
const views = describeViews().filter(({ name }) => (offeredViews as readonly string[]).includes(name));

/** Returns the Terraform expression for a reference. */
const reference = (to: string) => `\${${to}}`;

/** The request to QuickSight's API that creates a data set, sent by the provider or by CloudFormation. */
interface DataSet {
  readonly stack: string;
  readonly address: string;
  readonly dependsOn: unknown;
  readonly request: {
    readonly DataSetId: string;
    readonly ImportMode: string;
    readonly UseAs?: string;
    readonly PhysicalTableMap: Readonly<Record<string, { readonly RelationalTable: Table }>>;
    readonly LogicalTableMap: Readonly<Record<string, LogicalTable>>;
    readonly ColumnGroups?: readonly { readonly GeoSpatialColumnGroup: { readonly Columns: readonly string[] } }[];
    readonly RowLevelPermissionDataSet: Readonly<Record<string, string>>;
    readonly Permissions: readonly { readonly Principal: string; readonly Actions: readonly string[] }[];
  };
}
interface Table {
  readonly Name: string;
  readonly InputColumns: readonly { readonly Name: string; readonly Type: string }[];
}
interface LogicalTable {
  readonly Alias: string;
  readonly Source: { readonly PhysicalTableId: string };
  readonly DataTransforms?: readonly {
    readonly TagColumnOperation: {
      readonly ColumnName: string;
      readonly Tags: readonly { readonly ColumnGeographicRole: string }[];
    };
  }[];
}

/** Returns attributes of the provider with the API's names, without empty lists. */
function byApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(byApi);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      byApi(inner),
    ]),
  );
}

function byProvider({ stack, address, attributes }: (typeof dataSetResources)[number]): DataSet {
  const { '//': _, physical_table_map, logical_table_map, depends_on, ...rest } = attributes;
  const { physical_table_map_id, ...physical } = only<Record<string, unknown>>(physical_table_map);
  const { logical_table_map_id, ...logical } = only<Record<string, unknown>>(logical_table_map);
  const tables = {
    PhysicalTableMap: { [String(physical_table_map_id)]: byApi(physical) },
    LogicalTableMap: { [String(logical_table_map_id)]: byApi(logical) },
  };
  return {
    stack,
    address,
    dependsOn: depends_on,
    request: { ...(byApi(rest) as object), ...tables } as DataSet['request'],
  };
}

function byCloudFormation({ stack, address, attributes }: (typeof dataSetResources)[number]): DataSet {
  const template = JSON.parse(String(attributes.template_body)) as {
    Resources: Record<string, { Type: string; Properties: DataSet['request'] }>;
  };
  const { Type, Properties } = only<{ Type: string; Properties: DataSet['request'] }>(
    Object.values(template.Resources),
  );
  expect(Type, address).toBe('AWS::QuickSight::DataSet');
  expect(attributes.name, address).toBe(Properties.DataSetId);
  return { stack, address, dependsOn: attributes.depends_on, request: Properties };
}

const dataSetResources = ofType(stacks, 'aws_quicksight_data_set', 'aws_cloudformation_stack');
const all = dataSetResources.map((found) =>
  (found.type === 'aws_quicksight_data_set' ? byProvider : byCloudFormation)(found),
);
const rules = all.filter(({ request }) => request.UseAs === 'RLS_RULES');
/** The data sets that each show one view. */
const dataSets = all.filter((found) => !rules.includes(found));
const tableOf = ({ request }: DataSet) =>
  only<{ RelationalTable: Table }>(Object.values(request.PhysicalTableMap)).RelationalTable;
const rulesOf = (stack: string) => only<DataSet>(rules.filter((found) => found.stack === stack)).request;
/** Returns the place columns, countries before cities. */
const placesIn = (columns: Table['InputColumns']) =>
  ['country', 'city'].filter((place) => columns.some(({ Name }) => Name === place));

interface Field {
  readonly CategoricalDimensionField?: { readonly Column: { readonly ColumnName: string } };
}
const columnOf = (field: Field) => field.CategoricalDimensionField?.Column.ColumnName;
/** Returns the values of a member at any depth. */
function leavesOf(value: unknown, member: string): Field[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name === member ? [inner as Field[]] : leavesOf(inner, member),
  );
}
function only<T>(list: unknown): T {
  const [one, ...others] = list as T[];
  if (one === undefined || others.length > 0) throw new Error('The list does not have exactly one item.');
  return one;
}
describe('the report stack', () => {
  test('exists only in environments with reports', () => {
    const reporting = environments.filter(({ report }) => report !== null).map(({ name }) => `${name}-report`);
    expect(stacks.map(({ name }) => name).sort()).toEqual(reporting.sort());
    expect(reporting.length).toBeGreaterThan(0);
    expect(() => new ReportStack(new App(), readEnvironment('dev'))).toThrow(EnvironmentError);
  });

  test('has exactly one data set for each view of the dashboards, with its columns in order', () => {
    expect(views).toHaveLength(offeredViews.length);
    for (const { name: stack } of stacks) {
      const tables = dataSets.filter((dataSet) => dataSet.stack === stack).map(tableOf);
      expect(tables.map(({ Name }) => Name).sort()).toEqual([...offeredViews].sort());
      for (const { name, columns } of views) {
        const table = tables.find((candidate) => candidate.Name === name);
        expect(table?.InputColumns, name).toEqual(
          columns.map((column) => ({ Name: column.name, Type: quickSightType(column) })),
        );
      }
    }
  });

  test('queries the database directly, so that reports show current data', () => {
    for (const { request } of dataSets) expect(request.ImportMode).toBe('DIRECT_QUERY');
  });

  test('uses decimals for amounts, integers for counts and dates for days', () => {
    const [transactions] = dataSets.map(tableOf).filter(({ Name }) => Name === 'v_transactions');
    const types = new Map(transactions?.InputColumns.map(({ Name, Type }) => [Name, Type]));
    expect(types.get('amount')).toBe('DECIMAL');
    expect(types.get('date')).toBe('DATETIME');
    expect(types.get('row_no')).toBe('INTEGER');
    expect(types.get('counterparty')).toBe('STRING');
  });

  test('rejects columns of unknown types', () => {
    for (const sqlType of ['float', 'double', 'json', 'blob', 'binary(16)', 'varbinary(10)', 'tinyint(1)', 'time']) {
      expect(() => quickSightType({ name: 'odd', sqlType }), sqlType).toThrow(UnknownReportTypeError);
    }
  });

  test('marks countries and cities with their geographic roles in every view', () => {
    for (const dataSet of dataSets) {
      const { Alias, Source, DataTransforms = [] } = only<LogicalTable>(Object.values(dataSet.request.LogicalTableMap));
      const { Name, InputColumns } = tableOf(dataSet);
      expect(Alias).toBe(Name);
      expect(Object.keys(dataSet.request.PhysicalTableMap)).toEqual([Source.PhysicalTableId]);
      expect(
        DataTransforms.map(({ TagColumnOperation: { ColumnName, Tags } }) => [
          ColumnName,
          only<{ ColumnGeographicRole: string }>(Tags).ColumnGeographicRole,
        ]),
      ).toEqual(placesIn(InputColumns).map((place) => [place, place.toUpperCase()]));
    }
  });

  test('has a hierarchy of country and city for every view with both columns', () => {
    const withBoth = dataSets.filter((dataSet) => placesIn(tableOf(dataSet).InputColumns).length > 1);
    expect(withBoth.map((dataSet) => tableOf(dataSet).Name)).toContain('v_spend_by_place');
    for (const { request, address } of withBoth) {
      // A country code would restrict all rows to the one country that the API accepts.
      expect(request.ColumnGroups, address).toEqual([
        { GeoSpatialColumnGroup: { Name: 'Place', Columns: ['country', 'city'] } },
      ]);
    }
    const places = leavesOf(reportDefinition({ dataSetArn: (view) => view, currency: 'EUR' }), 'Geospatial');
    expect(places.map((fields) => fields.map(columnOf))).toContainEqual(['country', 'city']);
    for (const fields of places) expect(fields.map(columnOf)[0]).toBe('country');
  });

  test('reads the views as the reporter, with a secret, over TLS, inside the network', () => {
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

  test('creates network interfaces only in the environment’s network', () => {
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
      // A new interface is in no VPC yet, but its subnet and its security group are.
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
      // The policy must exist until QuickSight has deleted its interfaces.
      expect(attributes.depends_on).toEqual(['aws_iam_role_policy.network-role-policy']);
    }
  });
});

describe('a reader of the reports', () => {
  const readable = ['aws_quicksight_theme', 'aws_quicksight_analysis', 'aws_quicksight_dashboard'];

  test('may view and use all resources, but not change them or their permissions', () => {
    const others = ofType(stacks, ...readable).map(({ stack, address, attributes }) => ({
      ...{ stack, address },
      permissions: attributes.permissions as { actions: string[]; principal: string }[],
    }));
    const ofDataSets = dataSets.map(({ stack, address, request }) => ({
      ...{ stack, address },
      permissions: request.Permissions.map(({ Principal, Actions }) => ({ principal: Principal, actions: Actions })),
    }));
    for (const { stack, address, permissions } of [...others, ...ofDataSets]) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
      const readers = environment?.report?.readers.map(({ principal }) => principal);
      expect(
        permissions.map(({ principal }) => principal),
        address,
      ).toEqual(readers);
      const actions = permissions.flatMap((permission) => permission.actions);
      expect(actions.length, address).toBeGreaterThan(0);
      expect(actions.filter((action) => /:(Update|Delete|Create|Restore)/.test(action))).toEqual([]);
    }
  });

  test('cannot query the data source, which would bypass row-level security', () => {
    for (const { attributes } of ofType(stacks, 'aws_quicksight_data_source')) {
      expect(attributes.permission).toBeUndefined();
    }
  });

  test('sees only the rows of their owners in every data set', () => {
    for (const dataSet of dataSets) {
      const { stack, request, dependsOn } = dataSet;
      expect(request.RowLevelPermissionDataSet).toEqual({
        Arn: expect.stringMatching(new RegExp(`:dataset/${rulesOf(stack).DataSetId}$`)),
        PermissionPolicy: 'GRANT_ACCESS',
        FormatVersion: 'VERSION_2',
        Status: 'ENABLED',
      });
      expect(tableOf(dataSet).InputColumns.map(({ Name }) => Name)).toContain('owner');
      expect(String(dependsOn)).toMatch(/^aws_cloudformation_stack\.row-level-rules/);
    }
  });
});

describe('the requests behind the data sets', () => {
  test("each request is valid for QuickSight's API", async () => {
    const [stack] = stacks;
    if (stack === undefined) throw new Error('no environment reports');
    for (const { address, request } of all.filter((found) => found.stack === stack.name)) {
      expect(await judgeRequests({ CreateDataSet: request }), address).toEqual([]);
    }
    expect(rules).toHaveLength(stacks.length);
  });
});

describe('the GitHub role `apply` in the report area', () => {
  /** The handlers' permissions from `aws cloudformation describe-type --type RESOURCE --type-name AWS::QuickSight::DataSet`. */
  const handlers = [
    ...['CreateDataSet', 'DeleteDataSet', 'DescribeDataSet', 'DescribeDataSetPermissions', 'UpdateDataSet'],
    ...[
      'UpdateDataSetPermissions',
      'PassDataSet',
      'PassDataSource',
      'TagResource',
      'UntagResource',
      'ListTagsForResource',
    ],
    ...['DescribeIngestion', 'ListIngestions', 'CancelIngestion'],
    ...['DescribeDataSetRefreshProperties', 'PutDataSetRefreshProperties', 'DeleteDataSetRefreshProperties'],
  ];

  test('has the rights that CloudFormation’s handlers of a data set need', () => {
    for (const { stack } of rules) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
      if (environment === undefined) throw new Error(`${stack} belongs to no environment`);
      const { read, write } = report(environment);
      const dataSet = `arn:aws:quicksight:${environment.region}:${environment.accountId}:dataset/${rulesOf(stack).DataSetId}`;
      const refused = handlers.filter((name) => {
        const resource = /(Describe|Cancel)Ingestion$/.test(name) ? `${dataSet}/ingestion/1` : dataSet;
        return ![...read, ...write].some(
          ({ actions, resources }) =>
            actions.includes(`quicksight:${name}`) && resources.some((pattern) => matches(pattern, resource)),
        );
      });
      expect(refused, stack).toEqual([]);
      for (const found of dataSetResources.filter(
        ({ type, stack: owner }) => owner === stack && type === 'aws_cloudformation_stack',
      )) {
        const { region, accountId } = environment;
        const arn = `arn:aws:cloudformation:${region}:${accountId}:stack/${found.attributes.name}/1`;
        const may = write.filter(({ actions }) => actions.includes('cloudformation:UpdateStack'));
        expect(
          may.some(({ resources }) => resources.some((pattern) => matches(pattern, arn))),
          arn,
        ).toBe(true);
      }
    }
  });
});
