import { Column, is, SQL } from 'drizzle-orm';
import { getViewConfig, type MySqlColumn, type MySqlView } from 'drizzle-orm/mysql-core';
import { sqlTypeOf, typeOfExpression } from './expression-types.ts';

/** A column of a view, with its type in MySQL. */
export interface ViewColumn {
  readonly name: string;
  /** The type as in `information_schema.columns.column_type`, without character set and collation. */
  readonly sqlType: string;
}

/** A view's name and columns. */
export interface ViewDescription {
  readonly name: string;
  /** The columns in the order of the SELECT. */
  readonly columns: readonly ViewColumn[];
}

/** Thrown if a view selects an expression whose SQL type is not declared. */
export class UnknownExpressionError extends Error {
  override readonly name = 'UnknownExpressionError';

  constructor(view: string, column: string) {
    super(
      `View ${view}: column ${column} is an expression without an SQL type. ` +
        "Wrap it in the view's file: typed(expression, 'varchar(64)') from packages/schema/src/expression-types.ts.",
    );
  }
}

/**
 * Returns a view's name and columns.
 *
 * @throws {UnknownExpressionError} The SQL type of an expression is not declared.
 */
export function describeView(view: MySqlView): ViewDescription {
  const { name, selectedFields } = getViewConfig(view);
  const columns = Object.entries(selectedFields).map(([column, field]) => {
    if (is(field, Column)) return { name: column, sqlType: sqlTypeOf(field as MySqlColumn) };
    const sqlType = is(field, SQL.Aliased) ? typeOfExpression(field.sql) : undefined;
    if (sqlType === undefined) throw new UnknownExpressionError(name, column);
    return { name: column, sqlType };
  });
  return { name, columns };
}
