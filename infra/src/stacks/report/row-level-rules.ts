/**
 * The data set with the rules that define whose rows each reader sees. All other data sets use the rules for row-level
 * security.
 *
 * CloudFormation creates this data set. Since May 2025, QuickSight accepts only data sets with `UseAs: RLS_RULES` as
 * rules, and provider 5.100 cannot set this property (provider issue 43103). docs/adr/0017-quicksight-as-code.md
 * explains the details.
 */
import type { QuicksightDataSource } from '@cdktf/provider-aws/lib/quicksight-data-source/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { arns } from '../../policy/arns.ts';
import { CloudFormationDataSet } from './cloudformation-data-set.ts';

export type Readers = NonNullable<Environment['report']>['readers'];

/** QuickSight's names of the columns for users and groups, and the column that restricts the other data sets. */
const columns = ['UserARN', 'GroupARN', 'owner'] as const;

/**
 * Returns the rules as a query that reads no table, because they depend on the environment and not on the database. A rule
 * without an owner applies to all owners. A reader without a rule sees nothing.
 */
export function rulesQuery(readers: Readers): string {
  const rows = readers.flatMap(({ principal, owners }) => {
    const isUser = /:user\//.test(principal);
    const who = [isUser ? principal : null, isUser ? null : principal];
    return (owners === 'all' ? [null] : owners).map((owner) => [...who, owner]);
  });
  return rows
    .map((row, index) => {
      // The first SELECT defines the names of the columns, and their types even if all values are NULL.
      const cells = row.map((cell, column) => `CAST(${literal(cell)} AS CHAR(2048)) AS ${columns[column]}`);
      return `${index === 0 ? '' : 'UNION ALL '}SELECT ${cells.join(', ')}`;
    })
    .join('\n');
}

/** Escapes quotes as a second line of defence: environment.ts already rejects quotes and backslashes. */
function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}

export class RowLevelRules extends Construct {
  readonly dataSetArn: string;
  /** The stack on which other data sets depend. */
  readonly stack: CloudFormationDataSet;

  constructor(scope: Construct, id: string, environment: Environment, readers: Readers, source: QuicksightDataSource) {
    super(scope, id);
    const { prefix } = namesOf(environment);
    const dataSetId = `${prefix}-row-level-rules`;
    this.dataSetArn = arns(environment).regional('quicksight', `dataset/${dataSetId}`);
    const customSql = {
      DataSourceArn: source.arn,
      Name: 'rules',
      SqlQuery: rulesQuery(readers),
      Columns: columns.map((name) => ({ Name: name, Type: 'STRING' })),
    };
    this.stack = new CloudFormationDataSet(this, 'stack', {
      description: 'Whose rows each reader of the reports sees',
      accountId: environment.accountId,
      dataSetId,
      dataSet: {
        Name: `${prefix} row-level rules`,
        ImportMode: 'DIRECT_QUERY',
        UseAs: 'RLS_RULES',
        PhysicalTableMap: { rules: { CustomSql: customSql } },
      },
    });
  }
}
