import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import type { Role } from '@centflow/schema/grants';
import { migrationsDirectory } from '@centflow/schema/migrate';
import { type Authority, createAuthority, startTlsMysql, type TlsMysql } from '@centflow/test-kit/tls-mysql';
import type { Context } from 'aws-lambda';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MigratorConfig } from '../src/config.ts';
import { createHandler, type MigratorAnswer } from '../src/handler.ts';
import { MemorySecrets } from './memory-secrets.ts';

const secretIds = {
  migrator: 'centflow-test/migrator',
  loader: 'centflow-test/loader',
  reporter: 'centflow-test/reporter',
};
const DATABASE = 'centflow_migrator_test';

let mysql: TlsMysql;
let authority: Authority;
let stranger: Authority;
let secrets: MemorySecrets;
let logged: string[];

beforeAll(async () => {
  [mysql, authority, stranger] = await Promise.all([
    startTlsMysql(),
    createAuthority('Centflow test authority'),
    createAuthority('Somebody else'),
  ]);
});
afterAll(() => mysql?.[Symbol.asyncDispose]());

beforeEach(async () => {
  await mysql.present(authority, mysql.host);
  secrets = new MemorySecrets();
  secrets.values.set('rds!db', JSON.stringify(mysql.administrator));
  logged = [];
  for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void logged.push(words.join(' ')));
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await mysql.root.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
  for (const role of Object.keys(secretIds)) await mysql.root.query('DROP USER IF EXISTS ?', [role]);
});

/** Invokes the migrator once. */
function invoke(event: unknown = {}, overrides: Partial<MigratorConfig> = {}, migrations = migrationsDirectory) {
  const config: MigratorConfig = {
    environment: 'local',
    region: 'eu-west-1',
    host: mysql.host,
    port: mysql.port,
    database: DATABASE,
    authorities: authority.pem,
    administratorSecret: 'rds!db',
    secrets: secretIds,
    ...overrides,
  };
  // Makes Powertools log through `console`, which the test observes.
  process.env.POWERTOOLS_DEV = 'true';
  const logger = new Logger({ serviceName: 'migrator' });
  return createHandler({ config, secrets, logger, migrations })(event, {} as Context) as Promise<MigratorAnswer>;
}

/** Connects as a client that has read the secret, or with the given password. */
async function connectAs(role: Role, password = secrets.user(secretIds[role]).password) {
  const { username, dbname } = secrets.user(secretIds[role]);
  const connection = await createConnection({
    host: mysql.host,
    port: mysql.port,
    user: username,
    password,
    database: dbname,
    ssl: verifiedTls(authority.pem),
  });
  await connection.query('SELECT 1');
  return connection;
}

async function canConnect(role: Role, password?: string): Promise<boolean> {
  try {
    await (await connectAs(role, password)).end();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'ER_ACCESS_DENIED_ERROR') return false;
    throw error;
  }
}

describe('the handler of the migrator', () => {
  test('keeps the values in MySQL’s error messages out of logs and errors', async () => {
    await invoke();
    const folder = await mkdtemp(join(tmpdir(), 'centflow-migrations-'));
    try {
      await cp(migrationsDirectory, folder, { recursive: true });
      const journal = JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8'));
      journal.entries.push({ ...journal.entries.at(-1), idx: journal.entries.length, tag: '9999_unique' });
      await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify(journal));
      const value = "(CONCAT('DE8937040044', '0532013000'))";
      await writeFile(
        join(folder, '9999_unique.sql'),
        `CREATE TABLE twice (cell VARCHAR(40) PRIMARY KEY);--> statement-breakpoint\nINSERT INTO twice VALUES ${value}, ${value};`,
      );
      const failed = await invoke({}, {}, folder).catch((error: Error) => error);
      expect(String(failed)).toMatch(/9999_unique.*: ER_DUP_ENTRY\./);
      expect(`${failed}${JSON.stringify(failed)}${logged.join()}`).not.toContain('DE89370400440532013000');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('sets up an empty server, writes the secrets, and changes nothing in a second invocation', async () => {
    const first = await invoke();
    expect(first).toMatchObject({ database: DATABASE, unknown: [], rotated: [] });
    expect(first.applied[0]).toBe('0000_initial/1');
    expect(secrets.user(secretIds.loader)).toEqual({
      engine: 'mysql',
      host: mysql.host,
      port: mysql.port,
      username: 'loader',
      password: expect.stringMatching(/^[\w-]{32}$/),
      dbname: DATABASE,
    });
    for (const role of ['migrator', 'loader', 'reporter'] as const) expect(await canConnect(role)).toBe(true);

    const filled = new Map(secrets.values);
    expect(await invoke()).toEqual({ database: DATABASE, applied: [], unknown: [], rotated: [] });
    expect(secrets.values).toEqual(filled);
  });

  test('creates a separate password for each user', async () => {
    await invoke();
    const passwords = Object.values(secretIds).map((id) => secrets.user(id).password);
    expect(new Set(passwords).size).toBe(3);
  });

  test('updates the database address in a secret after the database has moved', async () => {
    await invoke();
    const before = secrets.user(secretIds.reporter);
    secrets.values.set(secretIds.reporter, JSON.stringify({ ...before, host: 'old.example.com' }));
    await invoke();
    expect(secrets.user(secretIds.reporter)).toEqual(before);
  });

  test('requires TLS for every user', async () => {
    await invoke();
    const { password } = secrets.user(secretIds.loader);
    const plain = createConnection({ host: mysql.host, port: mysql.port, user: 'loader', password });
    await expect(plain).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
  });

  test('continues an interrupted migration with the step that failed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'centflow-migrations-'));
    try {
      await cp(migrationsDirectory, folder, { recursive: true });
      const initial = join(folder, '0000_initial.sql');
      const whole = await readFile(initial, 'utf8');
      const statements = whole.split('--> statement-breakpoint');
      await writeFile(
        initial,
        [...statements.slice(0, 2), 'CREATE TABLE;', ...statements.slice(3)].join('--> statement-breakpoint'),
      );
      await expect(invoke({}, {}, folder)).rejects.toThrow(/0000_initial, step 3 of .*The earlier steps are applied/);
      expect(await canConnect('migrator')).toBe(true);

      await writeFile(initial, whole);
      const { applied } = await invoke({}, {}, folder);
      expect(applied[0]).toBe('0000_initial/3');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('keeps grants and passwords if a newer release has already migrated the database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'centflow-migrations-'));
    try {
      await cp(migrationsDirectory, folder, { recursive: true });
      const journal = JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8'));
      journal.entries.push({ idx: 999, tag: '0999_newer' });
      await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify(journal));
      await writeFile(join(folder, '0999_newer.sql'), 'CREATE SQL SECURITY definer VIEW v_newer AS SELECT 1 AS one');
      expect((await invoke({}, {}, folder)).applied.at(-1)).toBe('0999_newer/1');
      await mysql.root.query(`GRANT SELECT ON ${DATABASE}.v_newer TO reporter`);
      const filled = new Map(secrets.values);

      expect(await invoke()).toEqual({ database: DATABASE, applied: [], unknown: ['0999_newer'], rotated: [] });
      expect(secrets.values).toEqual(filled);
      const reporter = await connectAs('reporter');
      const [rows] = await reporter.query('SELECT one FROM v_newer');
      await reporter.end();
      expect(rows).toEqual([{ one: 1 }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('waits for a concurrent migrator, so that both use the same passwords', async () => {
    await Promise.all([invoke(), invoke(), invoke()]);
    for (const role of ['migrator', 'loader', 'reporter'] as const) expect(await canConnect(role)).toBe(true);
  });
});

describe("the migrator's MySQL server", () => {
  test('is rejected if an unknown authority issued its certificate', async () => {
    await mysql.present(stranger, mysql.host);
    await expect(invoke()).rejects.toThrow(/self.signed certificate|unable to verify|unable to get/);
    expect(secrets.written).toEqual([]);
  });

  test('is rejected if its certificate is for another host', async () => {
    await mysql.present(authority, 'database.example.com');
    await expect(invoke()).rejects.toThrow(/does not match certificate's altnames/);
    expect(secrets.written).toEqual([]);
  });

  test('is rejected if DATABASE_CA is not set and its certificate is not from RDS', async () => {
    await expect(invoke({}, { authorities: undefined })).rejects.toThrow(
      /self.signed certificate|unable to verify|unable to get/,
    );
  });
});

describe('the rotation of passwords', () => {
  beforeEach(() => invoke());

  test('changes only the requested passwords', async () => {
    const before = new Map(secrets.values);
    expect((await invoke({ rotate: ['loader', 'migrator', 'loader'] })).rotated).toEqual(['loader', 'migrator']);
    expect(secrets.values.get(secretIds.reporter)).toBe(before.get(secretIds.reporter));
    for (const role of ['loader', 'migrator'] as const) {
      expect(secrets.values.get(secretIds[role])).not.toBe(before.get(secretIds[role]));
      expect(await canConnect(role)).toBe(true);
    }
  });

  test('does not close open connections, and keeps the old password valid until the next rotation', async () => {
    const old = secrets.user(secretIds.loader).password;
    const working = await connectAs('loader');
    await invoke({ rotate: ['loader'] });
    await working.query('SELECT 1 FROM uploads');
    expect(await canConnect('loader', old)).toBe(true);
    // A migration between two rotations does not change the passwords.
    await invoke();
    expect(await canConnect('loader', old)).toBe(true);
    await invoke({ rotate: ['loader'] });
    expect(await canConnect('loader', old)).toBe(false);
    expect(await canConnect('loader')).toBe(true);
    await working.end();
  });

  test.each([
    ['requests the rotation again', { rotate: ['loader'] }],
    ['does not request the rotation', {}],
  ])('leaves a working secret if Secrets Manager fails and the next event %s', async (_, next) => {
    secrets.failsToWrite = secretIds.loader;
    await expect(invoke({ rotate: ['loader'] })).rejects.toThrow('Secrets Manager is unavailable');
    expect(await canConnect('loader')).toBe(true);
    await invoke(next);
    expect(await canConnect('loader')).toBe(true);
  });
});

describe('the output of the migrator', () => {
  test('contains no password after any event or failure', async () => {
    const answers = [await invoke(), await invoke({ rotate: ['migrator', 'loader', 'reporter'] })];
    const failures: Error[] = [];
    const fail = async (attempt: Promise<unknown>) =>
      failures.push(
        await attempt.then(
          () => new Error('did not fail'),
          (error) => error,
        ),
      );
    await mysql.root.query('REVOKE CREATE USER, UPDATE ON *.* FROM admin');
    await fail(invoke());
    await fail(invoke({ rotate: ['loader'] }));
    await mysql.root.query('GRANT CREATE USER, UPDATE ON *.* TO admin WITH GRANT OPTION');
    secrets.values.set('rds!db', JSON.stringify({ ...mysql.administrator, password: 'a wrong password' }));
    await fail(invoke());
    secrets.values.set(secretIds.loader, '{"password":"half a secret"');
    secrets.values.set('rds!db', JSON.stringify(mysql.administrator));
    await fail(invoke());

    expect(failures.map(({ name }) => name)).toEqual(['GrantError', 'GrantError', 'Error', 'SecretError']);
    const passwords = [
      ...secrets.written.map((text) => JSON.parse(text).password),
      mysql.administrator.password,
      'a wrong password',
      'half a secret',
    ];
    const said = [
      JSON.stringify(answers),
      logged.join('\n'),
      ...failures.map((error) => `${error.stack} ${JSON.stringify(error)} ${error.cause}`),
    ].join('\n');
    expect(logged.join('\n')).toContain('Database is up to date');
    expect(logged.join('\n')).toContain('Database could not be brought up to date');
    for (const password of passwords) {
      expect(said).not.toContain(password);
      expect(said).not.toContain(encodeURIComponent(password));
    }
  });

  test.each([
    ['an unknown field', { rotates: ['loader'] }],
    ['an unknown user', { rotate: ['root'] }],
  ])('shows valid events if the event contains %s', async (_, event) => {
    await expect(invoke(event)).rejects.toThrow(/Send \{\} or \{"rotate": \["migrator", "loader", "reporter"\]\}/);
    expect(secrets.written).toEqual([]);
  });
});
