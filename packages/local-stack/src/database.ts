/** Connects to the database. Decimals and times are read as text, so that no amount becomes a float. */
import { tlsFor, verifiedTls } from '@centflow/lambda-kit/tls';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/** The location of a stack's database. */
export interface DatabasePlace {
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly databaseName: string;
}

/** Returns the URL of a database with the credentials of the user. */
export function databaseUrl(
  { databaseHost, databasePort, databaseName }: DatabasePlace,
  { user, password }: { readonly user: string; readonly password: string },
): string {
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${databaseHost}:${databasePort}/${databaseName}`;
}

/**
 * Opens a connection.
 *
 * @param authority the server's certificate authority as PEM. If it is set, the connection uses TLS even on this
 * machine.
 */
export async function connectTo(url: string, authority?: string): Promise<Connection> {
  return createConnection({
    uri: url,
    ...(authority === undefined ? tlsFor(new URL(url).hostname) : { ssl: verifiedTls(authority) }),
    dateStrings: true,
    supportBigNumbers: true,
    timezone: 'Z',
  });
}

/** Runs `work` with a connection, which is closed afterwards. */
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
