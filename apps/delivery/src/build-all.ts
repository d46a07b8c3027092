/** `build`: everything that is deployed, by Turbo: the Lambdas' bundles, the job's wheels, then infra's artefacts of them. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { CommandError } from '@centflow/command-line/exit';
import { readToolPaths, repository, turboEnvironment } from '@centflow/local-processes/paths';
import type { Command } from 'commander';

export function addBuild(program: Command): void {
  program
    .command('build')
    .description('build everything that is deployed')
    .action(() => buildAll());
}

/**
 * What has not changed since the last time is not built again.
 *
 * @param logFile takes what the build says; standard error where left out, as standard output belongs to the command
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
    throw new CommandError(`The build failed; what it said is ${logFile === undefined ? 'above' : `in ${logFile}`}.`);
}
