/** Tests the installation steps. A separate Node process calls the functions of a copy of tools/toolchain. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');
let machine = '';
let setUp = '';

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'centflow-set-up-'));
  setUp = join(machine, 'tools', 'toolchain');
  cpSync(import.meta.dirname, setUp, { recursive: true });
});

afterEach(() => rmSync(machine, { recursive: true, force: true }));

/** Runs JavaScript code in which `setUp` is a module of tools/toolchain. */
async function call(module: string, code: string, env: Readonly<Record<string, string>> = {}) {
  const url = pathToFileURL(join(setUp, module));
  const args = ['--input-type=module', '--eval', `import * as setUp from '${url}'; ${code}`];
  return await new Promise<{ code: unknown; printed: string }>((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, _stdout, printed) =>
      resolve({ code: error?.code ?? 0, printed }),
    );
  });
}

describe('run', () => {
  test('passes the environment to a command, except for credentials', async () => {
    const log = join(machine, 'install.log');
    const command = `['--eval', 'console.log(JSON.stringify(process.env))']`;
    await call('step.mjs', `await setUp.run('${log}', process.execPath, ${command});`, {
      ...Object.fromEntries(
        [
          'AWS_ACCESS_KEY_ID',
          'AWS_SECRET_ACCESS_KEY',
          'AWS_SESSION_TOKEN',
          'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
          'ACTIONS_ID_TOKEN_REQUEST_URL',
          'ACTIONS_RUNTIME_TOKEN',
          'GITHUB_TOKEN',
        ].map((name) => [name, 'hunter2']),
      ),
      npm_config_registry: 'https://registry.example.com',
    });
    const text = readFileSync(log, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('https://registry.example.com');
  });
});

describe('installUv', () => {
  const requirements = () => join(setUp, 'npm', 'requirements.txt');
  const version = () => /^uv==(\S+)/m.exec(readFileSync(requirements(), 'utf8'))?.[1] ?? '';

  /** Installs uv from a folder that holds one wheel, whose only file is `bin/uv`. */
  async function install(wheel: Uint8Array) {
    const wheels = join(machine, 'wheels');
    mkdirSync(wheels);
    writeFileSync(join(wheels, `uv-${version()}-py3-none-any.whl`), wheel);
    // On a machine whose Python has no pip, the set-up of this repository has unpacked pip from Debian's package here.
    mkdirSync(join(machine, '.local'), { recursive: true });
    if (existsSync(join(repository, '.local', 'apt'))) {
      symlinkSync(join(repository, '.local', 'apt'), join(machine, '.local', 'apt'));
    }
    const code = `
      const { findPython } = await import('${pathToFileURL(join(setUp, 'machine.mjs'))}');
      await setUp.installUv(findPython().executable);`;
    const outcome = await call('python.mjs', code, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
    return { ...outcome, isInstalled: existsSync(join(machine, '.local', 'toolchain', 'uv', 'bin', 'uv')) };
  }

  function buildWheel(program: string): Uint8Array {
    const info = `uv-${version()}.dist-info`;
    const files = {
      [`uv-${version()}.data/scripts/uv`]: program,
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: uv\nVersion: ${version()}\n`,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: '',
    };
    const encoder = new TextEncoder();
    return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, encoder.encode(text)])));
  }

  test('refuses a wheel whose hash is not committed', async () => {
    const { code, printed, isInstalled } = await install(buildWheel('#!/bin/sh\necho evil\n'));
    expect(printed).toMatch(/DO NOT MATCH THE HASHES/);
    expect({ code, isInstalled }).toEqual({ code: 1, isInstalled: false });
  });

  test('installs a wheel whose hash is committed', async () => {
    const wheel = buildWheel('#!/bin/sh\necho uv\n');
    const hash = createHash('sha256').update(wheel).digest('hex');
    writeFileSync(requirements(), `uv==${version()} --hash=sha256:${hash}\n`);
    expect(await install(wheel)).toMatchObject({ code: 0, isInstalled: true });
  });
});
