/** The types of the views' columns as QuickSight calls them. */
import type { ViewColumn } from '@centflow/schema/view-columns';

/** QuickSight's `InputColumn` types that a view can have. */
export type QuickSightType = 'STRING' | 'INTEGER' | 'DECIMAL' | 'DATETIME';

/** A view has a column of a type that QuickSight was not told a word for. */
export class UnknownReportTypeError extends Error {
  override readonly name = 'UnknownReportTypeError';

  constructor({ name, sqlType }: ViewColumn) {
    super(`Column ${name} is ${sqlType}. Say in infra/src/report-columns.ts which type QuickSight has for it.`);
  }
}

/** Nothing is guessed: a decimal stays a decimal, and QuickSight's own are exact to 4 places, as the views' amounts are. */
const types: readonly (readonly [pattern: RegExp, type: QuickSightType])[] = [
  [/^(var)?char\(\d+\)$|^text$|^enum\(.+\)$/, 'STRING'],
  [/^(big)?int( unsigned)?$/, 'INTEGER'],
  [/^decimal\(\d+,\d+\)$/, 'DECIMAL'],
  [/^date$|^datetime(\(\d\))?$/, 'DATETIME'],
];

/** @throws {UnknownReportTypeError} the type stands nowhere. */
export function quickSightType(column: ViewColumn): QuickSightType {
  const found = types.find(([pattern]) => pattern.test(column.sqlType));
  if (found === undefined) throw new UnknownReportTypeError(column);
  return found[1];
}
