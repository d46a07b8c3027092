/**
 * Whose rows each reader sees: QuickSight's rules data set, from which every other takes its row-level security.
 *
 * It goes through CloudFormation: since May 2025 QuickSight takes only data sets marked `UseAs: RLS_RULES` as rules, and
 * provider 5.100 cannot mark them (provider issue 43103). docs/adr/0017-quicksight-as-code.md has the rest.
 */
import type { QuicksightDataSource } from '@cdktf/provider-aws/lib/quicksight-data-source/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { arns } from '../../policy/arns.ts';
import { CloudFormationDataSet } from './cloudformation-data-set.ts';

export type Readers = NonNullable<Environment['report']>['readers'];

/** QuickSight's names: a user or a group by its ARN, and the column that the other data sets are narrowed by. */
const columns = ['UserARN', 'GroupARN', 'owner'] as const;

/**
 * The rules as a query that reads no table: they change with the environment and not with the database. A rule without an owner
 * is one for all of them, and who has no rule sees nothing.
 */
export function rulesQuery(readers: Readers): string {
  const rows = readers.flatMap(({ principal, owners }) => {
    const isUser = /:user\//.test(principal);
    const who = [isUser ? principal : null, isUser ? null : principal];
    return (owners === 'all' ? [null] : owners).map((owner) => [...who, owner]);
  });
  return rows
    .map((row, index) => {
      // The first SELECT gives the columns their names and, where all its values are NULL, their types.
      const cells = row.map((cell, column) => `CAST(${literal(cell)} AS CHAR(2048)) AS ${columns[column]}`);
      return `${index === 0 ? '' : 'UNION ALL '}SELECT ${cells.join(', ')}`;
    })
    .join('\n');
}

/** The environment refuses quotes and backslashes in what comes here; doubling the quotes is for the day it does not. */
function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}

export class RowLevelRules extends Construct {
  readonly dataSetArn: string;
  /** What other data sets wait for. */
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
