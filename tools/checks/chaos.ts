/**
 * The command `chaos`: runs random uploads on a separate local stack, while faults hit the processes and connections.
 */
import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { runChild } from '@centflow/command-line/run-child';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import type { Command } from 'commander';

interface ChaosOptions {
  readonly minutes: string;
  readonly seed: string;
  readonly keepLogs?: string;
}

export function addChaos(program: Command): void {
  program
    .command('chaos')
    .description('run random uploads and random faults on a separate local stack, and check the reports')
    .option('--minutes <n>', 'the duration', '2')
    .option('--seed <n>', 'seed that determines the histories and the faults', String(randomInt(1_000_000)))
    .option('--keep-logs <folder>', 'copy the logs of the stack to this folder')
    .action(chaos);
}

/** Runs glue/tests/chaos.py, which contains the histories, the model and the faults. */
async function chaos({ minutes, seed, keepLogs }: ChaosOptions): Promise<void> {
  const tools = readToolPaths();
  const logs = keepLogs === undefined ? [] : ['--keep-logs', resolve(keepLogs)];
  const program = join(repository, 'glue', 'tests', 'chaos.py');
  process.exitCode = await runChild(tools.python, [program, '--minutes', minutes, '--seed', seed, ...logs]);
}
