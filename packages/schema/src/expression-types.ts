/**
 * Declares the SQL types of the expressions that views select. A view's file declares the type beside the expression.
 */
import { Column, is, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';

const types = new WeakMap<SQL, string>();

/**
 * Declares the SQL type that MySQL gives an expression, and returns the expression. A test compares the declared type
 * with MySQL's.
 *
 * @param type the SQL type, or a column with the same type; undefined leaves the type unknown
 */
export function typed<Value>(expression: SQL<Value>, type: string | MySqlColumn | undefined): SQL<Value> {
  const sqlType = is(type, Column) ? sqlTypeOf(type as MySqlColumn) : type;
  if (sqlType !== undefined) types.set(expression, sqlType);
  return expression;
}

/** Returns the SQL type that was declared for an expression. */
export function typeOfExpression(expression: SQL): string | undefined {
  return types.get(expression);
}

/**
 * Returns a column's SQL type without the character set and collation, which the types `exactText` and `asciiText`
 * include.
 */
export function sqlTypeOf(column: MySqlColumn): string {
  return column.getSQLType().replace(/ CHARACTER SET .*$/, '');
}
