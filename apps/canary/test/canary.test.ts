/** Tests the canary against a MySQL server with TLS, which has the same tables, views and users as an environment. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { GetSecretValueCommand, GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { expenses, incomes } from '@centflow/schema/feeds';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { enterUpload, type TestRow } from '@centflow/schema/testing/books';
import { type Authority, createAuthority, startTlsMysql, type TlsMysql } from '@centflow/test-kit/tls-mysql';
import type { Context } from 'aws-lambda';
import { drizzle } from 'drizzle-orm/mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CanaryConfig } from '../src/config.ts';
import { createHandler } from '../src/handler.ts';
import { ownedViews } from '../src/read-views.ts';

const OWNER = 'centflow-canary';
const DATABASE = 'centflow_canary_test';
const PASSWORD = 'a "long" pass:word/@';

const salary: TestRow<typeof incomes> = {
  date: '2025-03-01',
  source: 'Works',
  category: 'Salary',
  account: 'Checking',
  amount: '100000000000.1000',
  currency: 'EUR',
  description: '',
};
const coffee: TestRow<typeof expenses> = {
  date: '2025-03-02',
  merchant: 'Café',
  category: 'Eating out',
  account: 'Checking',
  amount: '0.2000',
  currency: 'EUR',
  description: '',
  country: 'AT',
  city: 'Wien',
};

let mysql: TlsMysql;
let authority: Authority;
let secret: string | undefined;
let asked: (string | undefined)[];
let logged: string[];

beforeAll(async () => {
  [mysql, authority] = await Promise.all([startTlsMysql(), createAuthority('Centflow test authority')]);
  await mysql.present(authority, mysql.host);
  const { username, password } = mysql.administrator;
  await setUpDatabase({
    administratorUrl: `mysql://${username}:${encodeURIComponent(password)}@${mysql.host}:${mysql.port}`,
    database: DATABASE,
    passwordOf: () => PASSWORD,
    requireTls: true,
    ssl: verifiedTls(authority.pem),
  });
  await mysql.root.query(`USE ${DATABASE}`);
  const database = { tables: drizzle(mysql.root) };
  await enterUpload(database, incomes, 'incomes', { owner: OWNER }, [salary]);
  await enterUpload(database, expenses, 'expenses', { owner: OWNER }, [coffee, { ...coffee, amount: '0.1000' }]);
  await enterUpload(database, expenses, 'expenses', { owner: OWNER, state: 'rejected' }, []);
  // The result must not contain rows of other owners, or rows of the canary that the views hide.
  for (const owner of ['ann', 'centflow-canary ', 'Centflow-Canary']) {
    await enterUpload(database, expenses, 'expenses', { owner }, [{ ...coffee, amount: '9.0000' }]);
  }
  await enterUpload(database, expenses, 'expenses', { owner: OWNER, state: 'loading' }, [coffee]);
  await enterUpload(database, expenses, 'expenses', { owner: `${OWNER}-accept` }, [coffee]);
});
afterAll(() => mysql?.[Symbol.asyncDispose]());

beforeEach(async () => {
  await mysql.present(authority, mysql.host);
  asked = [];
  logged = [];
  secret = JSON.stringify({
    engine: 'mysql',
    host: mysql.host,
    port: mysql.port,
    username: 'reporter',
    password: PASSWORD,
    dbname: DATABASE,
  });
  for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void logged.push(words.join(' ')));
  }
});
afterEach(() => vi.restoreAllMocks());

const secrets = {
  async send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput> {
    asked.push(command.input.SecretId);
    return { ...(secret === undefined ? {} : { SecretString: secret }), $metadata: {} };
  },
};

/** Invokes the canary once. */
function invoke(event: unknown = { owner: OWNER }, overrides: Partial<CanaryConfig> = {}) {
  const config: CanaryConfig = {
    environment: 'local',
    region: 'eu-west-1',
    owner: OWNER,
    reporterSecret: 'centflow-test/reporter',
    authorities: authority.pem,
    ...overrides,
  };
  // Makes Powertools log through `console`, which the test observes.
  process.env.POWERTOOLS_DEV = 'true';
  return createHandler({ config, secrets, logger: new Logger({ serviceName: 'canary' }) })(event, {} as Context);
}

describe('the handler of the canary', () => {
  test('returns the exact uploads and sums of the canary, and no other rows', async () => {
    const { uploads, cashFlow } = await invoke();
    expect(cashFlow).toEqual([
      {
        owner: OWNER,
        month: '2025-03',
        currency: 'EUR',
        income: '100000000000.1000',
        expense: '0.3000',
        net: '99999999999.8000',
        savings_rate: expect.stringMatching(/^1\.0000$/),
      },
    ]);
    expect(new Set(uploads.map(({ owner }) => owner))).toEqual(new Set([OWNER]));
    expect(uploads.map(({ feed, state }) => [feed, state])).toEqual([
      ['expenses', 'loading'],
      ['expenses', 'rejected'],
      ['expenses', 'published'],
      ['incomes', 'published'],
    ]);
    expect(uploads[0]).toMatchObject({ version_id: 'null', received_at: '2025-01-01 00:00:00.000000' });
    expect(uploads[0]?.object_key).toMatch(/^raw\/expenses\/owner=centflow-canary\//);
  });

  test('counts the rows of every view with an owner column, including new views', async () => {
    const [columns] = await mysql.root.query<RowDataPacket[]>(
      "SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.views v USING (table_schema, table_name) WHERE c.table_schema = ? AND c.column_name = 'owner'",
      [DATABASE],
    );
    const owned = columns.map(({ name }) => String(name)).filter((name) => !name.startsWith('v_upload_'));
    expect([...ownedViews].sort()).toEqual(owned.sort());
    const { rows } = await invoke();
    expect(Object.keys(rows).sort()).toEqual(owned.sort());
    expect(rows).toMatchObject({ v_transactions: 3, v_monthly_cash_flow: 1, v_spend_by_category_month: 1 });
  });

  test('accepts the owner of a check, such as centflow-canary-accept, and returns only the rows of that owner', async () => {
    const { uploads, cashFlow } = await invoke({ owner: `${OWNER}-accept` });
    expect(uploads.map(({ owner }) => owner)).toEqual([`${OWNER}-accept`]);
    expect(cashFlow).toMatchObject([{ owner: `${OWNER}-accept`, expense: '0.2000' }]);
  });

  test.each([
    ['another owner', { owner: 'ann' }],
    ["the canary's owner with a trailing space", { owner: 'centflow-canary ' }],
    ["the canary's owner with capital letters", { owner: 'Centflow-Canary' }],
    ["the canary's owner with capital letters before the dash", { owner: 'Centflow-Canary-accept' }],
    ['no owner', {}],
    ['the event null', null],
    ['a list of owners', { owner: [OWNER, 'ann'] }],
    ['an unknown field', { owner: OWNER, view: 'v_transactions' }],
  ])('rejects %s without reading a secret', async (_, event) => {
    await expect(invoke(event)).rejects.toThrow(
      'Send {"owner": "centflow-canary"}. The canary returns only the figures of its own owner.',
    );
    await expect(invoke(event)).rejects.toMatchObject({ name: 'EventError' });
    expect(asked).toEqual([]);
  });

  test('connects as the user reporter, who can only read views', async () => {
    await invoke();
    expect(asked).toEqual(['centflow-test/reporter']);
    const [grants] = await mysql.root.query<RowDataPacket[]>('SHOW GRANTS FOR reporter');
    const granted = grants.flatMap((row) => Object.values(row)).map(String);
    for (const grant of granted)
      expect(grant).toMatch(/^GRANT (USAGE ON \*\.\*|SELECT ON `centflow_canary_test`\.`v_\w+`) TO/);
  });
});

describe("the canary's MySQL server", () => {
  test('is rejected if an unknown authority issued its certificate, or the certificate is for another host', async () => {
    await mysql.present(await createAuthority('Somebody else'), mysql.host);
    await expect(invoke()).rejects.toThrow(/self.signed certificate|unable to verify|unable to get/);
    await mysql.present(authority, 'database.example.com');
    await expect(invoke()).rejects.toThrow(/does not match certificate's altnames/);
  });

  test('is rejected if DATABASE_CA is not set and its certificate is not from RDS', async () => {
    await expect(invoke({ owner: OWNER }, { authorities: undefined })).rejects.toThrow(
      /self.signed certificate|unable to verify|unable to get/,
    );
  });
});

describe('the output of the canary', () => {
  test.each([
    ['is empty', undefined],
    ['is not JSON', '{"password":"half a secret"'],
    ['lacks the host', JSON.stringify({ username: 'reporter', password: 'half a secret', port: 3306, dbname: 'x' })],
  ])('names the remedy and no part of the secret if the secret %s', async (_, value) => {
    secret = value;
    await expect(invoke()).rejects.toMatchObject({
      name: 'SecretError',
      message: expect.stringMatching(
        /^Secret centflow-test\/reporter does not contain a database user .*Invoke the migrator/,
      ),
    });
    expect(logged.join('\n')).not.toContain('half a secret');
  });

  test('contains no amounts and no passwords, whether the canary succeeds or fails', async () => {
    await invoke();
    secret = String(secret).replace('reporter', 'stranger');
    const error: Error = await invoke().then(
      () => new Error('did not fail'),
      (failed) => failed,
    );
    expect(error.message).toBe('ER_ACCESS_DENIED_ERROR');
    const said = [...logged, `${error.stack} ${JSON.stringify(error)} ${error.cause}`].join('\n');
    expect(said).toContain('Views were read');
    expect(said).toContain('Views could not be read');
    for (const hidden of ['100000000000', '0.3000', PASSWORD, JSON.stringify(PASSWORD).slice(1, -1)]) {
      expect(said).not.toContain(hidden);
    }
  });
});
