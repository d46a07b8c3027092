/** The command `advisories`: reports known advisories about the dependencies in the lock files. */
import { join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import type { Command } from 'commander';
import { judgeAnswers, readAccepted } from './judge.ts';
import { queryAllSources } from './sources.ts';

const ACCEPTED = join('.ci', 'accepted-advisories.json');

export function addAdvisories(program: Command): void {
  program
    .command('advisories')
    .description('query the registries for advisories about the dependencies in the lock files')
    .option('--require-answers', 'fail if a registry does not answer, instead of skipping that registry', false)
    .action(checkAdvisories);
}

async function checkAdvisories({ requireAnswers }: { requireAnswers: boolean }): Promise<void> {
  const accepted = readAccepted(join(repository, ACCEPTED));
  const answers = await queryAllSources(readToolPaths());
  const today = new Date().toISOString().slice(0, 10);
  const { lines, hasFailed } = judgeAnswers(answers, accepted, today, requireAnswers);
  for (const line of lines) console.log(line);
  if (hasFailed) {
    throw new CommandError(
      `Update the packages marked with ✖. If an advisory does no harm here, accept it for a limited time in ${ACCEPTED}.`,
    );
  }
}
