/** The `npm run infra -- <command>` program. It deploys the environments' stacks with plain Terraform. */

import { EnvironmentError } from '@centflow/infra/environment';
import { readEnvironment } from '@centflow/infra/environments';
import { stageNames } from '@centflow/infra/stacks/centflow-stack';
import { HandOverError, IgnoredChangesError, StateLockedError, TerraformUnavailableError } from '@centflow/terraform';
import { Command, InvalidArgumentError, Option } from 'commander';
import * as commands from './commands.ts';

/** Exit codes of the commands. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** The command line is not valid, or the user did not confirm. */
  usage: 2,
  /** The environment does not exist or is invalid. */
  environment: 3,
  /** Terraform or its provider is not installed. */
  unavailable: 4,
  /** Another process is planning or applying the same stack. */
  locked: 5,
} as const;

const EXIT_CODES_HELP = `
Exit codes: 0 done, 1 failed, 2 invalid usage or not confirmed, 3 invalid environment, 4 Terraform is missing, 5 the state is locked`;

/** Returns the exit code for an error that these commands throw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof EnvironmentError) return EXIT.environment;
  if (error instanceof TerraformUnavailableError) return EXIT.unavailable;
  if (error instanceof StateLockedError) return EXIT.locked;
  const usage = [HandOverError, IgnoredChangesError, commands.NotConfirmedError];
  return usage.some((type) => error instanceof type) ? EXIT.usage : EXIT.failed;
}

/** @param build builds the files that `load` deploys, before the synthesis reads them */
export function infra(build: () => Promise<void>): Command {
  const program = new Command('npm run infra --')
    .description("Plan and apply the environments' AWS infrastructure")
    .addHelpText('after', EXIT_CODES_HELP)
    .hook('preAction', async (_, command) => {
      // Report an invalid environment before building anything.
      const { environment } = command.opts<Partial<commands.EnvironmentOption>>();
      if (environment !== undefined) readEnvironment(environment);
      await build();
    });
  program
    .command('synth')
    .description('write the stacks of every environment as Terraform JSON')
    .action(commands.synth);
  addFor(program, 'validate', 'validate the stacks with Terraform and its provider')
    .addOption(stackOption())
    .action(commands.validate);
  addFor(program, 'plan', 'show the changes that an apply would make')
    .addOption(stackOption())
    .option(
      '--offline',
      'plan without an account, as if no resource existed. Outputs of other stacks get example values',
    )
    .action(commands.plan);
  addFor(program, 'apply', 'plan each stack in order, ask for confirmation, and apply exactly that plan')
    .addOption(stackOption())
    .addOption(yesOption())
    .action(commands.apply);
  addFor(program, 'destroy', 'destroy the stacks in reverse order')
    .addOption(stackOption())
    .addOption(yesOption())
    .action(commands.destroy);
  addFor(program, 'output', 'print the outputs of the applied stacks as JSON')
    .addOption(stackOption())
    .action(commands.output);
  addFor(program, 'graph', 'print the stacks and their outputs as a Mermaid diagram').action(commands.graph);
  program
    .command('render')
    .description('regenerate the costs, the alarms and the stack graph in the documentation pages')
    .option('--check', 'write nothing, and fail if a page is out of date')
    .action(commands.render);
  addFor(
    program,
    'bootstrap',
    'create the resources that an account needs once: the state bucket and the roles for GitHub',
  )
    .addOption(yesOption())
    .action(commands.bootstrap);
  return program;
}

function addFor(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--environment <name>', 'dev, staging or production');
}

function stackOption(): Option {
  const known = ['bootstrap', ...stageNames];
  return new Option('--stack <stage>', `only this stack: ${known.join(', ')}`).argParser((given): commands.Selected => {
    const found = known.find((name) => name === given);
    if (found === undefined) throw new InvalidArgumentError(`Choose one of ${known.join(', ')}.`);
    return found as commands.Selected;
  });
}

function yesOption(): Option {
  return new Option('--yes', 'do not ask for confirmation');
}
