/** The check of a restored instance: a second database on it, and the comparison of the views of both. */
import { comparedViews, compareView, rebuiltName } from '@centflow/schema/compare-views';
import { type ConnectionOptions, createConnection } from 'mysql2/promise';

/** What a comparison found of one view. No cell of a row: logs and Terraform's state keep answers. */
export interface ComparedView {
  readonly view: string;
  /** How many rows the restored database has. */
  readonly rows: number;
  readonly equal: boolean;
}

/** A view could not be compared. Holds MySQL's code and not its words, which may quote cells. */
export class CompareError extends Error {
  override readonly name = 'CompareError';
}

/** The restored instance has another administrator's password than the secret. */
export class RestoredPasswordError extends Error {
  override readonly name = 'RestoredPasswordError';
}

/**
 * Checks that the administrator gets in. A restored instance has the password of the restored moment, and RDS has a new secret made
 * for a restored instance only with Oracle
 * (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html).
 *
 * @throws {RestoredPasswordError} the password was rotated after the restored moment.
 */
export async function requireAccess(administrator: ConnectionOptions): Promise<void> {
  const connection = await createConnection(administrator).catch((error: { code?: string }) => {
    if (error.code !== 'ER_ACCESS_DENIED_ERROR') throw error;
    throw new RestoredPasswordError(
      "The restored instance refuses the administrator's password: it has the one of the restored moment, and RDS has rotated it since. Restore to a later moment.",
    );
  });
  await connection.end();
}

/**
 * Deletes what an earlier invocation left, so that the second database is empty when it is set up.
 *
 * Only on a restored instance: there is no such database on the environment's own.
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
 * Compares views of the database and of the rebuilt one beside it.
 *
 * @throws {CompareError} naming the view and MySQL's code.
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
          throw new CompareError(`${view} could not be compared: ${error.code ?? 'no code of MySQL'}.`);
        },
      );
      compared.push({ view, rows, equal: differences.length === 0 });
    }
    return compared;
  } finally {
    await connection.end();
  }
}
