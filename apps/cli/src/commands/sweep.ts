/** `sweep`: compares the whole bucket with the database and reconciles the differences. */

import { CommandError } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { runSweep } from '@centflow/local-stack/job-runs';
import type { Command } from 'commander';
import { type JsonOption, withJson, withProgress, withStack } from './shared.ts';

export function addSweep(program: Command): void {
  withJson(
    program
      .command('sweep')
      .description('reconcile the database with the whole bucket now, without waiting for the schedule'),
  ).action(async ({ json }: JsonOption) => {
    const end = await withStack((_, { glue }) => withProgress('Sweeping', json === true, () => runSweep(glue)));
    if (json) printJson(end);
    if (end.state !== 'SUCCEEDED')
      throw new CommandError(`Job run ${end.jobRunId} ended with state ${end.state}: ${end.message}`);
    if (!json) print(`The database matches the bucket (job run ${end.jobRunId}, ${end.seconds.toFixed(1)} s).`);
  });
}
