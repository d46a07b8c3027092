/** A QuickSight data set of a view, with types, geographic roles, and row-level security by owner. */
import { QuicksightDataSet } from '@cdktf/provider-aws/lib/quicksight-data-set/index.js';
import type { QuicksightDataSource } from '@cdktf/provider-aws/lib/quicksight-data-source/index.js';
import { geographicRoles } from '@centflow/reports/quicksight';
import type { ViewDescription } from '@centflow/schema/view-columns';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment.ts';
import { DATABASE_NAME, namesOf } from '../../names.ts';
import { quickSightType } from '../../report-columns.ts';
import { type Permission, useDataSet } from './permissions.ts';
import type { RowLevelRules } from './row-level-rules.ts';

export interface ViewDataSetProps {
  readonly view: ViewDescription;
  readonly source: QuicksightDataSource;
  readonly rules: RowLevelRules;
  readonly permit: (actions: readonly string[]) => Permission[];
}

/** A column that QuickSight can show on a map. */
export type PlaceColumn = keyof typeof geographicRoles;

/** Returns the columns of a view that QuickSight can show on a map, countries before cities. */
export function placesOf({ columns }: ViewDescription): PlaceColumn[] {
  const order = Object.keys(geographicRoles);
  return order.filter((place) => columns.some(({ name }) => name === place));
}

/** Returns the settings that show each reader only the rows of their owners. */
export function rowLevelSecurity(rules: RowLevelRules) {
  return {
    arn: rules.dataSetArn,
    permissionPolicy: 'GRANT_ACCESS',
    // Rules that name readers by ARN need version 2 and must not have a namespace (provider issue 33114).
    formatVersion: 'VERSION_2',
    status: 'ENABLED',
  } as const;
}

export class ViewDataSet extends QuicksightDataSet {
  constructor(
    scope: Construct,
    id: string,
    environment: Environment,
    { view, source, rules, permit }: ViewDataSetProps,
  ) {
    const { prefix } = namesOf(environment);
    const table = view.name.replaceAll('_', '-');
    super(scope, id, {
      awsAccountId: environment.accountId,
      dataSetId: `${prefix}-${table}`,
      name: `${prefix} ${view.name}`,
      // Reports show the current content of the views.
      importMode: 'DIRECT_QUERY',
      physicalTableMap: [
        {
          physicalTableMapId: table,
          relationalTable: {
            dataSourceArn: source.arn,
            schema: DATABASE_NAME,
            name: view.name,
            inputColumns: view.columns.map((column) => ({ name: column.name, type: quickSightType(column) })),
          },
        },
      ],
      logicalTableMap: [
        {
          logicalTableMapId: `${table}-logical`,
          alias: view.name,
          source: { physicalTableId: table },
          dataTransforms: placesOf(view).map((name) => ({
            tagColumnOperation: { columnName: name, tags: [{ columnGeographicRole: geographicRoles[name] as string }] },
          })),
        },
      ],
      rowLevelPermissionDataSet: rowLevelSecurity(rules),
      permissions: permit(useDataSet),
      dependsOn: [rules.stack],
    });
  }
}
