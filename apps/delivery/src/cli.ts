/** The `npm run deliver -- <command>` program. Workflows call it, and people do if a workflow cannot help. */
import { Command, InvalidArgumentError } from 'commander';
import * as commands from './commands.ts';
import { EXIT_CODES_HELP } from './exit.ts';

export { exitCodeOf } from './exit.ts';

/** Glue takes a minute or two for each of the canary's three steps. */
const CANARY_SECONDS = 900;

/** @param build builds everything that is deployed */
export function deliver(build: () => Promise<void>): Command {
  const program = new Command('npm run deliver --')
    .description('Take a change from a pull request to production (docs/delivery.md)')
    .addHelpText('after', EXIT_CODES_HELP);
  program
    .command('release')
    .description('build and synthesise everything that is deployed, and write the release into a folder')
    .requiredOption('--output <folder>', 'a new or empty folder')
    .action(async (options) => {
      await build();
      await commands.release(options);
    });
  withPullRequest(
    withRelease(withEnvironment(program, 'plan', 'plan a release, check the plans, and store them for a review')),
  )
    .option('--report <folder>', 'write the report for reviewers to <folder>/<environment>.md')
    .action(commands.plan);
  program
    .command('comment')
    .description('comment on a pull request what merging it would change; replaces an earlier comment')
    .requiredOption('--pull-request <number>', 'number of the pull request', wholeNumber)
    .requiredOption('--reports <folder>', 'the reports of `plan`')
    .action(commands.comment);
  withPullRequest(
    withRelease(withEnvironment(program, 'deploy', 'apply a release exactly as reviewed, or change nothing')),
  )
    .option('--digest <digest>', 'the digest that `release` reported')
    .option('--evidence <file>', 'the evidence that `canary` wrote in the previous environment')
    .option(
      '--break-glass <reason>',
      'skip the comparison with the review and the approval; the reason is recorded permanently',
    )
    .action(commands.deploy);
  withEnvironment(
    program,
    'canary',
    'upload, correct and delete a file as a user does, and check that the views follow',
  )
    .option('--deadline-seconds <number>', 'time limit for all steps together', wholeNumber, CANARY_SECONDS)
    .option('--evidence <file>', 'write the result and the raised alarms to a file')
    .option('--release <folder>', 'folder of the deployed release; by default it is fetched from the delivery bucket')
    .action(commands.canary);
  withEnvironment(program, 'accept', 'check that a deployed environment works, and print a line for each check')
    .option('--release <folder>', 'folder of the deployed release; by default it is fetched from the delivery bucket')
    .option('--disruptive', 'also run the checks that affect the whole environment (outside dev)')
    .option(
      '--restore',
      'restore a backup into a second instance, compare it with the bucket, and delete the instance; takes half an hour or more',
    )
    .option(
      '--console-user <e-mail>',
      'the user who signs in to the console, by default CENTFLOW_ACCEPT_USER; the password is read from CENTFLOW_ACCEPT_PASSWORD',
    )
    .option('--report <folder>', 'the folder for accept.md and accept.json; by default .local/accept/<environment>')
    .action(commands.accept);
  withPullRequest(
    withRelease(
      withEnvironment(program, 'assess', 'report whether a release is deployed automatically or needs an approval'),
    ),
  )
    .option('--digest <digest>', 'the digest that `release` reported')
    .option('--evidence <file>', 'the evidence that `canary` wrote in the previous environment')
    .action(commands.assess);
  withEnvironment(
    program,
    'rollback',
    'deploy an earlier release again: load, report, console and watch, but neither store nor the schema',
  )
    .option(
      '--to <version>',
      'a version such as v41, or `previous`: the newest earlier one whose canary passed',
      'previous',
    )
    .option('--canary-failed', 'skip the approval, because the canary of the current release failed')
    .option('--break-glass <reason>', 'skip the approval; the reason is recorded permanently')
    .action(commands.rollback);
  program
    .command('check-github')
    .description('check the GitHub settings that the workflows need, before AWS roles trust GitHub')
    .action(commands.checkGitHub);
  withEnvironment(program, 'migrate', 'continue a migration that failed half-way').action(commands.migrate);
  withEnvironment(program, 'drift', 'find changes that were made by hand since the last deployment')
    .option('--issue', 'open, update or close a GitHub issue about the drift')
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
      'the pull request whose plans were reviewed; by default the one whose merge is GITHUB_SHA',
      wholeNumber,
    )
    .option('--head <commit>', 'newest commit of the pull request');
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('Enter a whole number above 0.');
  return Number(text);
}
