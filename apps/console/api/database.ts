/** Queries of the views, as the database user `reporter`. */
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise';
import { hasCode } from './refusal.ts';
import { endSharedTurn, takeSharedTurn } from './shared-turns.ts';
import { clientGoneError, type Requester, Turns } from './turns.ts';

/** MySQL cancels queries that take longer than this. API Gateway ends a request after 30 s. */
export const QUERY_MS = 10_000;
/** The time limit for one call of `query`: getting a connection and running all of its SQL statements. */
const CALL_MS = QUERY_MS + 2000;
const CONNECT_MS = 5000;
/**
 * A frozen Lambda keeps its connection open. MySQL closes idle connections after this time, so that they do not use up
 * the user's limit.
 */
const IDLE_SECONDS = 60;

/** The error code that MySQL returns after the password has been rotated. */
const REFUSED = ['ER_ACCESS_DENIED_ERROR'];
/** Error codes of a connection that was lost while idle. A Lambda can be frozen for hours. */
const LOST = ['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ER_CLIENT_INTERACTION_TIMEOUT'];

/**
 * Sets the collation of the literals in the views. MySQL cannot compare those literals with text of another collation.
 */
const session = `SET NAMES utf8mb4 COLLATE utf8mb4_0900_as_cs, SESSION max_execution_time = ${QUERY_MS}, SESSION wait_timeout = ${IDLE_SECONDS}, SESSION time_zone = '+00:00'`;

export interface Database {
  /**
   * Runs queries on one connection.
   *
   * @param requester the person who waits for a turn; its signal cancels the query
   * @param read must not change anything, because it may run twice. It must not call `query`, because the inner call
   *   would wait for a turn that the outer call occupies.
   * @throws {RefusedError} 429 if the person has too many queries in progress
   */
  query<Result>(requester: Requester, read: (views: MySql2Database) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
}

export interface DatabaseOptions {
  /** The number of connections of this process. */
  readonly connections: number;
  /** Whether other processes serve the same people. If so, MySQL counts each person's queries for all processes. */
  readonly isOneOfMany?: boolean;
  /** How long one call may take. Only tests set this limit. */
  readonly callMs?: number;
}

interface Pools {
  readonly querying: Pool;
  /** A separate pool for cancelling queries, because all connections of `querying` may be busy. */
  readonly killing: Pool;
}

/**
 * Creates the pools on the first query.
 *
 * @param serverOf returns the connection options; called again if MySQL rejects the password, which may have been rotated
 */
export function connectViews(
  serverOf: () => Promise<PoolOptions>,
  { connections, isOneOfMany = false, callMs = CALL_MS }: DatabaseOptions,
): Database {
  const turns = new Turns({ connections });
  let connected: Promise<Pools> | undefined;
  const connect = async (): Promise<Pools> => {
    const server = await serverOf();
    const querying = createPool({
      connectTimeout: CONNECT_MS,
      ...server,
      connectionLimit: connections,
      // Requests wait for turns in a fair order before they reach the pool. This limit is only a safety net.
      queueLimit: connections,
      // Returns decimals and times as text, because floats and Dates would lose digits.
      dateStrings: true,
      supportBigNumbers: true,
      timezone: 'Z',
      multipleStatements: false,
    });
    querying.on('connection', (connection) => connection.query(session));
    return { querying, killing: createPool({ connectTimeout: CONNECT_MS, ...server, connectionLimit: 1 }) };
  };
  const end = async () => {
    const open = connected;
    connected = undefined;
    const pools = await open;
    await Promise.all([pools?.querying.end(), pools?.killing.end()]);
  };
  const pools = async () => {
    connected ??= connect();
    try {
      return await connected;
    } catch (error) {
      connected = undefined;
      throw error;
    }
  };

  const queryOnce = async <Result>(
    requester: Requester,
    read: (views: MySql2Database) => Promise<Result>,
  ): Promise<Result> => {
    const { querying, killing } = await pools();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new SilentDatabaseError()), callMs);
    const onAbort = () => stop.abort(clientGoneError());
    if (requester.signal?.aborted) onAbort();
    requester.signal?.addEventListener('abort', onAbort, { once: true });
    let connection: PoolConnection | undefined;
    try {
      connection = await unlessStopped(stop.signal, querying.getConnection(), (late) => late.release());
      return await unlessStopped(stop.signal, inTurn(connection, requester, read));
    } finally {
      clearTimeout(timer);
      requester.signal?.removeEventListener('abort', onAbort);
      if (stop.signal.aborted && connection !== undefined) await endQuery(killing, connection);
      else connection?.release();
    }
  };

  const inTurn = async <Result>(
    connection: PoolConnection,
    { person }: Requester,
    read: (views: MySql2Database) => Promise<Result>,
  ): Promise<Result> => {
    if (!isOneOfMany) return read(drizzle(connection));
    await takeSharedTurn(connection, person);
    try {
      return await read(drizzle(connection));
    } finally {
      // A failed connection has already lost its locks. The query's own error is more useful, so ignore this one.
      await endSharedTurn(connection).catch(() => {});
    }
  };

  return {
    end,
    async query(requester, read) {
      const endTurn = await turns.take(requester);
      try {
        return await queryOnce(requester, read);
      } catch (error) {
        if (hasCode(error, REFUSED)) await end();
        else if (!hasCode(error, LOST)) throw error;
        return await queryOnce(requester, read);
      } finally {
        endTurn();
      }
    },
  };
}

/** Waits for a promise until the signal stops the wait. */
async function unlessStopped<Result>(
  stop: AbortSignal,
  coming: Promise<Result>,
  onLate: (late: Result) => void = () => {},
): Promise<Result> {
  let onStop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    onStop = () => {
      reject(stop.reason);
      coming.then(onLate, () => {});
    };
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });
  });
  try {
    return await Promise.race([coming, stopped]);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

/**
 * Closes a connection and cancels its running query.
 *
 * Closing alone is not enough, because MySQL would continue until it has the whole result. A user may kill their own queries
 * (https://dev.mysql.com/doc/refman/8.4/en/kill.html).
 */
async function endQuery(killing: Pool, connection: PoolConnection): Promise<void> {
  const { threadId } = connection;
  connection.destroy();
  // If the kill fails, MySQL cancels the query after `QUERY_MS`.
  await killing.query({ sql: 'KILL CONNECTION ?', values: [threadId], timeout: CONNECT_MS }).catch(() => {});
}

/** Returns a UTC time such as `2025-01-02 03:04:05.678901` as ISO 8601. */
export function momentOf(time: string): string {
  return `${time.replace(' ', 'T')}Z`;
}

export function momentOrNull(time: string | null): string | null {
  return time === null ? null : momentOf(time);
}

/** Thrown if the database did not respond in time, not even with an error about a slow query. */
export class SilentDatabaseError extends Error {
  override readonly name = 'SilentDatabaseError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('The database did not respond in time. Try again.');
  }
}
