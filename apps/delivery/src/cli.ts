/** `npm run deliver -- <command>`: what the workflows call, and people where a workflow cannot help. */
import { Command, InvalidArgumentError } from 'commander';
import * as commands from './commands.ts';
import { EXIT_CODES_HELP } from './exit.ts';

export { exitCodeOf } from './exit.ts';

/** Glue takes a minute or two for each of the canary's three steps. */
const CANARY_SECONDS = 900;

/** @param build makes what is deployed */
export function deliver(build: () => Promise<void>): Command {
  const program = new Command('npm run deliver --')
    .description('Take a change from a pull request to production (docs/delivery.md)')
    .addHelpText('after', EXIT_CODES_HELP);
  program
    .command('release')
    .description('build and synthesise everything that is deployed, once, into a folder')
    .requiredOption('--output <folder>', 'new or empty')
    .action(async (options) => {
      await build();
      await commands.release(options);
    });
  withPullRequest(
    withRelease(withEnvironment(program, 'plan', 'plan a release, judge the plans, and keep them for a review')),
  )
    .option('--report <folder>', 'write what reviewers read to <folder>/<environment>.md')
    .action(commands.plan);
  program
    .command('comment')
    .description('say on a pull request what merging it would do; said before, it is said anew in the same place')
    .requiredOption('--pull-request <number>', 'its number', wholeNumber)
    .requiredOption('--reports <folder>', 'what `plan` wrote')
    .action(commands.comment);
  withPullRequest(withRelease(withEnvironment(program, 'deploy', 'apply a release as it was reviewed, or nothing')))
    .option('--digest <digest>', 'the digest the release had when it was made')
    .option('--evidence <file>', 'what `canary` wrote in the environment before this one')
    .option('--break-glass <reason>', 'compare with no review and ask nobody: noted for good with the reason')
    .action(commands.deploy);
  withEnvironment(program, 'canary', 'upload, correct and delete as a user does, and look whether the views follow')
    .option('--deadline-seconds <number>', 'all of it must be through by then', wholeNumber, CANARY_SECONDS)
    .option('--evidence <file>', 'write down how it went, and which alarms are raised')
    .option('--release <folder>', 'the release that is deployed; fetched where it is left out')
    .action(commands.canary);
  withEnvironment(program, 'accept', 'check everything that a deployed environment must show, a line for each check')
    .option('--release <folder>', 'the release that is deployed; fetched where it is left out')
    .option('--disruptive', 'outside dev, run also the checks that touch the whole environment')
    .option(
      '--restore',
      'restore a backup into a second instance, compare it with the bucket, and delete it again: half an hour or more',
    )
    .option(
      '--console-user <e-mail>',
      'who signs in to the console, by default CENTFLOW_ACCEPT_USER; the password is CENTFLOW_ACCEPT_PASSWORD',
    )
    .option('--report <folder>', 'where accept.md and accept.json go; by default .local/accept/<environment>')
    .action(commands.accept);
  withPullRequest(
    withRelease(withEnvironment(program, 'assess', 'say whether a release goes on by itself or people decide')),
  )
    .option('--digest <digest>', 'the digest the release had when it was made')
    .option('--evidence <file>', 'what `canary` wrote in the environment before this one')
    .action(commands.assess);
  withEnvironment(
    program,
    'rollback',
    'go back to an earlier release: load, report, console and watch, never store, never the schema',
  )
    .option('--to <version>', 'a version such as v41, or the newest before this one whose canary passed', 'previous')
    .option('--canary-failed', 'the canary of the present release failed, so nobody is asked for an approval')
    .option('--break-glass <reason>', 'ask nobody for an approval: the reason is kept for good')
    .action(commands.rollback);
  program
    .command('check-github')
    .description('check that GitHub is set up as the workflows need it, before roles in AWS trust it')
    .action(commands.checkGitHub);
  withEnvironment(program, 'migrate', 'go on with a migration that failed half-way').action(commands.migrate);
  withEnvironment(program, 'drift', 'look for what was changed by hand since the last deployment')
    .option('--issue', 'keep one issue on GitHub about it')
    .action(commands.drift);
  withEnvironment(program, 'history', 'list what was deployed').action(commands.history);
  withRelease(
    program.command('publish').description('tag a release on GitHub, with notes and what was deployed'),
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
  return command.requiredOption('--release <folder>', 'what `release` made');
}

function withPullRequest(command: Command): Command {
  return command
    .option(
      '--pull-request <number>',
      'whose plans were reviewed; by default the one that GITHUB_SHA merged',
      wholeNumber,
    )
    .option('--head <commit>', 'its newest commit');
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number above 0.');
  return Number(text);
}
