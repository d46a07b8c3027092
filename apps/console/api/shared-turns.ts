/**
 * Limits how many queries of one person run at the same time across all Lambdas. Each Lambda serves one request at a
 * time, so a Lambda cannot count the queries of other Lambdas.
 *
 * MySQL counts the turns with named locks. MySQL releases a lock when its connection ends, even if the Lambda crashed
 * (https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html#function_get-lock).
 */
import { createHash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { RUNNING_AT_MOST, tooManyRequestsError, WAIT_MS, WAITING_AT_MOST } from './turns.ts';

/**
 * Waits for a turn on this connection. `endSharedTurn` ends the turn.
 *
 * A single statement takes a free "runs" lock, or takes a "waits" lock and waits. A person therefore has at most
 * `RUNNING_AT_MOST + WAITING_AT_MOST` connections.
 *
 * @throws {RefusedError} 429
 */
export async function takeSharedTurn(connection: Connection, person: string): Promise<void> {
  // Hashes the subject, because a subject may be longer than the 64 characters of a lock name.
  const prefix = createHash('sha256').update(person).digest('hex').slice(0, 32);
  const running = Array.from({ length: RUNNING_AT_MOST }, (_, index) => `${prefix} runs ${index}`);
  const waiting = Array.from({ length: WAITING_AT_MOST }, (_, index) => `${prefix} waits ${index}`);
  const cases = [
    ...running.map((name) => ({ sql: 'WHEN GET_LOCK(?, 0) THEN 1', values: [name] })),
    ...waiting.map((name, index) => ({
      sql: 'WHEN GET_LOCK(?, 0) THEN GET_LOCK(?, ?)',
      values: [name, running[index % running.length], WAIT_MS / 1000],
    })),
  ];
  const [[found]] = await connection.query<RowDataPacket[]>(
    `SELECT CASE ${cases.map(({ sql }) => sql).join(' ')} ELSE 0 END AS taken`,
    cases.flatMap(({ values }) => values),
  );
  if (found?.taken === 1) return;
  await endSharedTurn(connection);
  throw tooManyRequestsError();
}

/** Ends the turn that the connection holds. */
export async function endSharedTurn(connection: Connection): Promise<void> {
  await connection.query('DO RELEASE_ALL_LOCKS()');
}
