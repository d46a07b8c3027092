/** The commands of `npm run infra --`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Environment, EnvironmentError } from '@centflow/infra/environment';
import { readEnvironment, readEnvironments } from '@centflow/infra/environments';
import { PageError, withPart } from '@centflow/infra/generated-part';
import { mermaidOf } from '@centflow/infra/graph';
import { renderReadme } from '@centflow/infra/readme';
import { renderRunbook } from '@centflow/infra/runbook';
import { bootstrapStackName } from '@centflow/infra/stacks/bootstrap';
import { type StageName, stackName } from '@centflow/infra/stacks/centflow-stack';
import { outputFolder, synthesise } from '@centflow/infra/synthesise';
import { repository } from '@centflow/local-processes/paths';
import { applyWithOwnState, findTerraform, type Plan, summaryOf, type WorkingDirectory } from '@centflow/terraform';
import { judgePlan, rules } from '../review/index.ts';
import { Deployment, type DeploymentOptions, offline, stagesOf } from './deployment.ts';

/** Terraform's working folder. It can be deleted at any time, because the states are in their bucket. */
const terraformFolder = join(repository, '.local', 'terraform');

/** Thrown if nobody confirmed the change. */
export class NotConfirmedError extends Error {
  override readonly name = 'NotConfirmedError';
}

export interface EnvironmentOption {
  readonly environment: string;
}
export interface StackOptions extends EnvironmentOption {
  readonly stack?: Selected;
}
export interface OfflineOptions extends StackOptions {
  readonly offline?: boolean;
}
export interface ApplyOptions extends StackOptions {
  readonly yes?: boolean;
}
export type Selected = StageName | 'bootstrap';

export function synth(): void {
  synthesise(readEnvironments());
  console.log(outputFolder);
}

/** Synthesises the environments, and prepares Terraform for one of them. */
async function open(name: string, options: Partial<DeploymentOptions> = {}): Promise<[Environment, Deployment]> {
  const environment = readEnvironment(name);
  const terraform = await findTerraform(terraformFolder);
  synthesise(readEnvironments());
  const folder = join(terraformFolder, environment.name);
  return [environment, new Deployment(environment, { terraform, folder, show: true, ...options })];
}

/** Returns the selected stage, or all stages if none is selected. */
function selectStages(environment: Environment, { stack }: StackOptions): StageName[] {
  const stages = stagesOf(environment);
  if (stack === undefined) return stages;
  if (stack === 'bootstrap') return [];
  if (!stages.includes(stack)) throw new EnvironmentError(`Environment ${environment.name} has no stack ${stack}.`);
  return [stack];
}

export async function validate(options: StackOptions): Promise<void> {
  const [environment, deployment] = await open(options.environment, {
    folder: join(terraformFolder, 'offline'),
    ...offline,
  });
  const stacks = selectStages(environment, options).map((stage) => deployment.stage(stage));
  if (options.stack === undefined || options.stack === 'bootstrap') stacks.unshift(deployment.bootstrap());
  for (const directory of stacks) {
    console.log(`${directory.stack}:`);
    await directory.init();
    await directory.validate();
  }
}

export async function plan(options: OfflineOptions): Promise<void> {
  const offlineOptions = options.offline ? { folder: join(terraformFolder, 'offline'), ...offline } : {};
  const [environment, deployment] = await open(options.environment, offlineOptions);
  const planOptions = options.offline ? { refresh: false, lock: false } : {};
  const planOne = async (directory: WorkingDirectory) => {
    await directory.plan(planOptions);
    const planned = await directory.readPlan();
    console.log(`${directory.stack}: ${summaryOf(planned)}. The plan is in ${directory.planFile}`);
    warnOfGraveChanges(environment, directory.stack, planned);
  };
  if (options.stack === 'bootstrap' || (options.offline && options.stack === undefined)) {
    const directory = deployment.bootstrap();
    await directory.init();
    await planOne(directory);
  }
  for (const stage of selectStages(environment, options)) await planOne(await deployment.prepare(stage));
}

/**
 * Prints the changes that are easily missed in a long plan: lost data, removed protection, and wider permissions or
 * network access.
 */
function warnOfGraveChanges({ accountId }: Environment, stack: string, planned: Plan): void {
  const { violations } = judgePlan(planned, { stack, accountId, exemptions: [] });
  for (const { rule, address, what } of violations) {
    console.log(
      `  This change violates the plan policy (${rule}). Check the change before you continue: ${address} ${what}. ${rules[rule]}`,
    );
  }
}

export async function apply(options: ApplyOptions): Promise<void> {
  if (options.stack === 'bootstrap') return bootstrap(options);
  const [environment, deployment] = await open(options.environment);
  for (const stage of selectStages(environment, options)) {
    const directory = await deployment.prepare(stage);
    if (!(await directory.plan())) continue;
    warnOfGraveChanges(environment, directory.stack, await directory.readPlan());
    await confirm(`Apply this plan to ${directory.stack}?`, options);
    await directory.apply();
  }
}

export async function destroy(options: ApplyOptions): Promise<void> {
  const { name, protectData } = readEnvironment(options.environment);
  if (protectData && (options.stack === undefined || options.stack === 'store')) {
    throw new EnvironmentError(
      `Environment ${name} keeps its data (protectData): \`store\` cannot be destroyed. Name another stack with --stack.`,
    );
  }
  const [environment, deployment] = await open(options.environment);
  for (const stage of selectStages(environment, options).reverse()) {
    const directory = await deployment.prepare(stage);
    if (!(await directory.plan({ destroy: true }))) continue;
    await confirm(`Destroy everything in ${directory.stack}?`, options);
    await directory.apply();
  }
}

export async function output(options: StackOptions): Promise<void> {
  const [environment, deployment] = await open(options.environment, { show: false });
  const stacks =
    options.stack === 'bootstrap'
      ? [deployment.bootstrap()]
      : selectStages(environment, options).map((stage) => deployment.stage(stage));
  const outputs: Record<string, Record<string, string>> = {};
  for (const directory of stacks) {
    await directory.init();
    outputs[directory.stack] = await directory.outputs();
  }
  console.log(JSON.stringify(outputs, undefined, 2));
}

export function graph({ environment: name }: EnvironmentOption): void {
  process.stdout.write(graphOf(readEnvironment(name)));
}

function graphOf(environment: Environment): string {
  synthesise(readEnvironments());
  const stages = stagesOf(environment).map((stage) => stackName(environment, stage));
  return mermaidOf([bootstrapStackName(environment), ...stages], outputFolder);
}

export function render({ check }: { readonly check?: boolean }): void {
  // Renders the graph of the smallest environment that contains every stack.
  const graph = graphOf(readEnvironment('staging'));
  const pages: Record<string, (page: string) => string> = {
    'README.md': (page) => renderReadme(page, readEnvironments()),
    'docs/runbook.md': (page) => renderRunbook(page, readEnvironments()),
    'infra/README.md': (page) => withPart(page, 'graph', `\`\`\`mermaid\n${graph}\`\`\``),
  };
  for (const [name, rendered] of Object.entries(pages)) {
    const file = join(repository, name);
    const page = readFileSync(file, 'utf8');
    if (check && rendered(page) !== page)
      throw new PageError(`${name} is out of date. Run \`npm run infra -- render\`.`);
    if (!check) writeFileSync(file, rendered(page));
  }
}

export async function bootstrap(options: ApplyOptions): Promise<void> {
  const [{ repository: trusted }, deployment] = await open(options.environment);
  const directory = deployment.bootstrap();
  await applyWithOwnState(directory, () => {
    console.log(
      `The roles trust environments of ${trusted.name} on GitHub. GitHub creates a missing environment without rules, so that any branch could take its role. \`npm run deliver -- check-github\` must pass first.`,
    );
    return confirm(`Apply this plan to ${directory.stack}?`, options);
  });
  console.log(`${directory.stack}: done. The Terraform state is in the bucket that this stack created.`);
}

/**
 * Asks the user to confirm.
 *
 * @throws {NotConfirmedError} the answer was not 'yes', or there is no terminal for the question.
 */
async function confirm(question: string, { yes }: ApplyOptions): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new NotConfirmedError(`${question} There is no terminal for the confirmation. Use --yes to confirm.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    if ((await terminal.question(`${question} Type 'yes' to confirm: `)) !== 'yes') {
      throw new NotConfirmedError('Nothing was changed.');
    }
  } finally {
    terminal.close();
  }
}
