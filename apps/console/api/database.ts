/** The views, read as reporter. */
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import { hasCode } from './refusal.ts';

/** A query that takes longer is given up, by MySQL itself: API Gateway's caller is gone after 30 s. */
export const QUERY_MS = 10_000;

/** The password is another by now. */
const REFUSED = ['ER_ACCESS_DENIED_ERROR'];
/** The connection was given up while nobody used it: a Lambda sleeps for hours. */
const LOST = ['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ER_CLIENT_INTERACTION_TIMEOUT'];

/** The collation is the one that literals in the views have: others cannot be compared with them. */
const session = `SET NAMES utf8mb4 COLLATE utf8mb4_0900_as_cs, SESSION max_execution_time = ${QUERY_MS}, SESSION time_zone = '+00:00'`;

export interface Database {
  /** Asks something; what it is told to ask must change nothing, since it may be asked twice. */
  ask<Result>(question: (views: MySql2Database) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
}

/**
 * @param options says who connects where; asked for anew where MySQL no longer takes the password, which may have been rotated
 */
export function connectViews(options: () => Promise<PoolOptions>): Database {
  let connected: Promise<{ readonly pool: Pool; readonly views: MySql2Database }> | undefined;
  const connect = async () => {
    const pool = createPool({
      connectTimeout: 5000,
      ...(await options()),
      // Exact decimals and microseconds: never a float, never a Date.
      dateStrings: true,
      supportBigNumbers: true,
      timezone: 'Z',
      multipleStatements: false,
    });
    pool.on('connection', (connection) => connection.query(session));
    return { pool, views: drizzle(pool) };
  };
  const end = async () => {
    const open = connected;
    connected = undefined;
    await (await open)?.pool.end();
  };
  const views = async () => {
    connected ??= connect();
    try {
      return (await connected).views;
    } catch (error) {
      connected = undefined;
      throw error;
    }
  };
  return {
    end,
    async ask(question) {
      try {
        return await inTime(question(await views()));
      } catch (error) {
        if (hasCode(error, REFUSED)) await end();
        else if (!hasCode(error, LOST)) throw error;
        return await inTime(question(await views()));
      }
    },
  };
}

/** `2025-01-02 03:04:05.678901`, which is UTC, as ISO 8601. */
export function momentOf(time: string): string {
  return `${time.replace(' ', 'T')}Z`;
}

export function momentOrNull(time: string | null): string | null {
  return time === null ? null : momentOf(time);
}

/** The database does not answer at all, not even that a query takes too long. */
export class SilentDatabaseError extends Error {
  override readonly name = 'SilentDatabaseError';
  readonly code = 'ETIMEDOUT';
}

async function inTime<Result>(question: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilentDatabaseError('The database does not answer.')), QUERY_MS + 2000);
  });
  try {
    return await Promise.race([question, silence]);
  } finally {
    clearTimeout(timer);
  }
}
