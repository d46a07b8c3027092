/**
 * Brings a database up to date: drizzle-kit's migrations, statement by statement.
 *
 * MySQL commits each DDL statement by itself, so a migration that fails in the middle stays half done. Each statement is
 * therefore recorded by itself, and the next run goes on with the one that failed.
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

/** What `migrate` may be told. */
export interface MigrateOptions {
  /** The migrations; those of this package where left out. */
  readonly directory?: string;
  /** How long to wait for another migrator. */
  readonly lockSeconds?: number;
}

/** What `migrate` did. */
export interface Migrated {
  readonly database: string;
  /** The steps of this run, in order. */
  readonly applied: readonly MigrationStep[];
  /** Migrations that the database has had and this release does not know: it was migrated by a newer one. */
  readonly unknown: readonly string[];
}

/** Applies the migrations the connection's database has not had yet. Any database name will do. */
export async function migrate(connection: Connection, options: MigrateOptions = {}): Promise<Migrated> {
  const steps = await readMigrations(options.directory ?? migrationsDirectory);
  await requireSuitableServer(connection);
  await prepareSession(connection);
  const database = await databaseOf(connection);

  return await alone(connection, database, options.lockSeconds ?? 60, async () => {
    await keepLettersApart(connection);
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

/** What MySQL says of DDL that has been done already. */
const doneAlready: ReadonlySet<string> = new Set([
  'ER_TABLE_EXISTS_ERROR',
  'ER_BAD_TABLE_ERROR',
  'ER_DUP_FIELDNAME',
  'ER_DUP_KEYNAME',
  'ER_CANT_DROP_FIELD_OR_KEY',
  'ER_CHECK_CONSTRAINT_DUP_NAME',
]);

/**
 * Runs one statement between two records: begun, and done.
 *
 * A refused statement takes its record back. So a record that says only "begun" means that a migrator vanished, and then
 * "already exists" from the server means that the statement had gone through.
 */
async function apply(connection: Connection, step: MigrationStep, vanished: boolean): Promise<void> {
  const { tag, step: number, sha256 } = step;
  await connection.query(
    'REPLACE INTO schema_migrations (tag, step, sha256, started_at, applied_at) VALUES (?, ?, ?, utc_timestamp(6), NULL)',
    [tag, number, sha256],
  );
  try {
    await connection.query(step.statement);
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? '';
    if (!(vanished && doneAlready.has(code))) {
      // Where the connection is gone the record stays, and says so.
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
 * Checks that the server has what the schema needs, such as its collations and CHECK constraints. Call it before anything else:
 * MariaDB fails at some later statement, with an error that does not name the cause.
 *
 * @throws {UnsuitableDatabaseError} for MariaDB and for an old MySQL
 */
export async function requireSuitableServer(connection: Connection): Promise<void> {
  const [server] = await rowsOf<{ version: string }>(connection, 'SELECT version() AS version');
  const version = server?.version ?? '';
  if (/mariadb/i.test(version)) {
    throw new UnsuitableDatabaseError(
      `The server is MariaDB (${version}), and Centflow needs MySQL. Use MySQL 8.0.29 or newer.`,
    );
  }
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const isNewEnough = major > 8 || (major === 8 && (minor > 0 || patch >= 29));
  if (!isNewEnough) {
    throw new UnsuitableDatabaseError(`The server is MySQL ${version}. Use MySQL 8.0.29 or newer.`);
  }
}

/** The database the connection is in. */
async function databaseOf(connection: Connection): Promise<string> {
  const [current] = await rowsOf<{ name: string | null }>(connection, 'SELECT database() AS name');
  if (current?.name === null || current === undefined) {
    throw new UnsuitableDatabaseError(
      'The connection names no database; put one at the end of its URL: mysql://host/centflow.',
    );
  }
  return current.name;
}

/** Makes new tables keep `cafe` and `café`, `A` and `a` apart: RDS makes databases that do not. */
async function keepLettersApart(connection: Connection): Promise<void> {
  const [current] = await rowsOf<{ collation: string }>(connection, 'SELECT @@collation_database AS collation');
  if (current?.collation !== 'utf8mb4_0900_as_cs') {
    await connection.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs');
  }
}

/** Does the work while no other migrator works on the same database. */
async function alone<Result>(
  connection: Connection,
  database: string,
  seconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  // Lock names are at most 64 characters long, and so are database names.
  const name = `centflow-migrate-${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  const [lock] = await rowsOf<{ got: 0 | 1 | null }>(connection, 'SELECT get_lock(?, ?) AS got', [name, seconds]);
  if (lock?.got !== 1) throw new MigrationLockError(database, seconds);
  try {
    return await work();
  } finally {
    // A lost connection has lost the lock as well.
    await connection.query('DO release_lock(?)', [name]).catch(() => undefined);
  }
}
