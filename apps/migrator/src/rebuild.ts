/** Checks a restored instance: compares the views of its database and of a second, rebuilt one. */
import { comparedViews, compareView, rebuiltName } from '@centflow/schema/compare-views';
import { type ConnectionOptions, createConnection } from 'mysql2/promise';

/** The result for one view. It contains no cell, because logs and Terraform's state keep it. */
export interface ComparedView {
  readonly view: string;
  /** How many rows the restored database has. */
  readonly rows: number;
  readonly equal: boolean;
}

/** A view could not be compared. The error has MySQL's code and not its message, which may quote cells. */
export class CompareError extends Error {
  override readonly name = 'CompareError';
}

/** The restored instance has an older administrator password than the secret. */
export class RestoredPasswordError extends Error {
  override readonly name = 'RestoredPasswordError';
}

/**
 * Checks that the administrator can connect. A restored instance has the password of the point in time that was restored. RDS
 * creates a new secret for a restored instance only with Oracle
 * (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html).
 *
 * @throws {RestoredPasswordError} the password was rotated after that point in time.
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
 * Drops the second database of an earlier invocation, so that the new one is empty.
 *
 * It exists only on restored instances, never on the environment's own instance.
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
 * Compares views of the database and of the rebuilt database.
 *
 * @throws {CompareError} a view could not be compared. The message has its name and MySQL's error code.
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
