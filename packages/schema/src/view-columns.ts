/** A view's columns with their SQL types, for what reads the views without asking MySQL: QuickSight's data sets. */
import { Column, is, SQL } from 'drizzle-orm';
import { getViewConfig, type MySqlColumn, type MySqlView } from 'drizzle-orm/mysql-core';
import { views } from './generated/views.ts';

/** A column of a view, in SQL's words. */
export interface ViewColumn {
  readonly name: string;
  /** As `information_schema.columns.column_type` tells it, without character set and collation. */
  readonly sqlType: string;
}

/** A view, as those see it who read it. */
export interface ViewDescription {
  readonly name: string;
  /** In their order. */
  readonly columns: readonly ViewColumn[];
}

/** A view has an expression whose SQL type nobody has told. */
export class UnknownExpressionError extends Error {
  override readonly name = 'UnknownExpressionError';

  constructor(view: string, column: string) {
    super(
      `View ${view}: column ${column} is an expression, and Drizzle does not know what MySQL makes of it. ` +
        'Tell its type in packages/schema/src/view-columns.ts (a test compares it with MySQL).',
    );
  }
}

const text = (length: number) => `varchar(${length})`;
const total = 'decimal(30,4)';

/** What MySQL makes of the views' expressions, by the column's name, or the view's and the column's. Columns that come straight from a table tell it themselves. */
const expressionTypes: Readonly<Record<string, string>> = {
  owner: text(64),
  currency: 'char(3)',
  category: text(64),
  merchant: text(128),
  source: text(128),
  account: text(64),
  date: 'date',
  kind: text(7),
  counterparty: text(128),
  country: text(2),
  'v_transactions.country': 'char(2)',
  city: text(64),
  month: text(7),
  month_received: text(7),
  row_date: 'date',
  reason: 'text',
  amount: total,
  income: total,
  expense: total,
  net: total,
  budget: total,
  actual: total,
  remaining: total,
  movement: total,
  balance: total,
  savings_rate: 'decimal(38,4)',
  transactions: 'bigint',
  quarantined_rows: 'bigint',
  uploads: 'bigint',
  seconds_to_visible: 'decimal(27,6)',
};

/** Every view, as those see it who read it. */
export function describeViews(): readonly ViewDescription[] {
  return views.map(describeView);
}

/**
 * A view's name and columns.
 *
 * @throws {UnknownExpressionError} a column is an expression of a type that stands nowhere.
 */
export function describeView(view: MySqlView): ViewDescription {
  const { name, selectedFields } = getViewConfig(view);
  const columns = Object.entries(selectedFields).map(([column, field]) => {
    if (is(field, Column)) return { name: column, sqlType: bareType((field as MySqlColumn).getSQLType()) };
    const expression = is(field, SQL.Aliased) ? field.fieldAlias : column;
    const sqlType = expressionTypes[`${name}.${expression}`] ?? expressionTypes[expression];
    if (sqlType === undefined) throw new UnknownExpressionError(name, column);
    return { name: column, sqlType };
  });
  return { name, columns };
}

/** Without the character set and collation, which `exactText` and its like have in their type. */
function bareType(sqlType: string): string {
  return sqlType.replace(/ CHARACTER SET .*$/, '');
}
