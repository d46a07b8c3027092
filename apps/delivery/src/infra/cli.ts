/** `npm run infra -- <command>`: the environments, from TypeScript to AWS, by plain Terraform. */

import { EnvironmentError } from '@centflow/infra/environment';
import { readEnvironment } from '@centflow/infra/environments';
import { stageNames } from '@centflow/infra/stacks/centflow-stack';
import { HandOverError, IgnoredChangesError, StateLockedError, TerraformUnavailableError } from '@centflow/terraform';
import { Command, InvalidArgumentError, Option } from 'commander';
import * as commands from './commands.ts';

/** How the commands end. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** The command line makes no sense, or the answer was no. */
  usage: 2,
  /** An environment is missing or wrong. */
  environment: 3,
  /** Terraform or the provider is missing. */
  unavailable: 4,
  /** Somebody else plans or applies the same stack. */
  locked: 5,
} as const;

const EXIT_CODES_HELP = `
Exit codes: 0 done, 1 failed, 2 wrong usage or not confirmed, 3 the environment is wrong, 4 Terraform is missing, 5 the state is locked`;

/** The exit code of an error that these commands throw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof EnvironmentError) return EXIT.environment;
  if (error instanceof TerraformUnavailableError) return EXIT.unavailable;
  if (error instanceof StateLockedError) return EXIT.locked;
  const usage = [HandOverError, IgnoredChangesError, commands.NotConfirmedError];
  return usage.some((type) => error instanceof type) ? EXIT.usage : EXIT.failed;
}

/** @param build makes what `load` deploys, before synthesis looks at it */
export function infra(build: () => Promise<void>): Command {
  const program = new Command('npm run infra --')
    .description("Plan and apply the environments' AWS infrastructure")
    .addHelpText('after', EXIT_CODES_HELP)
    .hook('preAction', async (_, command) => {
      // What is wrong with an environment is said before anything is built.
      const { environment } = command.opts<Partial<commands.EnvironmentOption>>();
      if (environment !== undefined) readEnvironment(environment);
      await build();
    });
  program.command('synth').description("write every environment's stacks as Terraform's JSON").action(commands.synth);
  addFor(program, 'validate', 'let Terraform and its provider check the stacks')
    .addOption(stackOption())
    .action(commands.validate);
  addFor(program, 'plan', 'show what applying would change')
    .addOption(stackOption())
    .option('--offline', 'without an account: as if nothing existed, with examples for what stacks hand over')
    .action(commands.plan);
  addFor(program, 'apply', 'plan each stack in order, ask, and do exactly what was shown')
    .addOption(stackOption())
    .addOption(yesOption())
    .action(commands.apply);
  addFor(program, 'destroy', 'take the stacks away in the opposite order')
    .addOption(stackOption())
    .addOption(yesOption())
    .action(commands.destroy);
  addFor(program, 'output', 'print as JSON what the applied stacks hand over')
    .addOption(stackOption())
    .action(commands.output);
  addFor(program, 'graph', 'print the stacks and what they hand over as a Mermaid diagram').action(commands.graph);
  program
    .command('render')
    .description('write what follows from the code into the pages: costs, alarms and the graph of the stacks')
    .option('--check', 'write nothing; fail where they are out of date')
    .action(commands.render);
  addFor(program, 'bootstrap', 'make what an account needs once: the bucket of the states, the roles of GitHub')
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
  return new Option('--stack <stage>', `only this one: ${known.join(', ')}`).argParser((given): commands.Selected => {
    const found = known.find((name) => name === given);
    if (found === undefined) throw new InvalidArgumentError(`There are ${known.join(', ')}.`);
    return found as commands.Selected;
  });
}

function yesOption(): Option {
  return new Option('--yes', 'do not ask');
}
