/**
 * The command `test-one`: runs the tests of one file, in either language. Further arguments are options of the test
 * runner.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { runChild } from '@centflow/command-line/run-child';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import type { Command } from 'commander';
import { testEnvironment } from './test-all.ts';

export function addTestOne(program: Command): void {
  program
    .command('test-one')
    .description('run the tests of one file; further arguments go to Vitest (-t <name>) or pytest (-k <name>)')
    .argument('<file>', 'such as apps/trigger/src/handler.test.ts or glue/tests/test_read.py')
    .argument('[arguments...]')
    .allowUnknownOption()
    .action(testOne);
}

async function testOne(file: string, rest: readonly string[]): Promise<void> {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  if (!existsSync(path))
    throw new CommandError(
      `The file ${file} does not exist. Name a test file relative to the root of the repository.`,
      EXIT.usage,
    );
  const tools = readToolPaths();
  const folder = packageFolder(path);
  const name = relative(folder, path);
  const [command, ...args] = file.endsWith('.py')
    ? [tools.uv, 'run', '--frozen', 'pytest', name, ...rest]
    : [tools.pnpm, 'exec', 'vitest', 'run', name, ...rest];
  process.exitCode = await runChild(command ?? '', args, {
    cwd: folder,
    env: testEnvironment(tools),
  });
}

/** Returns the folder of the package that a file belongs to. */
function packageFolder(path: string): string {
  let folder = dirname(path);
  while (!existsSync(join(folder, 'package.json')) && folder.startsWith(repository)) folder = dirname(folder);
  return folder;
}
