/** The `globalSetup` in Vitest for packages whose tests need a MySQL server. */
import { startTemporaryMysql } from '@centflow/local-processes/temporary-mysql';

/**
 * Starts a server and sets CENTFLOW_MYSQL_URL, unless that variable already contains a server's address.
 *
 * @returns the function that stops the server
 */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.CENTFLOW_MYSQL_URL) return undefined;
  const server = await startTemporaryMysql();
  process.env.CENTFLOW_MYSQL_URL = server.url;
  return server.stop;
}
