/**
 * Defines a QuickSight data set for a view with countries and cities. The properties are named as in QuickSight's API.
 *
 * QuickSight searches for a city in the row's country only if a hierarchy of the data set names the country column.
 * Otherwise QuickSight searches in the country of its own region:
 * https://docs.aws.amazon.com/quick/latest/userguide/geospatial-troubleshooting.html.
 *
 * Terraform's provider cannot create such a data set: version 5.100 requires a `country_code` for each hierarchy and
 * accepts only US. CloudFormation therefore creates the data set. The API needs no `country_code` if the hierarchy has
 * a country column: https://docs.aws.amazon.com/quicksight/latest/APIReference/API_GeoSpatialColumnGroup.html.
 */
import { geographicRoles } from '@centflow/reports/quicksight';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment.ts';
import { DATABASE_NAME, namesOf } from '../../names.ts';
import { quickSightType } from '../../report-columns.ts';
import { CloudFormationDataSet } from './cloudformation-data-set.ts';
import { useDataSet } from './permissions.ts';
import { type PlaceColumn, rowLevelSecurity, type ViewDataSetProps } from './view-data-set.ts';

export class PlacesDataSet extends CloudFormationDataSet {
  /** @param places from the largest to the smallest: countries, then cities */
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    { view, source, rules, permit, places }: ViewDataSetProps & { readonly places: readonly PlaceColumn[] },
  ) {
    const { prefix } = namesOf(environment);
    const table = view.name.replaceAll('_', '-');
    const { arn, permissionPolicy, formatVersion, status } = rowLevelSecurity(rules);
    super(scope, id, {
      description: `The rows of ${view.name} for the reports`,
      accountId: environment.accountId,
      dataSetId: `${prefix}-${table}`,
      dataSet: {
        Name: `${prefix} ${view.name}`,
        ImportMode: 'DIRECT_QUERY',
        PhysicalTableMap: {
          [table]: {
            RelationalTable: {
              DataSourceArn: source.arn,
              Schema: DATABASE_NAME,
              Name: view.name,
              InputColumns: view.columns.map((column) => ({ Name: column.name, Type: quickSightType(column) })),
            },
          },
        },
        LogicalTableMap: {
          [`${table}-logical`]: {
            Alias: view.name,
            Source: { PhysicalTableId: table },
            DataTransforms: places.map((name) => ({
              TagColumnOperation: { ColumnName: name, Tags: [{ ColumnGeographicRole: geographicRoles[name] }] },
            })),
          },
        },
        ColumnGroups: [{ GeoSpatialColumnGroup: { Name: 'Place', Columns: places } }],
        RowLevelPermissionDataSet: {
          Arn: arn,
          PermissionPolicy: permissionPolicy,
          FormatVersion: formatVersion,
          Status: status,
        },
        Permissions: permit(useDataSet).map(({ principal, actions }) => ({ Principal: principal, Actions: actions })),
      },
      dependsOn: [rules.stack],
    });
  }
}
