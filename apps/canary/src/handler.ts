import type { Logger } from '@aws-lambda-powertools/logger';
import { rdsAuthorities } from '@centflow/lambda-kit/rds-authorities';
import { readDatabaseUser, type SecretReader } from '@centflow/lambda-kit/secrets';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { describeForLog } from '@centflow/schema/log-text';
import type { Context } from 'aws-lambda';
import { createConnection } from 'mysql2/promise';
import * as z from 'zod';
import type { CanaryConfig } from './config.ts';
import { type CanaryAnswer, readViews } from './read-views.ts';

/** The clients and settings of the handler. */
export interface CanaryParts {
  readonly config: CanaryConfig;
  readonly secrets: SecretReader;
  readonly logger: Logger;
}

const canaryEvent = z.strictObject({ owner: z.string() });

/** Thrown if the event is not valid. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** Thrown if the views could not be read. The message has the reason and no secret. */
export class CanaryError extends Error {
  override readonly name: string;

  constructor(cause: unknown) {
    super(describeForLog(cause));
    // The error has no `cause`: Lambda logs all properties of an error, and MySQL's messages may quote cells.
    this.name = cause instanceof Error ? cause.name : 'CanaryError';
  }
}

/** Creates the Lambda's handler. The handler returns the canary's rows from the views, and no other owner's rows. */
export function createHandler({ config, secrets, logger }: CanaryParts) {
  return async (event: unknown, context: Context): Promise<CanaryAnswer> => {
    logger.addContext(context);
    try {
      const owner = readEvent(event);
      const answer = await queryViews(owner);
      const { uploads, cashFlow, rows } = answer;
      logger.info('Views were read', { uploads: uploads.length, months: cashFlow.length, rows });
      return answer;
    } catch (cause) {
      const error = new CanaryError(cause);
      logger.error('Views could not be read', { reason: error.name, detail: error.message });
      throw error;
    }
  };

  /**
   * Returns the event's owner. Rejects any owner except the canary's, so that no caller can read a real owner's data.
   *
   * A name that starts with the canary's owner and a dash is also valid. Each check uses a different name, so that two
   * checks do not delete each other's uploads.
   */
  function readEvent(event: unknown): string {
    const parsed = canaryEvent.safeParse(event);
    if (parsed.success && isCanaryOwner(parsed.data.owner)) return parsed.data.owner;
    throw new EventError(
      `The event is not valid. Send {"owner": "${config.owner}"}. The canary returns only the figures of its own owner.`,
    );
  }

  function isCanaryOwner(owner: string): boolean {
    return owner === config.owner || owner.startsWith(`${config.owner}-`);
  }

  async function queryViews(owner: string): Promise<CanaryAnswer> {
    const { host, port, username, password, dbname } = await readDatabaseUser(secrets, config.reporterSecret);
    const connection = await createConnection({
      host,
      port,
      user: username,
      password,
      database: dbname,
      ssl: verifiedTls(config.authorities ?? rdsAuthorities(config.region)),
      dateStrings: true,
      supportBigNumbers: true,
    });
    try {
      return await readViews(connection, owner);
    } finally {
      await connection.end();
    }
  }
}
