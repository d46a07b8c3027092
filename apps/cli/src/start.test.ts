import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { readToolPaths } from '@centflow/local-processes/paths';
import { processesLeft } from '@centflow/local-processes/processes-of';
import { waitFor } from '@centflow/local-processes/wait-for';
import { createClients } from '@centflow/local-stack/clients';
import { withConnection } from '@centflow/local-stack/database';
import { readParts } from '@centflow/local-stack/parts-file';
import { isAlive } from '@centflow/local-stack/running-stack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centflow, type Running, startCommand } from './testing/commands.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'centflow-start-'));
const HEADER = 'date,merchant,category,account,amount,currency,description';

let started: Running;
let screen = '';

function csv(name: string, ...rows: string[]): string {
  const file = join(folder, 'files', name);
  mkdirSync(join(folder, 'files'), { recursive: true });
  writeFileSync(file, `${[HEADER, ...rows].join('\n')}\n`);
  return file;
}

function secret(name: string): string {
  return parseEnv(readFileSync(join(folder, 'secrets.env'), 'utf8'))[name] ?? '';
}

async function json(...args: string[]): Promise<unknown> {
  const { stdout, stderr } = await centflow(folder, ...args, '--json');
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`);
  }
}

beforeAll(async () => {
  started = startCommand(folder, ['start']);
  screen = await started.waitFor('runs until Ctrl-C', 280_000);
});

afterAll(async () => {
  if (started.child.exitCode === null) started.child.kill('SIGKILL');
  await processesLeft(folder, 10_000);
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  test('loads the samples, and shows the row counts of each sample and then the reports', () => {
    expect(screen).toMatch(/raw\/expenses\/owner=\w+\/\S+\.csv\s+│ published/);
    expect(screen).not.toMatch(/│ (failed|loading)/);
    for (const view of ['v_monthly_cash_flow', 'v_budget_vs_actual', 'v_spend_by_place', 'v_transactions']) {
      expect(screen).toContain(`\n${view}\n┌`);
    }
  });

  test('writes the connection settings into files that only the current user can read', () => {
    expect(screen).toContain('aws s3 cp');
    expect(screen).toContain('mysql -h 127.0.0.1');
    for (const name of ['env', 'secrets.env']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain('root');
  });

  test('prints the address of the console, where a sample owner can sign in and see their uploads', async () => {
    const { CONSOLE_URL = '' } = parseEnv(readFileSync(join(folder, 'env'), 'utf8'));
    expect(screen.indexOf(CONSOLE_URL)).toBeLessThan(screen.indexOf('Uploads of samples/'));
    const page = await fetch(CONSOLE_URL);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('<title>');
    const signedIn = await fetch(`${CONSOLE_URL}/api/local/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ owner: 'ada' }),
    });
    const { token } = (await signedIn.json()) as { token: string };
    const answer = await fetch(`${CONSOLE_URL}/api/uploads`, { headers: { authorization: `Bearer ${token}` } });
    const { uploads } = (await answer.json()) as { uploads: { objectKey: string; state: string }[] };
    expect(uploads.length).toBeGreaterThan(0);
    for (const { objectKey } of uploads) expect(objectKey).toContain('/owner=ada/');
  });

  test('refuses a second start while the first one runs', async () => {
    const second = await startCommand(folder, ['start']).outcome;
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain(`as process ${started.child.pid}`);
  });
});

describe('a client other than the CLI', () => {
  test('uploads a CSV with boto3 and reads the views with PyMySQL', async () => {
    const program = `
import os, time, urllib.parse, boto3, pymysql
boto3.client("s3").put_object(
    Bucket=os.environ["UPLOADS_BUCKET"], Key="raw/expenses/owner=zoe/a b+c é.csv",
    Body="${HEADER}\\n2025-01-02,Bakery,Food,Card,4.20,EUR,\\n".encode())
url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
connection = pymysql.connect(host=url.hostname, port=url.port, user=url.username, password=url.password,
                             database=url.path[1:], autocommit=True)
rows, deadline = (), time.time() + 30
while not rows and time.time() < deadline:
    with connection.cursor() as cursor:
        cursor.execute("SELECT month, expense FROM v_monthly_cash_flow WHERE owner = 'zoe'")
        rows = cursor.fetchall()
print(rows[0][0], rows[0][1])
`;
    const environment = parseEnv(readFileSync(join(folder, 'env'), 'utf8')) as Record<string, string>;
    const { stdout } = await run(readToolPaths().python, ['-c', program], { env: { ...process.env, ...environment } });
    expect(stdout.trim()).toBe('2025-01 4.2000');
  });
});

describe('npm run centflow --', () => {
  test('upload follows a file until it is published and lists its quarantined rows', async () => {
    const file = csv('mine.csv', '2025-01-02,Bakery,Food,Card,4.20,EUR,', '2025-02-30,Bakery,Food,Card,1.00,EUR,=1+1');
    const { exitCode, stdout } = await centflow(folder, 'upload', file, '--feed', 'expenses', '--owner', 'me');
    expect(stdout).toMatch(/raw\/expenses\/owner=me\/mine\.csv +│ published +│ +2 │ +1 │ +0 │ +1 │ +4\.2000/);
    expect(stdout).toContain('2025-02-30');
    expect(exitCode).toBe(0);
  });

  test('no command prints control characters from a file', async () => {
    const file = csv('hostile.csv');
    const row = '2025-01-02,Bakery\x1b[2J,Food,Card,nothing\x9b31m,EUR,';
    const header = `${HEADER},\x1b]0;PWNED\x07\x1b[31mred`;
    writeFileSync(file, [header, `${row},x`, '2025-01-02,Bar,Food,Card,4.20,EUR,,x', ''].join('\n'));
    const shown = [
      await centflow(folder, 'upload', file, '--feed', 'expenses', '--owner', 'mallory'),
      await centflow(folder, 'uploads', '--owner', 'mallory'),
      await centflow(folder, 'uploads', '--owner', 'mallory', '--json'),
      await centflow(folder, 'quarantine', 'raw/expenses/owner=mallory/hostile.csv'),
      await centflow(folder, 'report', 'v_upload_accounting', '--owner', 'mallory'),
    ];
    for (const { stdout, stderr } of shown) expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]/u);
    expect(shown[0]?.stdout).toMatch(/Ignored columns: .*PWNED/);
  });

  test('upload exits with code 3 and the reason if a file is rejected', async () => {
    const file = csv('broken.csv');
    writeFileSync(file, 'when,what\n1,2\n');
    const { exitCode, stdout } = await centflow(folder, 'upload', file, '--feed', 'expenses', '--owner', 'me');
    expect(stdout).toMatch(/was rejected: .*merchant/);
    expect(exitCode).toBe(3);
  });

  test.each([
    [['upload', '/no/such.csv', '--feed', 'expenses'], 'The file /no/such.csv does not exist'],
    [
      ['upload', 'package.json', '--feed', 'expences'],
      'The feed expences does not exist. Choose one of: budgets, expenses, incomes',
    ],
    [['upload', 'package.json'], "required option '--feed <feed>'"],
    [['report', 'v_nothing'], 'The view v_nothing does not exist'],
    [['quarantine', '987654321'], 'There is no upload 987654321'],
    [['delete', 'raw/expenses/none.csv'], 'There is no object raw/expenses/none.csv'],
    [['rebuild'], '--check'],
    [['nonsense'], "unknown command 'nonsense'"],
  ])('the command %j exits with code 2 and names the wrong usage', async (args, message) => {
    const { exitCode, stderr } = await centflow(folder, ...args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  test('quarantine lists the rows of an object key, and its CSV output has an apostrophe before each formula', async () => {
    const key = 'raw/expenses/owner=me/mine.csv';
    expect(await json('quarantine', key)).toEqual([
      expect.objectContaining({
        row_no: 3,
        column_name: 'date',
        raw_text: '2025-02-30,Bakery,Food,Card,1.00,EUR,=1+1',
      }),
    ]);
    const { stdout } = await centflow(folder, 'quarantine', key, '--csv');
    expect(stdout).toMatch(/^row_no,column_name,code,message,raw_text\n3,date,/);
  });

  test('the commands uploads and report filter by owner', async () => {
    expect(await json('uploads', '--owner', 'me', '--state', 'rejected')).toEqual([
      expect.objectContaining({ object_key: 'raw/expenses/owner=me/broken.csv', rows_published: 0 }),
    ]);
    expect(await json('report', 'v_monthly_cash_flow', '--owner', 'me')).toEqual([
      expect.objectContaining({ month: '2025-01', expense: '4.2000', currency: 'EUR' }),
    ]);
  });

  test('delete removes the rows of an upload, and a second upload restores them', async () => {
    const gone = await centflow(folder, 'delete', 'raw/expenses/owner=me/mine.csv');
    expect(gone.exitCode).toBe(0);
    expect(await json('report', 'v_transactions', '--owner', 'me')).toEqual([]);
    await centflow(folder, 'upload', join(folder, 'files', 'mine.csv'), '--feed', 'expenses', '--owner', 'me');
    expect(await json('report', 'v_transactions', '--owner', 'me')).toHaveLength(1);
  });

  test('sweep reports that the database matches the bucket', async () => {
    expect(await json('sweep')).toEqual(expect.objectContaining({ state: 'SUCCEEDED' }));
  });

  test('doctor reports every part as healthy', async () => {
    const findings = (await json('doctor')) as { part: string; status: string }[];
    expect(findings.filter(({ status }) => status !== 'well')).toEqual([]);
    expect(findings.map(({ part }) => part)).toEqual(
      expect.arrayContaining(['bucket', 'queue', 'trigger', 'job', 'database', 'console', 'flow']),
    );
    for (const name of ['MySQL', 'the AWS emulator', 'Spark', 'the console']) {
      expect(findings).toContainEqual(expect.objectContaining({ part: `process of ${name}`, finding: 'running' }));
    }
  });

  test('doctor removes its test file from the bucket and the database', async () => {
    await withConnection(secret('DATABASE_ADMIN_URL'), async (administrator) => {
      for (const table of ['uploads', 'publication_locks']) {
        const [left] = await administrator.query('SELECT * FROM ?? WHERE owner = ?', [table, 'centflow-doctor']);
        expect(left).toEqual([]);
      }
    });
    const environment = parseEnv(readFileSync(join(folder, 'env'), 'utf8'));
    const clients = createClients(environment.AWS_ENDPOINT_URL ?? '', {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    });
    const { Versions = [], DeleteMarkers = [] } = await clients.s3.send(
      new ListObjectVersionsCommand({
        Bucket: environment.UPLOADS_BUCKET,
        Prefix: 'raw/expenses/owner=centflow-doctor/',
      }),
    );
    clients.destroy();
    expect([...Versions, ...DeleteMarkers]).toEqual([]);
  });

  test('doctor and the terminal report a part that was restarted', async () => {
    const spark = () => readParts(join(folder, 'data'))?.parts.find(({ name }) => name === 'Spark');
    process.kill(spark()?.pid ?? 0, 'SIGKILL');
    await waitFor(async () => (spark()?.restarts === 1 && spark()?.state !== 'ready' ? true : undefined));
    const { exitCode, stdout } = await centflow(folder, 'doctor');
    // On a busy machine, Spark may still be starting or may already run again.
    expect(stdout).toMatch(
      /process of Spark +│ (ill +│ (waiting|starting): Spark ended|well +│ running; restarted once)/,
    );
    expect(exitCode).toBe(stdout.includes('│ ill ') ? 5 : 0);
    await started.waitFor('Spark is ready again', 240_000);
    await waitFor(async () => (spark()?.state === 'ready' ? true : undefined));
    const after = (await json('doctor')) as { part: string; status: string; finding: string }[];
    expect(after.find(({ part }) => part === 'process of Spark')).toMatchObject({
      status: 'well',
      finding: expect.stringMatching(/restarted once, most recently because: Spark ended by SIGKILL/),
    });
    expect(after.filter(({ status }) => status === 'ill')).toEqual([]);
  });

  test('rebuild --check finds every report view equal', async () => {
    const { exitCode, stdout } = await centflow(folder, 'rebuild', '--check');
    expect(stdout).toContain('every report view is equal');
    expect(stdout).not.toContain('DIFFERENT');
    expect(exitCode).toBe(0);
  });

  test('rebuild --check exits with code 5 and shows the rows in which the database differs from the bucket', async () => {
    await withConnection(secret('DATABASE_ADMIN_URL'), async (administrator) => {
      const forge = (description: string) =>
        administrator.query(
          "UPDATE expenses SET description = ? WHERE upload_id = (SELECT upload_id FROM uploads WHERE owner = 'zoe')",
          [description],
        );
      await forge('forged');
      const { exitCode, stdout } = await centflow(folder, 'rebuild', '--check');
      await forge('');
      expect(stdout).toMatch(/v_transactions +│ +\d+ │ DIFFERENT/);
      expect(stdout).toContain('forged');
      expect(exitCode).toBe(5);
      const [left] = await administrator.query("SHOW DATABASES LIKE '%rebuild%'");
      expect(left).toEqual([]);
    });
  });
});

describe('Ctrl-C', () => {
  test('makes npm start exit with code 0 and leave no process and no environment file', async () => {
    started.child.kill('SIGINT');
    expect((await started.outcome).exitCode).toBe(0);
    expect(await processesLeft(folder, 0)).toEqual([]);
    expect(existsSync(join(folder, 'env'))).toBe(false);
    expect(existsSync(join(folder, 'secrets.env'))).toBe(false);
  });

  test('makes later commands report that the stack is not running', async () => {
    const { exitCode, stderr } = await centflow(folder, 'uploads');
    expect(stderr).toContain('npm start');
    expect(exitCode).toBe(4);
  });
});

describe('npm start with a part that keeps failing', () => {
  test('stops all parts and exits with code 1 and the reason', async () => {
    const doomed = startCommand(folder, ['start', '--failures', '3']);
    await doomed.waitFor('The console: ', 240_000);
    const killing = setInterval(() => {
      const { pid, state } = readParts(join(folder, 'data'))?.parts.find(({ name }) => name === 'MySQL') ?? {};
      if (state === 'ready' && pid && isAlive(pid)) process.kill(pid, 'SIGKILL');
    }, 20);
    const { exitCode, stderr } = await doomed.outcome.finally(() => clearInterval(killing));
    expect(stderr).toMatch(/MySQL cannot be kept alive: it failed 3 times in a row, .*MySQL ended by SIGKILL/);
    expect(exitCode).toBe(1);
    // Spark's Python processes have a separate process group and end after Spark.
    expect(await processesLeft(folder, 15_000)).toEqual([]);
  });
});

describe('npm start -- --once', () => {
  test('reuses the earlier data, uploads no file a second time, and exits with code 0', async () => {
    const { exitCode, stdout, stderr } = await startCommand(folder, ['start', '--once']).outcome;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('0 of them uploaded now');
    expect(stdout).toContain('v_monthly_cash_flow');
    expect(await processesLeft(folder, 0)).toEqual([]);
  });
});
