/** `advisories`: whether an advisory is known about a dependency that the lock files pin. */
import { join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import type { Command } from 'commander';
import { judgeAnswers, readAccepted } from './judge.ts';
import { askAll } from './sources.ts';

const ACCEPTED = join('.ci', 'accepted-advisories.json');

export function addAdvisories(program: Command): void {
  program
    .command('advisories')
    .description('ask the registries for advisories about what the lock files pin')
    .option('--require-answers', 'fail if a registry does not answer, rather than skip it', false)
    .action(checkAdvisories);
}

async function checkAdvisories({ requireAnswers }: { requireAnswers: boolean }): Promise<void> {
  const accepted = readAccepted(join(repository, ACCEPTED));
  const answers = await askAll(readToolPaths());
  const today = new Date().toISOString().slice(0, 10);
  const { lines, hasFailed } = judgeAnswers(answers, accepted, today, requireAnswers);
  for (const line of lines) console.log(line);
  if (hasFailed) {
    throw new CommandError(
      `Update what ✖ stands beside. What does no harm here: accept it in ${ACCEPTED}, for a time.`,
    );
  }
}
