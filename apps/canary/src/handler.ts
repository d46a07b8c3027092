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

/** What the handler works with. */
export interface CanaryParts {
  readonly config: CanaryConfig;
  readonly secrets: SecretReader;
  readonly logger: Logger;
}

const canaryEvent = z.strictObject({ owner: z.string() });

/** An event that nobody should send. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** The views could not be read. Says why, and nothing secret. */
export class CanaryError extends Error {
  override readonly name: string;

  constructor(cause: unknown) {
    super(describeForLog(cause));
    // Not the cause itself: Lambda writes all properties of an error to the log, and MySQL's words may quote cells.
    this.name = cause instanceof Error ? cause.name : 'CanaryError';
  }
}

/** Makes the Lambda's handler: what the views show of the canary's uploads, and of nobody else's. */
export function createHandler({ config, secrets, logger }: CanaryParts) {
  return async (event: unknown, context: Context): Promise<CanaryAnswer> => {
    logger.addContext(context);
    try {
      const owner = readEvent(event);
      const answer = await askViews(owner);
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
   * Whoever may invoke the function reads nobody's money through it. Owners whose name begins with the canary's and a dash are
   * nobody either: each belongs to a check of its own, so that two checks do not delete each other's uploads.
   */
  function readEvent(event: unknown): string {
    const parsed = canaryEvent.safeParse(event);
    if (parsed.success && isOurs(parsed.data.owner)) return parsed.data.owner;
    throw new EventError(`The event is not answered. Send {"owner": "${config.owner}"}: no other owner is shown here.`);
  }

  function isOurs(owner: string): boolean {
    return owner === config.owner || owner.startsWith(`${config.owner}-`);
  }

  async function askViews(owner: string): Promise<CanaryAnswer> {
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
