import { Column, is, SQL } from 'drizzle-orm';
import { getViewConfig, type MySqlColumn, type MySqlView } from 'drizzle-orm/mysql-core';
import { sqlTypeOf, typeOfExpression } from './expression-types.ts';

/** A column of a view, as MySQL describes it. */
export interface ViewColumn {
  readonly name: string;
  /** As in `information_schema.columns.column_type`, without character set and collation. */
  readonly sqlType: string;
}

/** A view, as its readers see it. */
export interface ViewDescription {
  readonly name: string;
  /** In the order of the SELECT. */
  readonly columns: readonly ViewColumn[];
}

/** A view selects an expression without a declared SQL type. */
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
 * @throws {UnknownExpressionError} a column is an expression without a declared SQL type.
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
