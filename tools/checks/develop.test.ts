import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '@centflow/local-processes/paths';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('`npm run generate` uses only programs that the set-up installs', async () => {
  const [, program = '', command = ''] = scripts.generate?.split(' ') ?? [];
  const checked = run(process.execPath, [join(repository, program), command, '--check'], {
    cwd: repository,
    env: { ...process.env, PATH: '/usr/bin:/bin' },
  });
  await expect(checked).resolves.toMatchObject({ stdout: expect.not.stringContaining('out of date') });
});

test.each(Object.entries(scripts))('`npm run %s` starts with the set-up', (_, script) => {
  expect(script).toMatch(/^node tools\/toolchain\/run\.cjs [a-z-]+$/);
});
