/** Converts the types of the views' columns to QuickSight's types. */
import type { ViewColumn } from '@centflow/schema/view-columns';

/** The QuickSight `InputColumn` types that the columns of views use. */
export type QuickSightType = 'STRING' | 'INTEGER' | 'DECIMAL' | 'DATETIME';

/** Reports that the SQL type of a view's column has no QuickSight type. */
export class UnknownReportTypeError extends Error {
  override readonly name = 'UnknownReportTypeError';

  constructor({ name, sqlType }: ViewColumn) {
    super(
      `Column ${name} has the type ${sqlType}, which has no QuickSight type yet. Add its QuickSight type to infra/src/report-columns.ts.`,
    );
  }
}

/** The QuickSight type for each SQL type. QuickSight's decimals are exact to 4 places, like the amounts of the views. */
const types: readonly (readonly [pattern: RegExp, type: QuickSightType])[] = [
  [/^(var)?char\(\d+\)$|^text$|^enum\(.+\)$/, 'STRING'],
  [/^(big)?int( unsigned)?$/, 'INTEGER'],
  [/^decimal\(\d+,\d+\)$/, 'DECIMAL'],
  [/^date$|^datetime(\(\d\))?$/, 'DATETIME'],
];

/**
 * Returns the QuickSight type of a column.
 *
 * @throws {UnknownReportTypeError} the list above lacks the type.
 */
export function quickSightType(column: ViewColumn): QuickSightType {
  const found = types.find(([pattern]) => pattern.test(column.sqlType));
  if (found === undefined) throw new UnknownReportTypeError(column);
  return found[1];
}
