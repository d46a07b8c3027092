/** Tests the set-up on unsupported machines, with a copy of tools/toolchain and fake commands on the PATH. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let machine = '';

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'centflow-machine-'));
  cpSync(import.meta.dirname, join(machine, 'tools', 'toolchain'), { recursive: true });
  mkdirSync(join(machine, 'bin'));
  symlinkSync('/usr/bin/env', join(machine, 'bin', 'env'));
  python('python3', 'cpython', '3.13');
  command('df', 'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"', 'echo "disk 9 9 90000000 1% /"');
  command('apt-get', 'echo apt');
  command('dpkg', 'echo dpkg');
});

afterEach(() => rmSync(machine, { recursive: true, force: true }));

/** Adds a command to the test machine. */
function command(name: string, ...lines: string[]): string {
  const file = join(machine, 'bin', name);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

function python(name: string, implementation: string, version: string, withoutGil = '0'): string {
  return command(name, `printf '%s\\n' /usr/bin/${name} ${implementation} ${version} ${withoutGil}`);
}

/** Adds a `java` that reports this version and these modules. */
function java(version: string, ...modules: string[]): void {
  command(
    'java',
    'if [ "$1" = --list-modules ]; then',
    ...['java.base', ...modules].map((name) => `echo "${name}@${version}"`),
    'else',
    `echo "    java.specification.version = ${version}"`,
    `echo "    java.home = ${machine}/jvm"`,
    'fi',
  );
  mkdirSync(join(machine, 'jvm', 'bin'), { recursive: true });
  writeFileSync(join(machine, 'jvm', 'bin', 'java'), '');
}

interface Start {
  /** A script that runs before the set-up and replaces what Node reports about the machine. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the command of `npm start` on the test machine. Expects that the set-up refuses the machine, and returns the
 * message.
 */
async function refusal({ preload = '', env = {} }: Start = {}): Promise<string> {
  const preloaded = join(machine, 'preload.cjs');
  writeFileSync(preloaded, preload);
  const args = ['--require', preloaded, join(machine, 'tools', 'toolchain', 'run.cjs'), 'start'];
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    const options = { env: { PATH: join(machine, 'bin'), HOME: machine, ...env } };
    execFile(process.execPath, args, options, (error, _stdout, printed) =>
      resolve({ code: error?.code, stderr: printed }),
    );
  });
  expect(code, stderr).toBe(1);
  expect(stderr.trimEnd().split('\n'), 'exactly one message').toHaveLength(1);
  expect(existsSync(join(machine, '.local')), 'nothing is installed').toBe(false);
  return stderr.trimEnd();
}

const overrideProcess = (property: string, value: string) =>
  `Object.defineProperty(process, '${property}', { value: '${value}' });`;

describe('npm start on an unsupported machine', () => {
  test('reports the installed and the required Node version', async () => {
    const line = await refusal({ preload: "Object.defineProperty(process.versions, 'node', { value: '16.20.2' });" });
    expect(line).toMatch(
      /not supported yet: Node 16\.20\.2 .* Node 18 or newer is needed\. .*apt-get install nodejs npm/,
    );
  });

  test.each([
    ['darwin', 'Linux virtual machine or container'],
    ['win32', 'WSL 2'],
  ])('refuses the platform %s, and suggests a %s', async (platform, remedy) => {
    const line = await refusal({ preload: overrideProcess('platform', platform) });
    expect(line).toContain(`its system is ${platform}, and Linux is needed. What to do: `);
    expect(line).toContain(remedy);
  });

  test('refuses an unknown processor', async () => {
    const line = await refusal({ preload: overrideProcess('arch', 'riscv64') });
    expect(line).toContain('its processor is riscv64, and x64 or arm64 is needed.');
  });

  test('refuses a system without glibc', async () => {
    const line = await refusal({ preload: 'process.report.getReport = () => ({ header: {} });' });
    expect(line).toMatch(/has no glibc, and a system with glibc is needed\. What to do: use Debian 12/);
  });

  test('requires CENTFLOW_MYSQL_URL on arm64, because no MySQL can be downloaded', async () => {
    const line = await refusal({ preload: overrideProcess('arch', 'arm64') });
    expect(line).toMatch(/arm64, for which no MySQL can be downloaded.*set CENTFLOW_MYSQL_URL/);
  });

  test.each([
    ['an older version', ['python3', 'cpython', '3.10'], 'python3 is Python 3.10'],
    ['a newer version', ['python3', 'cpython', '3.15'], 'python3 is Python 3.15'],
    ['another implementation', ['python3', 'pypy', '3.11'], 'python3 is pypy 3.11'],
    ['a build without the GIL', ['python3', 'cpython', '3.14', '1'], 'python3 is Python 3.14 without the GIL'],
  ] as const)('reports the installed Python if it is %s', async (_kind, [name, ...rest], found) => {
    const [implementation, version, withoutGil] = rest;
    python(name, implementation, version, withoutGil);
    const line = await refusal();
    expect(line).toContain(`not supported yet: ${found}, and CPython 3.11, 3.12, 3.13 or 3.14 is needed. What to do: `);
    expect(line).toMatch(/`apt-get install python3`|install Python 3\.13 beside its own/);
  });

  test('reports that no Python is installed', async () => {
    rmSync(join(machine, 'bin', 'python3'));
    expect(await refusal()).toContain('no Python was found on this machine, and CPython 3.11');
  });

  test('refuses an unsupported CENTFLOW_PYTHON, even if a supported Python is on the PATH', async () => {
    const old = python('python3.9', 'cpython', '3.9');
    const line = await refusal({ env: { CENTFLOW_PYTHON: old } });
    expect(line).toMatch(
      /CENTFLOW_PYTHON is set, \S+python3\.9 is Python 3\.9, and .* is needed\. What to do: set the variable to/,
    );
  });

  test('reports the free and the required space if the disk is too full', async () => {
    command('df', 'echo "Filesystem 1024-blocks Used Available Capacity Mounted on"', 'echo "disk 9 9 1000000 99% /"');
    expect(await refusal()).toMatch(/has 1\.0 GB free, and 7\.0 GB is needed\. What to do: free some space/);
  });
});

describe('npm start without apt', () => {
  beforeEach(() => {
    rmSync(join(machine, 'bin', 'apt-get'));
    command('dnf', 'echo dnf');
  });

  test('reports the required Java version', async () => {
    const line = await refusal();
    expect(line).toMatch(/no Java was found on this machine, and Java 17 or 21 with the module jdk\.incubator\.vector/);
    expect(line).toContain('`dnf install java-21-openjdk-headless`');
  });

  test('refuses a Java of another version', async () => {
    java('11', 'jdk.incubator.vector');
    expect(await refusal()).toContain('java is 11, and Java 17 or 21');
  });

  test('refuses a Java without the module that Spark loads', async () => {
    java('17');
    expect(await refusal()).toContain('java lacks the module jdk.incubator.vector, and Java 17 or 21');
  });
});

test('run.cjs uses only ES2015 syntax, so that it can report any old Node version', async () => {
  const source = readFileSync(join(import.meta.dirname, 'run.cjs'), 'utf8');
  const written = async (target: string) =>
    (await transform(source, { target, supported: { 'dynamic-import': true } })).code;
  expect(await written('es2015')).toBe(await written('esnext'));
});

describe('the locked npm packages', () => {
  test.each([
    ['the workspace', join(import.meta.dirname, '..', '..', 'pnpm-lock.yaml')],
    ['the toolchain', join(import.meta.dirname, 'npm', 'package-lock.json')],
  ])('of %s include an arm64 package for each x64 package', (_name, file) => {
    const locked = readFileSync(file, 'utf8');
    // Only packages for glibc are compared, because packages for musl are never installed.
    const forX64 = new Set(locked.match(/[\w@/.+-]*linux-x64(?!-musl)[\w@.+-]*/g));
    expect(forX64.size).toBeGreaterThan(1);
    expect([...forX64].filter((name) => !locked.includes(name.replace('linux-x64', 'linux-arm64')))).toEqual([]);
  });
});
