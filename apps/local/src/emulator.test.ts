import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readToolPaths, repository } from './paths.ts';

const run = promisify(execFile);

test('the installed ministack has every private function that the launcher replaces, with the same parameters', async () => {
  const script = join(repository, 'apps', 'local', 'src', 'emulator', 'contract.py');
  await expect(run(readToolPaths().emulatorPython, [script])).resolves.toMatchObject({ stderr: '' });
});
