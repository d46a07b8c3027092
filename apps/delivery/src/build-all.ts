/** The `build` command. Turbo builds everything that is deployed: the Lambda bundles, the job's wheels, then infra's artifacts. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { CommandError } from '@centflow/command-line/exit';
import { readToolPaths, repository, turboEnvironment } from '@centflow/local-processes/paths';
import type { Command } from 'commander';

export function addBuild(program: Command): void {
  program
    .command('build')
    .description('build all Lambda bundles, wheels and infra artifacts that are deployed')
    .action(() => buildAll());
}

/**
 * Builds each part that has changed since the last build.
 *
 * @param logFile receives the build's output. Default: standard error, because standard output belongs to the command.
 */
export async function buildAll(logFile?: string): Promise<void> {
  const tools = readToolPaths();
  const log = logFile === undefined ? process.stderr.fd : openSync(logFile, 'w');
  const child = spawn(tools.pnpm, ['exec', 'turbo', 'run', 'build', '--output-logs=new-only'], {
    cwd: repository,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...turboEnvironment(tools) },
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  if (exitCode !== 0)
    throw new CommandError(`The build failed. Its output is ${logFile === undefined ? 'above' : `in ${logFile}`}.`);
}
