import { describeStep, type MigrationStep } from './read-migrations.ts';

/** Something that keeps the database from being brought up to date. */
export abstract class MigrationError extends Error {}

/** The server refused a statement. */
export class MigrationStepError extends MigrationError {
  override readonly name = 'MigrationStepError';
  readonly step: MigrationStep;

  constructor(step: MigrationStep, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `MySQL refused ${describeStep(step)}: ${why}. The steps before it stand. ` +
        'Put right what it complains of and migrate again: it goes on with this step.',
      { cause },
    );
    this.step = step;
  }
}

/** A statement that the database has already had reads differently now. */
export class AlteredMigrationError extends MigrationError {
  override readonly name = 'AlteredMigrationError';
  readonly step: MigrationStep;

  constructor(step: MigrationStep) {
    super(
      `This database has already had ${describeStep(step)}, but the statement has been changed since. ` +
        'Restore the file as it was released, and say the change in a new migration (`npm run generate`).',
    );
    this.step = step;
  }
}

/** Another migrator is at work and does not finish. */
export class MigrationLockError extends MigrationError {
  override readonly name = 'MigrationLockError';

  constructor(database: string, seconds: number) {
    super(
      `Another session has been migrating ${database} for more than ${seconds} s. ` +
        'Wait for it and migrate again; SHOW PROCESSLIST names it.',
    );
  }
}

/** A server that cannot hold the schema, or a connection without a database. */
export class UnsuitableDatabaseError extends MigrationError {
  override readonly name = 'UnsuitableDatabaseError';
}
