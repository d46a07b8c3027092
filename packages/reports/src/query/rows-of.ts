import type { SQLWrapper } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';

/** The rows of a query, each an object by column name; decimals and times are strings. */
export async function rowsOf<Row>(database: Pick<MySql2Database, 'execute'>, query: SQLWrapper): Promise<Row[]> {
  const [rows] = await database.execute(query.getSQL());
  return rows as unknown as Row[];
}
