import type { MySqlColumn } from 'drizzle-orm/mysql-core';

/** The type to which the job converts a cell. */
export type ColumnType =
  | { readonly type: 'date' }
  | { readonly type: 'yearmonth' }
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly type: 'string'; readonly maxLength: number };

/** Thrown if a column's SQL type has no matching type in contracts. */
export class UnknownColumnTypeError extends Error {
  override readonly name = 'UnknownColumnTypeError';

  constructor(column: string, sqlType: string) {
    super(
      `Column ${column} is ${sqlType}, which contracts do not support. ` +
        'Use date, char(7) for a month, decimal(p,s), char(n) or varchar(n), or add the type to src/contract/column-type.ts and to the job.',
    );
  }
}

/**
 * One rule for each SQL type that a feed may use. The types are exact: a contract can express every value that the
 * column can store.
 *
 * The rules match the SQL type, because Drizzle's `dataType` is "string" for decimals as well as for dates.
 */
const rules: readonly (readonly [pattern: RegExp, type: (first: number, second: number) => ColumnType])[] = [
  [/^date$/, () => ({ type: 'date' })],
  [/^char\(7\)$/, () => ({ type: 'yearmonth' })],
  // MySQL's default precision. Drizzle omits the default.
  [/^decimal$/, () => ({ type: 'decimal', precision: 10, scale: 0 })],
  [/^decimal\((\d+)(?:,(\d+))?\)$/, (precision, scale) => ({ type: 'decimal', precision, scale })],
  [/^(?:var)?char\((\d+)\)$/, (maxLength) => ({ type: 'string', maxLength })],
];

/** Returns the contract type for the SQL type of a column. */
export function columnType(column: Pick<MySqlColumn, 'name' | 'getSQLType'>): ColumnType {
  const sqlType = column.getSQLType();
  for (const [pattern, type] of rules) {
    const found = pattern.exec(sqlType);
    if (found) return type(Number(found[1]), Number(found[2] ?? 0));
  }
  throw new UnknownColumnTypeError(column.name, sqlType);
}
