/** The views, read as reporter. */
import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise';
import { hasCode } from './refusal.ts';
import { endSharedTurn, takeSharedTurn } from './shared-turns.ts';
import { type Asker, abandoned, Turns } from './turns.ts';

/** A query that takes longer is given up, by MySQL itself: API Gateway's caller is gone after 30 s. */
export const QUERY_MS = 10_000;
/** A question of several queries, its connection included, is given up after this. */
const QUESTION_MS = QUERY_MS + 2000;
const CONNECT_MS = 5000;
/** A Lambda that sleeps keeps its connection; MySQL ends it, so that sleeping ones do not count against the user's limit. */
const IDLE_SECONDS = 60;

/** The password is another by now. */
const REFUSED = ['ER_ACCESS_DENIED_ERROR'];
/** The connection was given up while nobody used it: a Lambda sleeps for hours. */
const LOST = ['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE', 'ER_CLIENT_INTERACTION_TIMEOUT'];

/** The collation is the one that literals in the views have: others cannot be compared with them. */
const session = `SET NAMES utf8mb4 COLLATE utf8mb4_0900_as_cs, SESSION max_execution_time = ${QUERY_MS}, SESSION wait_timeout = ${IDLE_SECONDS}, SESSION time_zone = '+00:00'`;

export interface Database {
  /**
   * Asks something, on one connection.
   *
   * @param asker waits for a turn; once nobody waits for the answer, the query is ended
   * @param question must change nothing, since it may be asked twice; it must not call `ask`, which would wait for its own turn
   * @throws {RefusedError} 429 if the asker has too many questions under way
   */
  ask<Result>(asker: Asker, question: (views: MySql2Database) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections of this process. */
  readonly connections: number;
  /** Whether other processes answer the same people: turns are then counted by MySQL. */
  readonly isOneOfMany?: boolean;
  /** How long a question may take; for tests. */
  readonly questionMs?: number;
}

interface Pools {
  readonly asking: Pool;
  /** Ends queries, while all connections that ask are busy. */
  readonly ending: Pool;
}

/**
 * @param serverOf says who connects where; called again if MySQL no longer takes the password, which may have been rotated
 */
export function connectViews(
  serverOf: () => Promise<PoolOptions>,
  { connections, isOneOfMany = false, questionMs = QUESTION_MS }: DatabaseOptions,
): Database {
  const turns = new Turns({ connections });
  let connected: Promise<Pools> | undefined;
  const connect = async (): Promise<Pools> => {
    const server = await serverOf();
    const asking = createPool({
      connectTimeout: CONNECT_MS,
      ...server,
      connectionLimit: connections,
      // Turns wait before the pool, in an order that is fair. This queue only has a bound in case they are counted wrongly.
      queueLimit: connections,
      // Exact decimals and microseconds: never a float, never a Date.
      dateStrings: true,
      supportBigNumbers: true,
      timezone: 'Z',
      multipleStatements: false,
    });
    asking.on('connection', (connection) => connection.query(session));
    return { asking, ending: createPool({ connectTimeout: CONNECT_MS, ...server, connectionLimit: 1 }) };
  };
  const end = async () => {
    const open = connected;
    connected = undefined;
    const pools = await open;
    await Promise.all([pools?.asking.end(), pools?.ending.end()]);
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

  const askOnce = async <Result>(
    asker: Asker,
    question: (views: MySql2Database) => Promise<Result>,
  ): Promise<Result> => {
    const { asking, ending } = await pools();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new SilentDatabaseError()), questionMs);
    const onAbort = () => stop.abort(abandoned());
    if (asker.signal?.aborted) onAbort();
    asker.signal?.addEventListener('abort', onAbort, { once: true });
    let connection: PoolConnection | undefined;
    try {
      connection = await unlessStopped(stop.signal, asking.getConnection(), (late) => late.release());
      return await unlessStopped(stop.signal, inTurn(connection, asker, question));
    } finally {
      clearTimeout(timer);
      asker.signal?.removeEventListener('abort', onAbort);
      if (stop.signal.aborted && connection !== undefined) await endQuery(ending, connection);
      else connection?.release();
    }
  };

  const inTurn = async <Result>(
    connection: PoolConnection,
    { person }: Asker,
    question: (views: MySql2Database) => Promise<Result>,
  ): Promise<Result> => {
    if (!isOneOfMany) return question(drizzle(connection));
    await takeSharedTurn(connection, person);
    try {
      return await question(drizzle(connection));
    } finally {
      // A connection that fails has lost its locks, and the question's own error says more.
      await endSharedTurn(connection).catch(() => {});
    }
  };

  return {
    end,
    async ask(asker, question) {
      const endTurn = await turns.take(asker);
      try {
        return await askOnce(asker, question);
      } catch (error) {
        if (hasCode(error, REFUSED)) await end();
        else if (!hasCode(error, LOST)) throw error;
        return await askOnce(asker, question);
      } finally {
        endTurn();
      }
    },
  };
}

/** Waits for something, but not after it was stopped. */
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
 * Ends a connection with the query that it runs.
 *
 * Closing it is not enough: MySQL would go on until it has the whole answer. A user may end their own queries
 * (https://dev.mysql.com/doc/refman/8.4/en/kill.html).
 */
async function endQuery(ending: Pool, connection: PoolConnection): Promise<void> {
  const { threadId } = connection;
  connection.destroy();
  // Where that fails MySQL ends the query itself, after `QUERY_MS`.
  await ending.query({ sql: 'KILL CONNECTION ?', values: [threadId], timeout: CONNECT_MS }).catch(() => {});
}

/** `2025-01-02 03:04:05.678901`, which is UTC, as ISO 8601. */
export function momentOf(time: string): string {
  return `${time.replace(' ', 'T')}Z`;
}

export function momentOrNull(time: string | null): string | null {
  return time === null ? null : momentOf(time);
}

/** The database does not answer in time, not even that a query takes too long. */
export class SilentDatabaseError extends Error {
  override readonly name = 'SilentDatabaseError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('The database does not answer.');
  }
}
