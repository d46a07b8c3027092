/** Reading the database: values come as MySQL writes them, so that no amount becomes a float. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { tlsFor } from './mysql.ts';
import type { Row } from './table.ts';

export async function connectTo(url: string): Promise<Connection> {
  return createConnection({
    uri: url,
    ...tlsFor(new URL(url).hostname),
    dateStrings: true,
    supportBigNumbers: true,
    timezone: 'Z',
  });
}

/** Does something with a connection that is closed afterwards. */
export async function withConnection<Result>(
  url: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connectTo(url);
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

export async function queryRows<Result extends object = Row>(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Result[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, values as unknown[]);
  return rows as Result[];
}
