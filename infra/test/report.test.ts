/** Rules about QuickSight, read from the stacks as Terraform would be given them. No emulator has QuickSight. */
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

/** How Terraform's JSON refers to another thing. */
const reference = (to: string) => `\${${to}}`;

/** A data set as QuickSight's API is asked for it, by the provider or by CloudFormation. */
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

/** Attributes of the provider by the API's names, without what is empty. */
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

function byProvider({ stack, address, attributes }: (typeof made)[number]): DataSet {
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

function byCloudFormation({ stack, address, attributes }: (typeof made)[number]): DataSet {
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

const made = ofType(stacks, 'aws_quicksight_data_set', 'aws_cloudformation_stack');
const all = made.map((found) => (found.type === 'aws_quicksight_data_set' ? byProvider : byCloudFormation)(found));
const rules = all.filter(({ request }) => request.UseAs === 'RLS_RULES');
/** Of the views. */
const dataSets = all.filter((found) => !rules.includes(found));
const tableOf = ({ request }: DataSet) =>
  only<{ RelationalTable: Table }>(Object.values(request.PhysicalTableMap)).RelationalTable;
const rulesOf = (stack: string) => only<DataSet>(rules.filter((found) => found.stack === stack)).request;
/** Countries first, as they are wider. */
const placesIn = (columns: Table['InputColumns']) =>
  ['country', 'city'].filter((place) => columns.some(({ Name }) => Name === place));

interface Field {
  readonly CategoricalDimensionField?: { readonly Column: { readonly ColumnName: string } };
}
const columnOf = (field: Field) => field.CategoricalDimensionField?.Column.ColumnName;
/** The values of a member, wherever it stands. */
function leavesOf(value: unknown, member: string): Field[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name === member ? [inner as Field[]] : leavesOf(inner, member),
  );
}
function only<T>(list: unknown): T {
  const [one, ...others] = list as T[];
  if (one === undefined || others.length > 0) throw new Error('not one of it');
  return one;
}
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

  test('asks the database directly, so that a report shows what is there', () => {
    for (const { request } of dataSets) expect(request.ImportMode).toBe('DIRECT_QUERY');
  });

  test('keeps amounts decimal, counts whole and days dates', () => {
    const [transactions] = dataSets.map(tableOf).filter(({ Name }) => Name === 'v_transactions');
    const types = new Map(transactions?.InputColumns.map(({ Name, Type }) => [Name, Type]));
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

  test('looks a city up within the country of its row, wherever a view has both', () => {
    const withBoth = dataSets.filter((dataSet) => placesIn(tableOf(dataSet).InputColumns).length > 1);
    expect(withBoth.map((dataSet) => tableOf(dataSet).Name)).toContain('v_spend_by_place');
    for (const { request, address } of withBoth) {
      // A country code would hold all rows to the one country that the API knows a code of.
      expect(request.ColumnGroups, address).toEqual([
        { GeoSpatialColumnGroup: { Name: 'Place', Columns: ['country', 'city'] } },
      ]);
    }
    const places = leavesOf(reportDefinition({ dataSetArn: (view) => view, currency: 'EUR' }), 'Geospatial');
    expect(places.map((fields) => fields.map(columnOf))).toContainEqual(['country', 'city']);
    for (const fields of places) expect(fields.map(columnOf)[0]).toBe('country');
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
  const readable = ['aws_quicksight_theme', 'aws_quicksight_analysis', 'aws_quicksight_dashboard'];

  test('may read and build on what there is, and change neither it nor who may', () => {
    const others = ofType(stacks, ...readable).map(({ stack, address, attributes }) => ({
      ...{ stack, address },
      given: attributes.permissions as { actions: string[]; principal: string }[],
    }));
    const ofDataSets = dataSets.map(({ stack, address, request }) => ({
      ...{ stack, address },
      given: request.Permissions.map(({ Principal, Actions }) => ({ principal: Principal, actions: Actions })),
    }));
    for (const { stack, address, given } of [...others, ...ofDataSets]) {
      const environment = environments.find(({ name }) => stack.startsWith(`${name}-`));
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
  test("have the form that QuickSight's API takes", async () => {
    const [stack] = stacks;
    if (stack === undefined) throw new Error('no environment reports');
    for (const { address, request } of all.filter((found) => found.stack === stack.name)) {
      expect(await judgeRequests({ CreateDataSet: request }), address).toEqual([]);
    }
    expect(rules).toHaveLength(stacks.length);
  });
});

describe('the apply role', () => {
  /** `aws cloudformation describe-type --type RESOURCE --type-name AWS::QuickSight::DataSet`, the handlers' permissions. */
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

  test('may do what CloudFormation does with a data set, in the name of whoever applies', () => {
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
      for (const found of made.filter(({ type, stack: of }) => of === stack && type === 'aws_cloudformation_stack')) {
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
