/** Tests that the API limits the queries of one person, so that other people still get answers. */
import { sql } from 'drizzle-orm';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addressOf } from '../contract/request.ts';
import { connectViews, type DatabaseOptions } from '../database.ts';
import { RUNNING_AT_MOST, WAITING_AT_MOST } from '../turns.ts';
import { type Answer, call } from './call.ts';
import { endow, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** `max_execution_time` applies only to SELECT, so this statement runs until it is killed. */
const slow = sql`do sleep(1000)`;

const connect = (options: Partial<DatabaseOptions> = {}) =>
  connectViews(async () => ({ uri: world.config.DATABASE_URL }), { connections: 10, ...options });

/** Returns the number of MySQL threads whose statement matches. */
async function threadsOf(pattern: RegExp): Promise<number> {
  const [threads] = await world.tables.execute(sql`show full processlist`);
  return (threads as unknown as RowDataPacket[]).filter(({ Info }) => pattern.test(String(Info))).length;
}
const untilThreads = (pattern: RegExp, count: number) =>
  vi.waitUntil(async () => (await threadsOf(pattern)) === count, { timeout: 8000, interval: 20 });
const SLEEP = /^do sleep/i;
const LOCK = /GET_LOCK/;

describe('a MySQL query of the API', () => {
  test('is killed in MySQL when its client closes the connection', async () => {
    const database = connect();
    const leaving = new AbortController();
    const asked = database.query({ person: 'ann', signal: leaving.signal }, (views) => views.execute(slow));
    await untilThreads(SLEEP, 1);
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ status: 503 });
    await untilThreads(SLEEP, 0);
    await database.end();
  });

  test('is killed in MySQL at its deadline', async () => {
    const database = connect({ callMs: 300 });
    await expect(database.query({ person: 'ann' }, (views) => views.execute(slow))).rejects.toThrow('did not respond');
    await untilThreads(SLEEP, 0);
    await database.end();
  });

  test('releases its connection even if it fails', async () => {
    const database = connect({ connections: 1 });
    const fails = database.query({ person: 'ann' }, (views) => views.execute(sql`select nothing`));
    await expect(fails).rejects.toThrow();
    await database.query({ person: 'ann' }, (views) => views.execute(sql`select 1`));
    await database.end();
  });
});

describe('an API request that reads the database', () => {
  test('is killed in MySQL when its client cancels it', async () => {
    const token = await world.token({ 'custom:owner': 'ann', sub: 'leaving' });
    // The table is locked, so queries of the table's views wait.
    await world.tables.execute(sql`lock tables uploads write`);
    const leaving = new AbortController();
    const asked = fetch(`${world.url}${addressOf('listUploads', {})}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: leaving.signal,
    });
    const reads = /v_upload_accounting/;
    try {
      await untilThreads(reads, 1);
      leaving.abort();
      await expect(asked).rejects.toThrow();
      await untilThreads(reads, 0);
    } finally {
      await world.tables.execute(sql`unlock tables`);
    }
  });

  test('is refused if the same person has sent too many at once, but answered for another person', async () => {
    const token = await world.token({ 'custom:owner': 'big', sub: 'big' });
    await endow(world, 'big');
    await world.tables.execute(sql`lock tables expenses write, incomes write`);
    try {
      const answers: Answer[] = [];
      const search = async () => {
        answers.push(await call(world, 'searchTransactions', token, { query: { q: 'zzzqqq' } }));
      };
      const searches = Array.from({ length: 40 }, search);
      const refused = 40 - RUNNING_AT_MOST - WAITING_AT_MOST;
      await vi.waitUntil(() => answers.length >= refused, { timeout: 20_000 });
      for (const { status, body, headers } of answers) {
        expect(status).toBe(429);
        expect(body.detail).toMatch(/too many requests in progress.*try again/);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      const another = await world.token({ 'custom:owner': 'maya', sub: 'maya' });
      expect((await call(world, 'listUploads', another)).status).toBe(200);
      await world.tables.execute(sql`unlock tables`);
      await Promise.all(searches);
      // Running searches continue. On a slow machine, some waiting searches reach their time limit.
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(RUNNING_AT_MOST);
      expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
    } finally {
      await world.tables.execute(sql`unlock tables`);
    }
  });
});

describe('the database turns of several API processes', () => {
  const sharing = { connections: 40, isOneOfMany: true } as const;

  /** Sends one query from each of several processes, as Lambdas on AWS do. */
  function lambdas(count: number, person: string) {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let running = 0;
    const databases = Array.from({ length: count }, () => connect({ ...sharing, connections: 1 }));
    const asked = databases.map((database) =>
      database.query({ person }, async () => {
        running += 1;
        await gate;
      }),
    );
    const end = async () => {
      open();
      await Promise.allSettled(asked);
      await Promise.all(databases.map((database) => database.end()));
    };
    return { asked, end, running: () => running };
  }

  test('are limited for each person separately, over all processes together', async () => {
    const ann = lambdas(RUNNING_AT_MOST + WAITING_AT_MOST, 'ann');
    const other = connect({ ...sharing, connections: 1 });
    try {
      await untilThreads(LOCK, WAITING_AT_MOST);
      expect(ann.running()).toBe(RUNNING_AT_MOST);
      const ask = (person: string) => other.query({ person }, async () => 'answered');
      await expect(ask('ann')).rejects.toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
      expect(await ask('bob')).toBe('answered');
    } finally {
      await ann.end();
      await other.end();
    }
    expect((await Promise.allSettled(ann.asked)).every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  test('are released after a success and after a failure', async () => {
    const database = connect({ ...sharing, connections: 1 });
    for (let each = 0; each < 2 * RUNNING_AT_MOST; each += 1) {
      const fails = database.query({ person: 'ann' }, (views) => views.execute(sql`select nothing`));
      await expect(fails).rejects.toThrow();
    }
    const next = connect({ ...sharing, connections: 1 });
    expect(await next.query({ person: 'ann' }, async () => 'answered')).toBe('answered');
    await Promise.all([database.end(), next.end()]);
  });
});
