import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCEPT_OWNER, type EnvironmentName, readEnvironment } from '@centflow/infra';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { planCanary } from '../canary/canary-plan.ts';
import { deliver } from '../cli.ts';
import { EXIT, exitCodeOf } from '../exit.ts';
import { CanaryFlow } from '../testing/canary-flow.ts';
import { type AcceptOptions, accept } from './accept.ts';
import { openAccount } from './account.ts';
import { type Check, expectThat, NotYetError } from './check.ts';
import { checks as allChecks } from './checks/index.ts';
import { personOf } from './command.ts';
import { Deployed } from './deployed.ts';

let folder: string;
let said: string[];
let ran: string[];
let flow: CanaryFlow;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'centflow-accept-'));
  [said, ran, flow] = [[], [], new CanaryFlow(planCanary())];
  return () => rmSync(folder, { recursive: true });
});

function check(name: string, more: Partial<Check> = {}): Check {
  return {
    name,
    proves: `${name} holds`,
    ifItFails: `mend ${name}`,
    disruptive: null,
    run: async () => {
      ran.push(name);
      return '';
    },
    ...more,
  };
}

async function run(checks: readonly Check[], more: Partial<AcceptOptions> & { name?: EnvironmentName } = {}) {
  const { name = 'dev', ...options } = more;
  const environment = readEnvironment(name);
  const account = { ...openAccount(environment.region), s3: flow.s3, lambda: flow.lambda };
  const error: unknown = await accept({
    environment,
    release: { version: 'v7', commit: 'c', digest: 'd', folder },
    account,
    deployed: new Deployed(new Map()),
    web: async () => ({ status: 500, headers: {}, text: '' }),
    person: undefined,
    firstDeployedAt: undefined,
    disruptive: true,
    restore: false,
    unproven: {},
    pauseMs: 1,
    signal: new AbortController().signal,
    folder: join(folder, 'report'),
    say: (line) => said.push(line),
    checks,
    ...options,
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const file = join(folder, 'report', 'accept.json');
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return { error, report, markdown: report && readFileSync(join(folder, 'report', 'accept.md'), 'utf8') };
}

const broken = { run: async () => expectThat(false, 'the sky | is\ngreen') as never };

describe('accept', () => {
  test('prints a line for each check: the proven statement, the duration and the remark', async () => {
    const { error } = await run([check('one', { run: async () => '3 of 3' }), check('two')]);
    expect(error).toBeUndefined();
    const lines = said.filter((line) => line.startsWith('✔'));
    expect(lines).toEqual([
      expect.stringMatching(/^✔ one: one holds \(\d+\.\d s, 3 of 3\)$/),
      expect.stringMatching(/^✔ two: two holds \(\d+\.\d s\)$/),
    ]);
  });

  test('reports the result and the remedy of a failed check, and runs the other checks', async () => {
    const { error, report } = await run([check('one', broken), check('two')]);
    expect(said).toContain('✘ one: one holds\n    Seen: the sky | is\ngreen\n    What to do: mend one');
    expect(ran).toEqual(['two']);
    expect(String(error)).toMatch(
      /NotAcceptedError: dev is not accepted: one failed\. .*accept --environment dev` again/,
    );
    expect(exitCodeOf(error)).toBe(EXIT.notAccepted);
    expect(report.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['failed', 'passed']);
  });

  test('escapes remarks in the report so that its tables stay valid', async () => {
    const { markdown, report } = await run([check('one', broken), check('two')], {
      unproven: { two: 'no queue here' },
    });
    expect(markdown).toMatch(/^# Acceptance of dev\n\nRelease v7 in account 111122223333, eu-west-1\./);
    expect(markdown).toContain('0 passed, 1 failed, 0 skipped, 1 not proven');
    expect(markdown).toMatch(
      /## Failed\n\n\| check .*\n\| --- .*\n\| `one` \| one holds \| .* \| the sky \\\| is<br>green \| mend one \|/,
    );
    expect(markdown).toMatch(/## Cannot be proven here\n\n(.*\n){2}\| `two` .* no queue here \|/);
    expect(markdown).toContain('## Not covered by the checks');
    expect(report).toMatchObject({ format: 1, environment: 'dev', version: 'v7' });
  });

  test('lists unproven checks with the reason, and does not run these checks', async () => {
    await run([check('one')], { unproven: { one: 'no emulator has it' } });
    expect(ran).toEqual([]);
    expect(said).toContain('? one: not proven here, no emulator has it');
  });

  test('refuses an unproven check that does not exist', async () => {
    const { error } = await run([check('one')], { unproven: { gone: 'x' } });
    expect(String(error)).toMatch(/There is no check named gone/);
    expect(ran).toEqual([]);
  });

  test('prints the list of disruptive checks before it runs any check', async () => {
    await run([check('one'), check('two', { disruptive: 'sends mails' })]);
    const listed = said.indexOf('  two: sends mails');
    expect(said[listed - 1]).toBe('These checks affect all of dev:');
    expect(listed).toBeLessThan(said.findIndex((line) => line.startsWith('✔ one')));
    expect(ran).toEqual(['one', 'two']);
  });

  test('runs no disruptive check without --disruptive', async () => {
    await run([check('one'), check('two', { disruptive: 'sends mails' })], { name: 'production', disruptive: false });
    expect(ran).toEqual(['one']);
    expect(said).toContain('These checks affect all of production, so they run only with --disruptive:');
    expect(said).toContain('- two: skipped, it affects the whole environment: run with --disruptive');
  });

  test('restores a backup only with --restore', async () => {
    const restore = check('restore', { option: 'restore' });
    await run([restore]);
    expect(ran).toEqual([]);
    await run([restore], { restore: true });
    expect(ran).toEqual(['restore']);
  });

  test('skips a check if the environment lacks the checked part or the check is not due yet', async () => {
    const later = check('later', {
      run: async () => {
        throw new NotYetError('due at three');
      },
    });
    const { error } = await run([check('one', { absent: () => 'it has no reports' }), later]);
    expect(said).toContain('- one: skipped, it has no reports');
    expect(said).toContain('- later: skipped, due at three');
    expect(error).toBeUndefined();
  });

  test('ends a waiting check after an interrupt, and still writes the report', async () => {
    const controller = new AbortController();
    let restored = false;
    const waiting = check('waiting', {
      run: async ({ pace, restoring }) => {
        try {
          controller.abort(new Error('ended by a person'));
          return await pace.until<string>('never', 60, async () => undefined);
        } finally {
          restored = await restoring.until('restored', 60, async () => true);
        }
      },
    });
    const { report } = await run([waiting, check('two')], { signal: controller.signal });
    expect(restored).toBe(true);
    expect(ran).toEqual([]);
    expect(report.results).toMatchObject([
      { outcome: 'failed', detail: 'ended by a person' },
      { outcome: 'skipped', detail: 'the command was interrupted before' },
    ]);
  });

  test('deletes only the uploads of the owner of the checks, before and after the checks', async () => {
    const key = `raw/expenses/owner=${ACCEPT_OWNER}/left.csv`;
    flow.leave(key, 'x');
    flow.leave('raw/expenses/owner=ann/kept.csv', 'x');
    const leaving = check('leaving', {
      run: async ({ uploads }) => {
        expect(flow.objects.has(key)).toBe(false);
        await uploads.put('forgotten');
        return '';
      },
    });
    await run([leaving, check('broken', broken)]);
    expect(flow.put).toHaveLength(1);
    expect([...flow.objects.keys()]).toEqual(['raw/expenses/owner=ann/kept.csv']);
  });

  test('explains how to create the console user if no user is configured', async () => {
    const console = check('console', { run: async (context) => (await context.console()).origin });
    await run([console]);
    expect(said.join('\n')).toMatch(
      /Seen: no console user is configured.*CENTFLOW_ACCEPT_USER.*admin-create-user .*custom:owner,Value=centflow-canary-accept/,
    );
  });
});

describe('the list of accept checks', () => {
  test('gives every check a unique name, a statement and a remedy', () => {
    expect(new Set(allChecks.map(({ name }) => name)).size).toBe(allChecks.length);
    for (const { name, proves, ifItFails, disruptive } of allChecks) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      for (const text of [proves, ifItFails]) expect(text.length, name).toBeGreaterThan(20);
      expect(disruptive, name).not.toBe('');
    }
  });

  test('marks the checks of alarms, passwords, dead letters, sweep, crawler and migrator as disruptive', () => {
    const disruptive = allChecks.filter((one) => one.disruptive !== null).map(({ name }) => name);
    expect(disruptive).toEqual(
      expect.arrayContaining([
        'alarm-mails',
        'secret-rotation',
        'dead-letters',
        'sweep-runs',
        'crawler',
        'migrator-idempotent',
      ]),
    );
  });
});

describe('the command `accept`', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('ends with the exit code `notReady` if there are no AWS credentials', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) {
      vi.stubEnv(name, undefined);
    }
    const error: unknown = await deliver(async () => {})
      .parseAsync(['accept', '--environment', 'dev'], { from: 'user' })
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/NotReadyError: There are no AWS credentials/);
    expect(exitCodeOf(error)).toBe(EXIT.notReady);
  });

  test('reads the password from an environment variable only', () => {
    const env = { CENTFLOW_ACCEPT_USER: 'ann', CENTFLOW_ACCEPT_PASSWORD: 'secret' };
    expect(personOf({}, env)).toMatchObject({ username: 'ann', password: 'secret' });
    expect(personOf({ consoleUser: 'bea' }, env)).toMatchObject({ username: 'bea', password: 'secret' });
    expect(personOf({ consoleUser: 'bea' }, {})).toBeUndefined();
  });
});
