/** Reading the database: values come as MySQL writes them, so that no amount becomes a float. */
import { tlsFor, verifiedTls } from '@centflow/lambda-kit/tls';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Where a stack's database is. */
export interface DatabasePlace {
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly databaseName: string;
}

/** The address of a database, as one of its users. */
export function databaseUrl(
  { databaseHost, databasePort, databaseName }: DatabasePlace,
  { user, password }: { readonly user: string; readonly password: string },
): string {
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${databaseHost}:${databasePort}/${databaseName}`;
}

/** @param authority PEM: the connection is then TLS with a server that it vouches for, on this machine too */
export async function connectTo(url: string, authority?: string): Promise<Connection> {
  return createConnection({
    uri: url,
    ...(authority === undefined ? tlsFor(new URL(url).hostname) : { ssl: verifiedTls(authority) }),
    dateStrings: true,
    supportBigNumbers: true,
    timezone: 'Z',
  });
}

/** Does something with a connection that is closed afterwards. */
export async function withConnection<Result>(
  url: string,
  work: (connection: Connection) => Promise<Result>,
  authority?: string,
): Promise<Result> {
  const connection = await connectTo(url, authority);
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

export async function queryRows<Result extends object = Readonly<Record<string, unknown>>>(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Result[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, values as unknown[]);
  return rows as Result[];
}
