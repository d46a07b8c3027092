/** The command `exec`: runs a program with the installed Node, pnpm and uv on the PATH. */
import { runChild } from '@centflow/command-line/run-child';
import { readToolPaths } from '@centflow/local-processes/paths';
import type { Command } from 'commander';
import { testEnvironment } from './test-all.ts';

export function addExec(program: Command): void {
  program
    .command('exec')
    .description('run a program with the installed Node, pnpm and uv on the PATH, in the current folder')
    .argument('<program>', 'such as node, pnpm or uv')
    .argument('[arguments...]')
    .allowUnknownOption()
    .action(async (name: string, rest: readonly string[]) => {
      process.exitCode = await runChild(name, rest, {
        cwd: process.env.INIT_CWD ?? process.cwd(),
        env: testEnvironment(readToolPaths()),
      });
    });
}
