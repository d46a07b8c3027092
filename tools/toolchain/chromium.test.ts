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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let machine = '';

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'centflow-chromium-'));
  // A fake repository, because the set-up writes only below the folder of its repository.
  cpSync(import.meta.dirname, join(machine, 'tools', 'toolchain'), {
    recursive: true,
  });
  mkdirSync(join(machine, 'bin'));
  for (const name of ['basename', 'env', 'mkdir', 'touch'])
    symlinkSync(join('/usr/bin', name), join(machine, 'bin', name));
});

afterEach(() => rmSync(machine, { recursive: true, force: true }));

/** Adds a command to the test machine. */
function command(name: string, ...lines: string[]): string {
  const file = join(machine, 'bin', name);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

/** Installs Chromium on the test machine, whose PATH has only the commands that the test added. */
async function setUp(named = ''): Promise<{ exitCode: number; stderr: string }> {
  const program = `
    import { installChromium } from ${JSON.stringify(join(machine, 'tools', 'toolchain', 'chromium.mjs'))};
    await installChromium().catch((error) => { console.error(error.message); process.exitCode = 1; });`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { env: { PATH: join(machine, 'bin'), CENTFLOW_CHROMIUM: named } },
      (error, _stdout, stderr) => resolve({ exitCode: error === null ? 0 : 1, stderr }),
    );
  });
}

function readRecord(): { executable: string; libraries?: string; fonts?: string } {
  return JSON.parse(readFileSync(join(machine, '.local', 'toolchain', 'chromium.json'), 'utf8'));
}

/** Adds a fake apt. It offers only the headless shell, with the packages in `needed` as dependencies. */
function addApt(...needed: string[]): void {
  command(
    'apt-get',
    'case "$*" in',
    '  *--print-uris*"install chromium-headless-shell"*)',
    ...needed.map((name) => `    echo "'http://deb.example/${name}_1_amd64.deb' ${name}_1_amd64.deb 10 SHA256:0"`),
    '    ;;',
    '  *" download "*) while [ "$1" != download ]; do shift; done; shift; for name; do touch "$name"_1_amd64.deb; done ;;',
    '  *--version*|*update*) ;;',
    '  *) exit 100 ;;',
    'esac',
  );
  command(
    'dpkg',
    'touch "$3/$(basename "$2")"',
    'mkdir -p "$3/usr/lib/chromium" "$3/usr/lib/x86_64-linux-gnu/nss"',
    'touch "$3/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so" "$3/usr/lib/chromium/chromium-headless-shell"',
  );
}

describe('installChromium', () => {
  test('records the Chromium that CENTFLOW_CHROMIUM names', async () => {
    command('chromium', 'echo Chromium 1');
    const named = command('another', 'echo Chromium 2');
    expect(await setUp(named)).toMatchObject({ exitCode: 0 });
    expect(readRecord()).toEqual({ executable: named });
  });

  test('fails if the Chromium that CENTFLOW_CHROMIUM names does not run', async () => {
    expect((await setUp('/no/such')).stderr).toMatch(
      /CENTFLOW_CHROMIUM names \/no\/such, which does not run\n.*unset it/,
    );
  });

  test('records the Chrome that is installed on the machine', async () => {
    const own = command('google-chrome', 'echo Google Chrome 1');
    expect(await setUp()).toMatchObject({ exitCode: 0 });
    expect(readRecord()).toEqual({ executable: own });
  });

  test('ignores a snap, and reports a remedy if apt offers no Chromium', async () => {
    command('chromium', 'echo Chromium 1 snap', 'exit', 'exec /snap/bin/chromium "$@"');
    const { exitCode, stderr } = await setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('set CENTFLOW_CHROMIUM to its executable');
    expect(existsSync(join(machine, '.local', 'toolchain', 'chromium.json'))).toBe(false);
  });

  test("unpacks Debian's Chromium with the libraries that the machine lacks, but never with a second libc", async () => {
    addApt('libnss3', 'libc6', 'fonts-liberation', 'chromium-headless-shell');
    expect(await setUp()).toMatchObject({ exitCode: 0 });
    const root = join(machine, '.local', 'apt', 'root', 'chromium');
    expect(readRecord()).toEqual({
      executable: join(root, 'usr/lib/chromium/chromium-headless-shell'),
      libraries: join(root, 'usr/lib/x86_64-linux-gnu/nss'),
      fonts: join(root, 'fonts.conf'),
    });
    for (const name of ['libnss3', 'fonts-liberation'])
      expect(existsSync(join(root, `${name}_1_amd64.deb`))).toBe(true);
    expect(existsSync(join(root, 'libc6_1_amd64.deb'))).toBe(false);
  });

  test('does not search again once a Chromium is recorded', async () => {
    addApt('chromium-headless-shell');
    await setUp();
    rmSync(join(machine, 'bin', 'apt-get'));
    expect(await setUp()).toEqual({ exitCode: 0, stderr: '' });
  });
});
