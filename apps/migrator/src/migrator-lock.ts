import { type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Another invocation is running and did not finish in time. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** Longer than users and grants take. An invocation does not wait for a long migration and should be retried instead. */
const WAIT_SECONDS = 60;

/**
 * Does work while it holds the server's migrator lock. Two concurrent migrators could store one password in the secret and
 * another in the database.
 *
 * @throws {BusyError} another migrator holds the lock.
 */
export async function withMigratorLock<Result>(
  administrator: ConnectionOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const connection = await createConnection(administrator);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT get_lock(?, ?) AS got', [
      'centflow-migrator',
      WAIT_SECONDS,
    ]);
    if (rows[0]?.got !== 1) {
      throw new BusyError(
        `Another migrator has been running for more than ${WAIT_SECONDS} s. Wait until it ends, then try again.`,
      );
    }
    return await work();
  } finally {
    // MySQL releases the lock when its connection ends.
    await connection.end();
  }
}
