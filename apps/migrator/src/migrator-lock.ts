import { type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Thrown if another invocation is running and does not finish in time. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/**
 * The maximum wait for the lock. Updates of users and grants take less time. A long migration takes more, so the caller
 * should retry.
 */
const WAIT_SECONDS = 60;

/**
 * Runs `work` while it holds the server's migrator lock.
 *
 * Without the lock, two migrators could store one password in the secret and another in the database.
 *
 * @throws {BusyError} if another migrator holds the lock.
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
    // MySQL releases the lock when the connection ends.
    await connection.end();
  }
}
