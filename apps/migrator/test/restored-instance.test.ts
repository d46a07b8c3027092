/**
 * Tests the check of a restored instance. One MySQL server acts as the environment's instance and as the restored
 * instance.
 */
import dns from 'node:dns';
import { Logger } from '@aws-lambda-powertools/logger';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { comparedViews } from '@centflow/schema/compare-views';
import type { Role } from '@centflow/schema/grants';
import { migrationsDirectory } from '@centflow/schema/migrate';
import { type Authority, createAuthority, startTlsMysql, type TlsMysql } from '@centflow/test-kit/tls-mysql';
import type { Context } from 'aws-lambda';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHandler } from '../src/handler.ts';
import { MemorySecrets } from './memory-secrets.ts';

const DOMAIN = 'c9akciq32rgx.eu-west-1.rds.amazonaws.com';
const LIVE = `centflow-dev-database.${DOMAIN}`;
const RESTORED = `centflow-dev-accept-restore.${DOMAIN}`;
const DATABASE = 'centflow_restored_test';
const REBUILT = `${DATABASE}_rebuild`;
const secretIds = { migrator: 't/migrator', loader: 't/loader', reporter: 't/reporter' };

let mysql: TlsMysql;
let authority: Authority;
let secrets: MemorySecrets;
let logged: string[];
let lookups: string[];

beforeAll(async () => {
  [mysql, authority] = await Promise.all([startTlsMysql(), createAuthority('Centflow test authority')]);
});
afterAll(() => mysql?.[Symbol.asyncDispose]());

beforeEach(async () => {
  await mysql.present(authority, RESTORED);
  secrets = new MemorySecrets();
  secrets.values.set('rds!db', JSON.stringify(mysql.administrator));
  for (const [role, id] of Object.entries(secretIds)) {
    const { port } = mysql;
    const secret = { engine: 'mysql', host: LIVE, port, username: role, password: `of-${role}`, dbname: DATABASE };
    secrets.values.set(id, JSON.stringify(secret));
  }
  [logged, lookups] = [[], []];
  for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void logged.push(words.join(' ')));
  }
  // Only the name lookup is simulated: every host name resolves to this machine.
  vi.spyOn(dns, 'lookup').mockImplementation(((name: string, options: { all?: boolean }, answer: Answer) => {
    lookups.push(name);
    const address = { address: '127.0.0.1', family: 4 };
    if (options.all === true) answer(null, [address]);
    else answer(null, address.address, address.family);
  }) as unknown as typeof dns.lookup);
});
type Answer = (error: null, ...found: unknown[]) => void;

afterEach(async () => {
  vi.restoreAllMocks();
  for (const database of [DATABASE, REBUILT]) await mysql.root.query(`DROP DATABASE IF EXISTS ${database}`);
  for (const role of Object.keys(secretIds)) await mysql.root.query('DROP USER IF EXISTS ?', [role]);
});

/** Invokes the migrator of an environment whose database has the given host. */
function invoke(event: unknown, host = LIVE) {
  process.env.POWERTOOLS_DEV = 'true';
  const config = {
    environment: 'local' as const,
    region: 'eu-west-1',
    host,
    port: mysql.port,
    database: DATABASE,
    authorities: authority.pem,
    administratorSecret: 'rds!db',
    secrets: secretIds,
  };
  const logger = new Logger({ serviceName: 'migrator' });
  return createHandler({ config, secrets, logger, migrations: migrationsDirectory })(event, {} as Context);
}

const create = { host: RESTORED, rebuild: 'create' };
const compare = { host: RESTORED, rebuild: 'compare' };

async function connectAs(role: Role, database: string) {
  const { password } = secrets.user(secretIds[role]);
  return createConnection({
    host: RESTORED,
    port: mysql.port,
    user: role,
    password,
    database,
    ssl: verifiedTls(authority.pem),
  });
}

/** Inserts one published expense, as the loader does. */
async function load(database: string, uploadId: number, merchant: string) {
  const loader = await connectAs('loader', database);
  const now = '2025-01-01 00:00:00';
  await loader.query(
    `INSERT INTO uploads (upload_id, owner, feed, object_key, version_id, state, rows_read, rows_published, received_at, updated_at)
     VALUES (?, 'ann', 'expenses', 'raw/expenses/owner=ann/a.csv', '1', 'published', 1, 1, ?, ?)`,
    [uploadId, now, now],
  );
  await loader.query(
    `INSERT INTO expenses (upload_id, row_no, date, merchant, category, account, amount, currency, description, fingerprint)
     VALUES (?, 2, '2025-01-01', ?, 'Food', 'Card', 4.20, 'EUR', '', unhex(md5('a')))`,
    [uploadId, merchant],
  );
  await loader.end();
}

describe('`create` on a restored instance', () => {
  test('migrates the restored database and creates an empty second one with users and grants', async () => {
    expect(await invoke(create)).toEqual({
      database: DATABASE,
      rebuilt: REBUILT,
      views: comparedViews.map((view) => ({ view })),
    });
    for (const database of [DATABASE, REBUILT]) {
      await load(database, 1, 'Bakery');
      const reporter = await connectAs('reporter', database);
      const [rows] = await reporter.query('SELECT count(*) AS total FROM v_transactions');
      expect(rows).toEqual([{ total: 1 }]);
      await reporter.end();
    }
  });

  test('does not change the secrets, so that clients keep using the environment’s own instance', async () => {
    const before = new Map(secrets.values);
    await invoke(create);
    expect(secrets.written).toEqual([]);
    expect(secrets.values).toEqual(before);
    expect(new Set(lookups)).toEqual(new Set([RESTORED]));
  });

  test('replaces the second database of an earlier invocation, and does not change the restored database', async () => {
    await invoke(create);
    for (const database of [DATABASE, REBUILT]) await load(database, 1, 'Bakery');
    await invoke(create);
    const totals = await Promise.all(
      [DATABASE, REBUILT].map((database) => mysql.root.query(`SELECT count(*) AS total FROM ${database}.uploads`)),
    );
    expect(totals.map(([rows]) => rows)).toEqual([[{ total: 1 }], [{ total: 0 }]]);
  });
});

describe('the administrator’s password', () => {
  test('is reported with a remedy if RDS rotated it after the restored point in time', async () => {
    const rotated = 'a rotated password';
    secrets.values.set('rds!db', JSON.stringify({ ...mysql.administrator, password: rotated }));
    const refused = await invoke(create).catch((error: Error) => error);
    expect(refused).toMatchObject({
      name: 'RestoredPasswordError',
      message: expect.stringContaining(
        'RDS has rotated it since that point in time. Restore to a later point in time.',
      ),
    });
    expect(`${(refused as Error).stack}${logged.join('\n')}`).not.toContain(rotated);
  });
});

describe('`compare` on a restored instance', () => {
  beforeEach(() => invoke(create));

  test('reports equal views if both databases have the rows of the same uploads, even under different upload ids', async () => {
    await load(DATABASE, 1, 'Bakery');
    await load(REBUILT, 7, 'Bakery');
    const { views } = (await invoke(compare)) as { views: readonly { view: string; rows: number; equal: boolean }[] };
    expect(views.map(({ view }) => view)).toEqual(comparedViews);
    expect(views.filter(({ equal }) => !equal)).toEqual([]);
    expect(views).toContainEqual({ view: 'v_transactions', rows: 1, equal: true });
  });

  test('names the views that differ, but returns no cell of a view', async () => {
    await load(DATABASE, 1, 'Bakery of Bern');
    await load(REBUILT, 1, 'Bakery of Basel');
    const answer = await invoke({ ...compare, views: ['v_transactions', 'v_monthly_cash_flow'] });
    expect(answer).toEqual({
      database: DATABASE,
      rebuilt: REBUILT,
      views: [
        { view: 'v_transactions', rows: 1, equal: false },
        { view: 'v_monthly_cash_flow', rows: 1, equal: true },
      ],
    });
    expect(logged.join('\n')).toContain('Views were compared');
    expect(`${JSON.stringify(answer)}${logged.join('\n')}`).not.toContain('Bakery');
  });

  test('throws an error with MySQL’s code if a view cannot be compared', async () => {
    await mysql.root.query(`DROP DATABASE ${REBUILT}`);
    const failing = invoke({ ...compare, views: ['v_transactions'] });
    await expect(failing).rejects.toThrow(/^v_transactions could not be compared: ER_\w+\.$/);
  });
});

describe('the host of a restored instance', () => {
  test.each([
    ['in another account', 'centflow-dev-accept-restore.cq0000000000.eu-west-1.rds.amazonaws.com'],
    ['in another region', 'centflow-dev-accept-restore.c9akciq32rgx.us-east-1.rds.amazonaws.com'],
    ['in a foreign domain', 'attacker.example.com'],
    ['a name that only ends with the domain of the instances', `attacker.example.com#.${DOMAIN}`],
    ['a name that only begins with the name of an instance', `${RESTORED}.example.com`],
    ['an IP address', '203.0.113.9'],
    ['a name with user information before it', `a:b@${RESTORED}`],
    ['a subdomain of an instance', `a.${RESTORED}`],
    ['the domain alone', DOMAIN],
    ['empty', ''],
    ['the environment’s own database', LIVE],
  ])('receives no password if it is %s', async (_, host) => {
    const refused = invoke({ host, rebuild: 'create' });
    await expect(refused).rejects.toMatchObject({ name: 'HostError', message: expect.stringContaining('Send the') });
    expect(lookups).toEqual([]);
  });

  test('receives no password if the environment’s own database is not an RDS instance', async () => {
    const refused = invoke({ host: 'attacker.com', rebuild: 'compare' }, 'database.com');
    await expect(refused).rejects.toMatchObject({ name: 'HostError' });
    expect(lookups).toEqual([]);
  });

  test('receives no password if its certificate is for another host', async () => {
    await mysql.present(authority, LIVE);
    await expect(invoke(create)).rejects.toThrow(/does not match certificate's altnames/);
  });
});

describe('an event about a restored instance', () => {
  test.each([
    ['requests a rotation', { ...create, rotate: ['loader'] }],
    ['has a host but no action', { host: RESTORED }],
    ['has an action but no host', { rebuild: 'create' }],
    ['has an unknown action', { host: RESTORED, rebuild: 'drop' }],
    ['names an unknown view', { ...compare, views: ['v_secrets'] }],
  ])('is rejected if it %s', async (_, event) => {
    await expect(invoke(event)).rejects.toThrow(/^The event is not valid .* Send \{\} or/);
    expect(lookups).toEqual([]);
  });
});
