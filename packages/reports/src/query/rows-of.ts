import type { SQLWrapper } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';

/** Returns the rows of a query as objects with the column names as keys. Decimals and times are strings. */
export async function rowsOf<Row>(database: Pick<MySql2Database, 'execute'>, query: SQLWrapper): Promise<Row[]> {
  const [rows] = await database.execute(query.getSQL());
  return rows as unknown as Row[];
}
