import type { MySqlColumn } from 'drizzle-orm/mysql-core';

/** What the job makes of a cell. */
export type ColumnType =
  | { readonly type: 'date' }
  | { readonly type: 'yearmonth' }
  | { readonly type: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly type: 'string'; readonly maxLength: number };

/** A column of a type that contracts have no word for. */
export class UnknownColumnTypeError extends Error {
  override readonly name = 'UnknownColumnTypeError';

  constructor(column: string, sqlType: string) {
    super(
      `Column ${column} is ${sqlType}, which a contract cannot say. ` +
        'Use date, char(7) for a month, decimal(p,s), char(n) or varchar(n), or teach src/contract/column-type.ts and the job the new type.',
    );
  }
}

/**
 * One rule for each SQL type a feed may use. All of them are exact: every value the column can hold can be said in the contract.
 *
 * Read from the SQL type because Drizzle's own `dataType` calls decimals and string dates alike "string".
 */
const rules: readonly (readonly [pattern: RegExp, type: (first: number, second: number) => ColumnType])[] = [
  [/^date$/, () => ({ type: 'date' })],
  [/^char\(7\)$/, () => ({ type: 'yearmonth' })],
  // MySQL's own default, which Drizzle leaves unsaid.
  [/^decimal$/, () => ({ type: 'decimal', precision: 10, scale: 0 })],
  [/^decimal\((\d+)(?:,(\d+))?\)$/, (precision, scale) => ({ type: 'decimal', precision, scale })],
  [/^(?:var)?char\((\d+)\)$/, (maxLength) => ({ type: 'string', maxLength })],
];

/** The contract's type of a column, from its SQL type. */
export function columnType(column: Pick<MySqlColumn, 'name' | 'getSQLType'>): ColumnType {
  const sqlType = column.getSQLType();
  for (const [pattern, type] of rules) {
    const found = pattern.exec(sqlType);
    if (found) return type(Number(found[1]), Number(found[2] ?? 0));
  }
  throw new UnknownColumnTypeError(column.name, sqlType);
}
