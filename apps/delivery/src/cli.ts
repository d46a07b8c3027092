/** The `npm run deliver -- <command>` program. Workflows call it, and people call it if no workflow can do the task. */
import { Command, InvalidArgumentError } from 'commander';
import * as commands from './commands.ts';
import { EXIT_CODES_HELP } from './exit.ts';

export { exitCodeOf } from './exit.ts';

/** Glue needs one or two minutes for each of the canary's three steps. */
const CANARY_SECONDS = 900;

/** @param build builds all deployed parts */
export function deliver(build: () => Promise<void>): Command {
  const program = new Command('npm run deliver --')
    .description('Take a change from a pull request to production (docs/delivery.md)')
    .addHelpText('after', EXIT_CODES_HELP);
  program
    .command('release')
    .description('build and synthesise all deployed parts, and write the release to a folder')
    .requiredOption('--output <folder>', 'the new or empty folder for the release')
    .action(async (options) => {
      await build();
      await commands.release(options);
    });
  withPullRequest(
    withRelease(
      withEnvironment(
        program,
        'plan',
        'plan a release, check the plans against the plan policy, and store them for the review',
      ),
    ),
  )
    .option('--report <folder>', 'the folder for the reviewers’ report <environment>.md')
    .action(commands.plan);
  program
    .command('comment')
    .description('write or update a pull request comment that shows what a merge would change')
    .requiredOption('--pull-request <number>', 'the number of the pull request', wholeNumber)
    .requiredOption('--reports <folder>', 'the folder with the reports that `plan` wrote')
    .action(commands.comment);
  withPullRequest(
    withRelease(withEnvironment(program, 'deploy', 'apply a release if its plans match the reviewed plans')),
  )
    .option('--digest <digest>', 'the digest of the release, as printed by `release`')
    .option('--evidence <file>', 'the evidence file that `canary` wrote for the previous environment')
    .option(
      '--break-glass <reason>',
      'skip the approval and the comparison with the reviewed plans. The reason is recorded permanently',
    )
    .action(commands.deploy);
  withEnvironment(
    program,
    'canary',
    'upload, correct and delete a file of each feed, and check the views after each step',
  )
    .option('--deadline-seconds <number>', 'the time limit for all steps together', wholeNumber, CANARY_SECONDS)
    .option('--evidence <file>', 'the file for the result and the raised alarms')
    .option(
      '--release <folder>',
      'the folder of the deployed release. By default, the release is fetched from the delivery bucket',
    )
    .action(commands.canary);
  withEnvironment(program, 'accept', 'check that a deployed environment works, and print one line per check')
    .option(
      '--release <folder>',
      'the folder of the deployed release. By default, the release is fetched from the delivery bucket',
    )
    .option('--disruptive', 'also run the checks that affect the whole environment (always on in dev)')
    .option(
      '--restore',
      'restore a backup to a second instance, compare it with the bucket, and delete the instance. Takes half an hour or more',
    )
    .option(
      '--console-user <e-mail>',
      'the user who signs in to the console, by default CENTFLOW_ACCEPT_USER. The password is read from CENTFLOW_ACCEPT_PASSWORD',
    )
    .option('--report <folder>', 'the folder for accept.md and accept.json, by default .local/accept/<environment>')
    .action(commands.accept);
  withPullRequest(
    withRelease(
      withEnvironment(program, 'assess', 'report whether a release is deployed automatically or needs an approval'),
    ),
  )
    .option('--digest <digest>', 'the digest of the release, as printed by `release`')
    .option('--evidence <file>', 'the evidence file that `canary` wrote for the previous environment')
    .action(commands.assess);
  withEnvironment(
    program,
    'rollback',
    'deploy the stages load, report, console and watch of an earlier release. store and the schema stay unchanged',
  )
    .option(
      '--to <version>',
      'a version such as v41, or `previous` for the newest earlier release whose canary passed',
      'previous',
    )
    .option('--canary-failed', 'skip the approval, because the canary of the current release failed')
    .option('--break-glass <reason>', 'skip the approval. The reason is recorded permanently')
    .action(commands.rollback);
  program
    .command('check-github')
    .description('check the GitHub settings that the workflows need. Run this before AWS roles trust the repository')
    .action(commands.checkGitHub);
  withEnvironment(program, 'migrate', 'continue a migration that failed half-way').action(commands.migrate);
  withEnvironment(program, 'drift', 'find manual changes since the last deployment')
    .option('--issue', 'also open, update or close the GitHub issue about drift')
    .action(commands.drift);
  withEnvironment(program, 'history', 'list the deployments').action(commands.history);
  withRelease(
    program.command('publish').description('publish a release on GitHub: a tag, notes and the deployed files'),
  ).action(commands.publish);
  return program;
}

function withEnvironment(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--environment <name>', 'dev, staging or production');
}

function withRelease(command: Command): Command {
  return command.requiredOption('--release <folder>', 'the folder that `release` wrote');
}

function withPullRequest(command: Command): Command {
  return command
    .option(
      '--pull-request <number>',
      'the reviewed pull request. By default, the pull request whose merge commit is GITHUB_SHA',
      wholeNumber,
    )
    .option('--head <commit>', 'the newest commit of the pull request');
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('Enter a whole number above 0.');
  return Number(text);
}
