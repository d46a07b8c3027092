/**
 * Checks a restored instance: compares the views of its database with the views of a database that is rebuilt from the
 * bucket.
 */
import { comparedViews, compareView, rebuiltName } from '@centflow/schema/compare-views';
import { type ConnectionOptions, createConnection } from 'mysql2/promise';

/**
 * The result for one view. The result contains no cell values, because it is stored in logs and in Terraform's state.
 */
export interface ComparedView {
  readonly view: string;
  /** The number of rows that the view has in the restored database. */
  readonly rows: number;
  readonly equal: boolean;
}

/**
 * Thrown if a view could not be compared. The message contains MySQL's error code, but not MySQL's message, which may
 * quote
 * cells.
 */
export class CompareError extends Error {
  override readonly name = 'CompareError';
}

/** Thrown if the secret contains a newer administrator password than the restored instance. */
export class RestoredPasswordError extends Error {
  override readonly name = 'RestoredPasswordError';
}

/**
 * Checks that the administrator can connect.
 *
 * A restored instance has the password of the restored point in time. RDS creates a new secret for a restored instance
 * only
 * with Oracle (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html).
 *
 * @throws {RestoredPasswordError} if the password was rotated after that point in time.
 */
export async function requireAccess(administrator: ConnectionOptions): Promise<void> {
  const connection = await createConnection(administrator).catch((error: { code?: string }) => {
    if (error.code !== 'ER_ACCESS_DENIED_ERROR') throw error;
    throw new RestoredPasswordError(
      "The restored instance rejects the administrator's password, because RDS has rotated it since that point in time. Restore to a later point in time.",
    );
  });
  await connection.end();
}

/**
 * Drops the second database of an earlier invocation, so that the new one starts empty.
 *
 * The second database exists only on restored instances, never on the environment's own instance.
 */
export async function dropRebuilt(administrator: ConnectionOptions, database: string): Promise<void> {
  const connection = await createConnection(administrator);
  try {
    await connection.query('DROP DATABASE IF EXISTS ??', [rebuiltName(database)]);
  } finally {
    await connection.end();
  }
}

/**
 * Compares the views of the database with the views of the rebuilt database.
 *
 * @throws {CompareError} if a view could not be compared. The message contains the view's name and MySQL's error code.
 */
export async function compareViews(
  administrator: ConnectionOptions,
  database: string,
  views: readonly string[] = comparedViews,
): Promise<ComparedView[]> {
  const connection = await createConnection(administrator);
  try {
    const compared: ComparedView[] = [];
    for (const view of views) {
      const { rows, differences } = await compareView(connection, view, database, rebuiltName(database)).catch(
        (error: { code?: string }) => {
          throw new CompareError(`${view} could not be compared: ${error.code ?? 'no MySQL error code'}.`);
        },
      );
      compared.push({ view, rows, equal: differences.length === 0 });
    }
    return compared;
  } finally {
    await connection.end();
  }
}
