import type { Connection, RowDataPacket } from 'mysql2/promise';

/** The settings that every session needs. They must not depend on the server's defaults. */
const sessionSettings = [
  // A literal in a view has the collation of the session that creates the view.
  'SET NAMES utf8mb4 COLLATE utf8mb4_0900_as_cs',
  // All DATETIME values in the database are UTC.
  "SET SESSION time_zone = '+00:00'",
  "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
];

/** Sets the collation, time zone and SQL mode that the schema requires. */
export async function prepareSession(connection: Connection): Promise<void> {
  for (const setting of sessionSettings) await connection.query(setting);
}

/** Returns the rows of a query as objects with the column names as keys. */
export async function rowsOf<Row>(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, values as unknown[]);
  return rows as Row[];
}
