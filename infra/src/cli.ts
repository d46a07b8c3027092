/** `npm run infra -- <command>`: the environments, from TypeScript to AWS, by plain Terraform. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Deployment, type DeploymentOptions, offline, stagesOf } from './deployment.ts';
import { type Environment, EnvironmentError } from './environment.ts';
import { readEnvironment, readEnvironments } from './environments.ts';
import { PageError, withPart } from './generated-part.ts';
import { mermaidOf } from './graph.ts';
import { runBuild } from './run-build.ts';
import { renderRunbook } from './runbook.ts';
import { bootstrapStackName } from './stacks/bootstrap.ts';
import { type StageName, stackName, stageNames } from './stacks/centflow-stack.ts';
import { outputFolder, synthesise } from './synthesise.ts';
import {
  applyWithOwnState,
  findTerraform,
  HandOverError,
  StateLockedError,
  summaryOf,
  TerraformUnavailableError,
  type WorkingDirectory,
} from './terraform/index.ts';

/** Where Terraform works: nothing in it is lost that matters, once the states are in their bucket. */
const terraformFolder = join(import.meta.dirname, '..', '..', '.local', 'terraform');

const repository = join(import.meta.dirname, '..', '..');

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
  return error instanceof HandOverError || error instanceof NotConfirmedError ? EXIT.usage : EXIT.failed;
}

/** Nobody agreed to what would be done. */
class NotConfirmedError extends Error {
  override readonly name = 'NotConfirmedError';
}

interface EnvironmentOption {
  readonly environment: string;
}
interface StackOptions extends EnvironmentOption {
  readonly stack?: Selected;
}
interface OfflineOptions extends StackOptions {
  readonly offline?: boolean;
}
interface ApplyOptions extends StackOptions {
  readonly yes?: boolean;
}
type Selected = StageName | 'bootstrap';

export function infra(): Command {
  const program = new Command('npm run infra --')
    .description("Plan and apply the environments' AWS infrastructure")
    .addHelpText('after', EXIT_CODES_HELP);
  program
    .command('synth')
    .description("write every environment's stacks as Terraform's JSON")
    .action(async () => {
      await runBuild();
      synthesise(readEnvironments());
      console.log(outputFolder);
    });
  addFor(program, 'validate', 'let Terraform and its provider check the stacks')
    .addOption(stackOption())
    .action(validate);
  addFor(program, 'plan', 'show what applying would change')
    .addOption(stackOption())
    .option('--offline', 'without an account: as if nothing existed, with examples for what stacks hand over')
    .action(plan);
  addFor(program, 'apply', 'plan each stack in order, ask, and do exactly what was shown')
    .addOption(stackOption())
    .addOption(yesOption())
    .action(apply);
  addFor(program, 'destroy', 'take the stacks away in the opposite order')
    .addOption(stackOption())
    .addOption(yesOption())
    .action(destroy);
  addFor(program, 'output', 'print as JSON what the applied stacks hand over').addOption(stackOption()).action(output);
  addFor(program, 'graph', 'print the stacks and what they hand over as a Mermaid diagram').action(graph);
  program
    .command('render')
    .description('write what follows from the code into the pages: costs and alarms of the runbook, the graph')
    .option('--check', 'write nothing; fail where they are out of date')
    .action(render);
  addFor(program, 'bootstrap', 'make what an account needs once: the bucket of the states, the roles of GitHub')
    .addOption(yesOption())
    .action(bootstrap);
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
  return new Option('--stack <stage>', `only this one: ${known.join(', ')}`).argParser((given): Selected => {
    const found = known.find((name) => name === given);
    if (found === undefined) throw new InvalidArgumentError(`There are ${known.join(', ')}.`);
    return found as Selected;
  });
}

function yesOption(): Option {
  return new Option('--yes', 'do not ask');
}

/** Synthesises an environment, and has Terraform ready to work on it. */
async function open(name: string, options: Partial<DeploymentOptions> = {}): Promise<[Environment, Deployment]> {
  const environment = readEnvironment(name);
  const terraform = await findTerraform(terraformFolder);
  await runBuild();
  synthesise(readEnvironments());
  const folder = join(terraformFolder, environment.name);
  return [environment, new Deployment(environment, { terraform, folder, show: true, ...options })];
}

/** The stages that are asked for; all where none is named. */
function selected(environment: Environment, { stack }: StackOptions): StageName[] {
  const stages = stagesOf(environment);
  if (stack === undefined) return stages;
  if (stack === 'bootstrap') return [];
  if (!stages.includes(stack)) throw new EnvironmentError(`Environment ${environment.name} has no stack ${stack}.`);
  return [stack];
}

async function validate(options: StackOptions): Promise<void> {
  const [environment, deployment] = await open(options.environment, {
    folder: join(terraformFolder, 'offline'),
    ...offline,
  });
  const stacks = selected(environment, options).map((stage) => deployment.stage(stage));
  if (options.stack === undefined || options.stack === 'bootstrap') stacks.unshift(deployment.bootstrap());
  for (const directory of stacks) {
    console.log(`${directory.stack}:`);
    await directory.init();
    await directory.validate();
  }
}

async function plan(options: OfflineOptions): Promise<void> {
  const elsewhere = options.offline ? { folder: join(terraformFolder, 'offline'), ...offline } : {};
  const [environment, deployment] = await open(options.environment, elsewhere);
  const planning = options.offline ? { refresh: false, lock: false } : {};
  const planOne = async (directory: WorkingDirectory) => {
    await directory.plan(planning);
    console.log(`${directory.stack}: ${summaryOf(await directory.readPlan())}. The plan is in ${directory.planFile}`);
  };
  if (options.stack === 'bootstrap' || (options.offline && options.stack === undefined)) {
    const directory = deployment.bootstrap();
    await directory.init();
    await planOne(directory);
  }
  for (const stage of selected(environment, options)) await planOne(await deployment.prepare(stage));
}

async function apply(options: ApplyOptions): Promise<void> {
  if (options.stack === 'bootstrap') return bootstrap(options);
  const [environment, deployment] = await open(options.environment);
  for (const stage of selected(environment, options)) {
    const directory = await deployment.prepare(stage);
    if (!(await directory.plan())) continue;
    await confirm(`Apply this to ${directory.stack}?`, options);
    await directory.apply();
  }
}

async function destroy(options: ApplyOptions): Promise<void> {
  const { name, protectData } = readEnvironment(options.environment);
  if (protectData && (options.stack === undefined || options.stack === 'store')) {
    throw new EnvironmentError(
      `Environment ${name} keeps its data (protectData): \`store\` cannot be destroyed. Name another stack with --stack.`,
    );
  }
  const [environment, deployment] = await open(options.environment);
  for (const stage of selected(environment, options).reverse()) {
    const directory = await deployment.prepare(stage);
    if (!(await directory.plan({ destroy: true }))) continue;
    await confirm(`Destroy all of ${directory.stack}?`, options);
    await directory.apply();
  }
}

async function output(options: StackOptions): Promise<void> {
  const [environment, deployment] = await open(options.environment, { show: false });
  const stacks =
    options.stack === 'bootstrap'
      ? [deployment.bootstrap()]
      : selected(environment, options).map((stage) => deployment.stage(stage));
  const said: Record<string, Record<string, string>> = {};
  for (const directory of stacks) {
    await directory.init();
    said[directory.stack] = await directory.outputs();
  }
  console.log(JSON.stringify(said, undefined, 2));
}

async function graph({ environment: name }: EnvironmentOption): Promise<void> {
  process.stdout.write(await graphOf(readEnvironment(name)));
}

async function graphOf(environment: Environment): Promise<string> {
  await runBuild();
  synthesise(readEnvironments());
  const stages = stagesOf(environment).map((stage) => stackName(environment, stage));
  return mermaidOf([bootstrapStackName(environment), ...stages], outputFolder);
}

async function render({ check }: { readonly check?: boolean }): Promise<void> {
  // Of the smallest environment that has every stack.
  const graph = await graphOf(readEnvironment('staging'));
  const pages: Record<string, (page: string) => string> = {
    'docs/runbook.md': (page) => renderRunbook(page, readEnvironments()),
    'infra/README.md': (page) => withPart(page, 'graph', `\`\`\`mermaid\n${graph}\`\`\``),
  };
  for (const [name, rendered] of Object.entries(pages)) {
    const file = join(repository, name);
    const page = readFileSync(file, 'utf8');
    if (check && rendered(page) !== page) throw new PageError(`${name} is out of date: \`npm run infra -- render\`.`);
    if (!check) writeFileSync(file, rendered(page));
  }
}

async function bootstrap(options: ApplyOptions): Promise<void> {
  const [, deployment] = await open(options.environment);
  const directory = deployment.bootstrap();
  await applyWithOwnState(directory, undefined, () => confirm(`Apply this to ${directory.stack}?`, options));
  console.log(`${directory.stack}: done; its state is in the bucket that it made`);
}

/** @throws {NotConfirmedError} the answer was no, or nobody is there to answer. */
async function confirm(question: string, { yes }: ApplyOptions): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new NotConfirmedError(`${question} Nobody is there to answer: say --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    if ((await terminal.question(`${question} Only 'yes' is taken: `)) !== 'yes') {
      throw new NotConfirmedError('Nothing was changed.');
    }
  } finally {
    terminal.close();
  }
}
