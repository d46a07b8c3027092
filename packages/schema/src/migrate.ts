/**
 * Brings a database up to date by running drizzle-kit's migrations, one statement after another.
 *
 * MySQL commits each DDL statement separately. If a migration fails in the middle, its first statements stay applied.
 * So each applied statement is recorded, and the next call of `migrate` continues with the failed statement.
 */
import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import {
  AlteredMigrationError,
  MigrationLockError,
  MigrationStepError,
  UnsuitableDatabaseError,
} from './migration-errors.ts';
import { type MigrationStep, migrationsDirectory, readMigrations } from './read-migrations.ts';
import { prepareSession, rowsOf } from './session.ts';

export * from './migration-errors.ts';
export { type MigrationStep, migrationsDirectory } from './read-migrations.ts';

/** Options of `migrate`. */
export interface MigrateOptions {
  /** The folder of the migrations. The default is the folder in this package. */
  readonly directory?: string;
  /** How many seconds to wait for another migrator. */
  readonly lockSeconds?: number;
}

/** The result of `migrate`. */
export interface Migrated {
  readonly database: string;
  /** The steps that were applied, in order. */
  readonly applied: readonly MigrationStep[];
  /** The tags of migrations that this release does not have, because a newer release has applied them. */
  readonly unknown: readonly string[];
}

/** Applies the migrations that are missing in the connection's database. The database may have any name. */
export async function migrate(connection: Connection, options: MigrateOptions = {}): Promise<Migrated> {
  const steps = await readMigrations(options.directory ?? migrationsDirectory);
  await requireSuitableServer(connection);
  await prepareSession(connection);
  const database = await databaseOf(connection);

  return await withMigrationLock(connection, database, options.lockSeconds ?? 60, async () => {
    await setCollation(connection);
    await connection.query(recordTable);
    const records = await readRecords(connection);
    for (const step of steps) {
      const record = records.get(idOf(step));
      if (record?.done && record.sha256 !== step.sha256) throw new AlteredMigrationError(step);
    }

    const applied: MigrationStep[] = [];
    for (const step of steps) {
      const record = records.get(idOf(step));
      if (record?.done) continue;
      await apply(connection, step, record !== undefined);
      applied.push(step);
    }
    const known = new Set(steps.map(({ tag }) => tag));
    const unknown = new Set([...records.values()].map(({ tag }) => tag).filter((tag) => !known.has(tag)));
    return { database, applied, unknown: [...unknown].sort() };
  });
}

const recordTable = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    tag varchar(255) NOT NULL,
    step int unsigned NOT NULL,
    sha256 char(64) NOT NULL,
    started_at datetime(6) NOT NULL,
    applied_at datetime(6) NULL COMMENT 'NULL: the migrator vanished before it heard how the statement ended',
    PRIMARY KEY (tag, step)
  )`;

interface StepRecord {
  readonly tag: string;
  readonly step: number;
  readonly sha256: string;
  readonly done: 0 | 1;
}

const idOf = ({ tag, step }: Pick<MigrationStep, 'tag' | 'step'>) => `${tag}/${step}`;

async function readRecords(connection: Connection): Promise<Map<string, StepRecord>> {
  const records = await rowsOf<StepRecord>(
    connection,
    'SELECT tag, step, sha256, applied_at IS NOT NULL AS done FROM schema_migrations ORDER BY tag, step',
  );
  return new Map(records.map((record) => [idOf(record), record]));
}

/** MySQL's error codes for a DDL statement that was already applied. */
const alreadyApplied: ReadonlySet<string> = new Set([
  'ER_TABLE_EXISTS_ERROR',
  'ER_BAD_TABLE_ERROR',
  'ER_DUP_FIELDNAME',
  'ER_DUP_KEYNAME',
  'ER_CANT_DROP_FIELD_OR_KEY',
  'ER_CHECK_CONSTRAINT_DUP_NAME',
]);

/**
 * Runs one statement. Inserts a record before the statement, and sets `applied_at` in the record after the statement.
 *
 * If MySQL rejects the statement, the record is deleted. So a record without `applied_at` means that a migrator
 * crashed. If MySQL then reports "already exists", the statement had succeeded before the crash.
 */
async function apply(connection: Connection, step: MigrationStep, crashed: boolean): Promise<void> {
  const { tag, step: number, sha256 } = step;
  await connection.query(
    'REPLACE INTO schema_migrations (tag, step, sha256, started_at, applied_at) VALUES (?, ?, ?, utc_timestamp(6), NULL)',
    [tag, number, sha256],
  );
  try {
    await connection.query(step.statement);
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? '';
    if (!(crashed && alreadyApplied.has(code))) {
      // If the connection is lost, the record remains. The next call then knows that the statement may have been
      // applied.
      await connection
        .query('DELETE FROM schema_migrations WHERE tag = ? AND step = ?', [tag, number])
        .catch(() => undefined);
      throw new MigrationStepError(step, cause);
    }
  }
  await connection.query('UPDATE schema_migrations SET applied_at = utc_timestamp(6) WHERE tag = ? AND step = ?', [
    tag,
    number,
  ]);
}

/**
 * Checks that the server supports the collations, CHECK constraints and other features that the schema needs. Call this
 * function first: on MariaDB, a later statement would fail with an error that does not name the cause.
 *
 * @throws {UnsuitableDatabaseError} for MariaDB and for a MySQL version that is too old
 */
export async function requireSuitableServer(connection: Connection): Promise<void> {
  const [server] = await rowsOf<{ version: string }>(connection, 'SELECT version() AS version');
  const version = server?.version ?? '';
  if (/mariadb/i.test(version)) {
    throw new UnsuitableDatabaseError(
      `The server is MariaDB (${version}), but Centflow needs MySQL. Use MySQL 8.0.29 or newer.`,
    );
  }
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const isNewEnough = major > 8 || (major === 8 && (minor > 0 || patch >= 29));
  if (!isNewEnough) {
    throw new UnsuitableDatabaseError(`The server is MySQL ${version}. Use MySQL 8.0.29 or newer.`);
  }
}

/** Returns the name of the connection's database. */
async function databaseOf(connection: Connection): Promise<string> {
  const [current] = await rowsOf<{ name: string | null }>(connection, 'SELECT database() AS name');
  if (current?.name === null || current === undefined) {
    throw new UnsuitableDatabaseError(
      'The connection has no database. Add one to the end of its URL: mysql://host/centflow.',
    );
  }
  return current.name;
}

/**
 * Sets a collation that distinguishes `cafe` from `café` and `A` from `a`. A database that RDS creates has another
 * collation.
 */
async function setCollation(connection: Connection): Promise<void> {
  const [current] = await rowsOf<{ collation: string }>(connection, 'SELECT @@collation_database AS collation');
  if (current?.collation !== 'utf8mb4_0900_as_cs') {
    await connection.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs');
  }
}

/** Runs the work while holding a lock, so that no other migrator changes the same database. */
async function withMigrationLock<Result>(
  connection: Connection,
  database: string,
  seconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  // The name of the lock contains a digest of the database's name. MySQL limits both names to 64 characters, so the
  // whole database name would not fit.
  const name = `centflow-migrate-${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  const [lock] = await rowsOf<{ got: 0 | 1 | null }>(connection, 'SELECT get_lock(?, ?) AS got', [name, seconds]);
  if (lock?.got !== 1) throw new MigrationLockError(database, seconds);
  try {
    return await work();
  } finally {
    // If the connection is lost, MySQL has already released the lock.
    await connection.query('DO release_lock(?)', [name]).catch(() => undefined);
  }
}
