/** `chaos`: random histories on a local stack of its own, while its processes are killed, paused and refused. */
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
    .description('kill, pause and refuse at random on a local stack of its own; the reports must come out right')
    .option('--minutes <n>', 'how long', '2')
    .option('--seed <n>', 'chooses histories and faults', String(randomInt(1_000_000)))
    .option('--keep-logs <folder>', 'copy the logs of the stack there')
    .action(chaos);
}

/** The histories, the model and the faults are Python: glue/tests/chaos.py. */
async function chaos({ minutes, seed, keepLogs }: ChaosOptions): Promise<void> {
  const tools = readToolPaths();
  const logs = keepLogs === undefined ? [] : ['--keep-logs', resolve(keepLogs)];
  const program = join(repository, 'glue', 'tests', 'chaos.py');
  process.exitCode = await runChild(tools.python, [program, '--minutes', minutes, '--seed', seed, ...logs]);
}
