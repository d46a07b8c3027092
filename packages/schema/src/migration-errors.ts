import { describeStep, type MigrationStep } from './read-migrations.ts';

/** The database cannot be brought up to date. */
export abstract class MigrationError extends Error {}

/** Thrown if the server rejected a statement of a migration. */
export class MigrationStepError extends MigrationError {
  override readonly name = 'MigrationStepError';
  readonly step: MigrationStep;

  constructor(step: MigrationStep, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `MySQL refused ${describeStep(step)}: ${why}. The earlier steps are applied. ` +
        'Fix the cause and migrate again. The migration then continues with this step.',
      { cause },
    );
    this.step = step;
  }
}

/** Thrown if a statement was changed after the database had applied it. */
export class AlteredMigrationError extends MigrationError {
  override readonly name = 'AlteredMigrationError';
  readonly step: MigrationStep;

  constructor(step: MigrationStep) {
    super(
      `This database has already applied ${describeStep(step)}, but the statement has been changed since. ` +
        'Restore the file as it was released, and put the change into a new migration (`npm run generate`).',
    );
    this.step = step;
  }
}

/** Thrown if another migrator holds the lock for longer than the allowed time. */
export class MigrationLockError extends MigrationError {
  override readonly name = 'MigrationLockError';

  constructor(database: string, seconds: number) {
    super(
      `Another session has been migrating ${database} for more than ${seconds} s. ` +
        'Wait until it ends, then migrate again. SHOW PROCESSLIST shows the session.',
    );
  }
}

/** Thrown if the server does not support the schema, or the connection has no database. */
export class UnsuitableDatabaseError extends MigrationError {
  override readonly name = 'UnsuitableDatabaseError';
}
