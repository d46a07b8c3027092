import { type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Another invocation is at work and does not finish. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** Longer than users and grants take; an invocation that waits for a long migration is better tried again. */
const WAIT_SECONDS = 60;

/**
 * Does the work while no other migrator works on the server: two that make passwords side by side would leave one in the secret
 * and the other in the database.
 *
 * @throws {BusyError} another one is at work.
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
        `Another migrator has been at work for more than ${WAIT_SECONDS} s. Wait for it and try again.`,
      );
    }
    return await work();
  } finally {
    // The lock ends with its connection.
    await connection.end();
  }
}
