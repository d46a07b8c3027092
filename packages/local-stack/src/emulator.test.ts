import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readToolPaths } from '@centflow/local-processes/paths';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('the installed ministack has all private functions that the launcher uses, with the expected parameters', async () => {
  const script = join(import.meta.dirname, 'emulator', 'contract.py');
  await expect(run(readToolPaths().emulatorPython, [script])).resolves.toMatchObject({ stderr: '' });
});
