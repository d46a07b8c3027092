/** Rehearses one environment: applies its stacks, uses them, plans again, and destroys them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  batchUploadsIntoFewRuns,
  refuseRunsBeyondTheLimit,
  rejectObjectWithoutFeed,
  sweepMissedEvents,
  uploadCorrectDelete,
} from '@centflow/cli/flow-steps';
import { CANARY_PLAN, planCanary, renderCanaryPlan } from '@centflow/delivery/accept';
import { buildAll } from '@centflow/delivery/build-all';
import { Deployment } from '@centflow/delivery/infra/deployment';
import { type Environment, namesOf, type StageName, synthesise } from '@centflow/infra';
import type { ToolPaths } from '@centflow/local-processes/paths';
import { runSweep } from '@centflow/local-stack/job-runs';
import {
  applyWithOwnState,
  changesOf,
  destroyWithOwnState,
  findTerraform,
  summaryOf,
  type WorkingDirectory,
} from '@centflow/terraform';
import { acceptDeployed } from './accept/accept-deployed.ts';
import { type Account, startAccount } from './account.ts';
import {
  canaryReportsItsOwnUploadsOnly,
  failAndRedriveQuickly,
  jobEmitsMetrics,
  jobHasNoOtherRights,
  migratorIsIdempotent,
  rebuildIsEqual,
  refuseLockedState,
  refusePlainConnections,
  reporterReadsViewsOnly,
  rotateLoader,
} from './checks.ts';
import {
  operatorsSeeTheFlow,
  ownersAndOperatorsAreSeparate,
  pagesAreServed,
  strangersAreRefused,
  uploadThroughConsole,
} from './console/console-checks.ts';
import { everyRouteAnswers } from './console/console-routes.ts';
import { type DeployedConsole, deployedConsole } from './console/deployed-console.ts';
import { type DeployedFlow, deployedFlow } from './deployed-flow.ts';
import { compareWithFaults, describeDifference, type EmulatorFault, emulatorFaults } from './faults.ts';
import { rolesTrustOneEnvironment } from './github-trust.ts';
import { findLeftovers } from './leftovers.ts';
import { compareWithRecord, type GithubUse, recordedCalls, recordedGithubCalls } from './recorded-calls.ts';
import type { Steps } from './steps.ts';

export interface RehearsalOptions {
  readonly environment: Environment;
  /**
   * Whether new AWS calls of roles are added to the record. If false, a call that the record lacks fails the rehearsal.
   */
  readonly recordCalls: boolean;
  readonly steps: Steps;
  readonly tools: ToolPaths;
  /** The folder for everything that the rehearsal creates. The caller deletes it afterwards. */
  readonly folder: string;
  readonly logFolder: string;
}

export async function rehearse(options: RehearsalOptions): Promise<void> {
  const { environment, steps, tools, folder, logFolder } = options;
  const { accountId, region } = environment;
  const synthesised = join(folder, 'synthesised');
  const terraform = await steps.run('Terraform and the provider are available', async (note) => {
    const found = await findTerraform(join(folder, 'terraform'));
    note(
      `${found.version}, ${found.pluginMirror === undefined ? 'provider from the registry' : 'provider from a mirror'}`,
    );
    return found;
  });
  const [started, built] = await Promise.allSettled([
    steps.run('An empty AWS account with enforced IAM starts, and a MySQL server with TLS', () =>
      startAccount({ tools, accountId, region, folder, logFolder }),
    ),
    steps.run('The artifacts are built, and the stacks are synthesised', async () => {
      await buildAll(join(logFolder, 'build.log'));
      synthesise([environment], synthesised);
    }),
  ]);
  if (started.status === 'rejected') throw started.reason;
  const account = started.value;
  try {
    if (built.status === 'rejected') throw built.reason;
    const deployment = new Deployment(environment, {
      terraform,
      folder: join(folder, 'terraform'),
      logFolder: join(logFolder, 'terraform'),
      synthesised,
      variables: { database_ca: account.authority },
      processEnvironment: account.environment,
    });
    await runSteps({ ...options, account, deployment, synthesised });
  } finally {
    await account.stop();
  }
}

interface RehearsalContext extends RehearsalOptions {
  readonly account: Account;
  readonly deployment: Deployment;
  /** The folder with the JSON of the stacks. */
  readonly synthesised: string;
}

async function runSteps(context: RehearsalContext): Promise<void> {
  const { environment, steps, account, deployment, synthesised } = context;
  const { inventory: before } = await account.observe();
  await bootstrap(context);
  await account.observe();
  await apply(context, 'store');
  const flow = deployedFlow(account, namesOf(environment), await deployment.stage('store').outputs());
  await apply(context, 'load');
  const hasConsole = deployment.stages.includes('console');
  const afterLoad = async () => {
    if (hasConsole) await apply(context, 'console');
    await apply(context, 'watch');
  };
  await Promise.all([startJob(context, flow), afterLoad()]);
  await compareGithubCalls(context, 'apply');
  await use(steps, flow);
  const met = new Set<EmulatorFault>();
  // The plan and the console checks run in parallel. Their AWS calls stay distinct: the console's functions make the
  // calls of the checks, and a GitHub role makes the calls of the plan.
  await Promise.all([
    planOne(context, deployment.bootstrap(), met),
    ...(hasConsole ? [useConsole(steps, deployedConsole(account, await deployment.stage('console').outputs()))] : []),
  ]);
  await compareRoleCalls(context);
  await steps.run('`accept` passes, except for the checks that the emulator cannot prove', (note) => {
    writeFileSync(join(synthesised, CANARY_PLAN), renderCanaryPlan(planCanary()));
    return acceptDeployed({ ...context, release: synthesised }, note);
  });
  await planAgain(context, met);
  await destroy(context);
  await steps.run('The account has no leftover resources', async () => {
    const found = findLeftovers(before, (await account.observe()).inventory);
    if (found.length > 0) throw new Error(`These resources still exist:\n${found.join('\n')}`);
  });
}

async function bootstrap({ environment, steps, account, deployment }: RehearsalContext): Promise<void> {
  const directory = deployment.bootstrap();
  await steps.run('`bootstrap` is applied, and its state moves into the bucket that it created', async (note) => {
    await applyWithOwnState(directory, async () => note(summaryOf(await directory.readPlan())));
    if (directory.hasLocalState()) throw new Error('The local state still exists');
  });
  await steps.run('A plan is refused while somebody holds the lock of the state', () =>
    refuseLockedState(account, directory),
  );
  await steps.run("GitHub's workflows can assume the roles in this environment only", () =>
    rolesTrustOneEnvironment(account, environment),
  );
}

async function apply({ steps, deployment }: RehearsalContext, stage: StageName): Promise<void> {
  await steps.run(`\`${stage}\` is applied`, async (note) => {
    const directory = await deployment.prepare(stage);
    await directory.plan();
    note(summaryOf(await directory.readPlan()));
    await directory.apply();
  });
}

/**
 * Compares the AWS calls since the previous observation with the record. Terraform makes these calls as the root user,
 * in place of a GitHub role.
 */
async function compareGithubCalls(
  { steps, account, environment, recordCalls }: RehearsalContext,
  use: GithubUse,
): Promise<void> {
  await steps.run(
    `Every AWS call of GitHub's role \`${use === 'plan' ? 'plan' : 'apply'}\` is recorded`,
    async (note) => {
      const { rootCalls } = await account.observe();
      const made = recordedGithubCalls(rootCalls, environment, use);
      compareWithRecord(made, recordCalls, `--environment ${environment.name} `);
      note(`${made.length} calls`);
    },
  );
}

/** Compares the calls of the environment's roles with the record. */
async function compareRoleCalls({ steps, account, environment, recordCalls }: RehearsalContext): Promise<void> {
  await steps.run('Every AWS call of the environment’s roles is recorded', async (note) => {
    const { roleCalls } = await account.observe();
    const made = recordedCalls(roleCalls, environment);
    compareWithRecord(made, recordCalls, `--environment ${environment.name} `);
    note(`${made.length} calls`);
  });
}

async function startJob({ steps, account }: RehearsalContext, { job }: DeployedFlow): Promise<void> {
  await steps.run('Spark runs the script and the packages that Terraform uploaded', () => account.startSpark(job));
}

async function use(steps: Steps, flow: DeployedFlow): Promise<void> {
  const sweep = async () => {
    await runSweep(flow.clients.glue, {}, flow.job);
  };
  await steps.run('The database refuses a connection without TLS', () => refusePlainConnections(flow));
  await steps.run('An upload appears in the reports, is corrected, and is removed', () => uploadCorrectDelete(flow));
  await steps.run('An object outside every feed is rejected', () => rejectObjectWithoutFeed(flow, sweep));
  await steps.run('Sixty uploads start only a few job runs', () => batchUploadsIntoFewRuns(flow));
  await steps.run('Glue refuses runs beyond the limit', () => refuseRunsBeyondTheLimit(flow));
  await steps.run('The sweep finds uploads whose events were lost', () => sweepMissedEvents(flow));
  await steps.run('Messages that a failing trigger leaves in the dead-letter queue are redriven', () =>
    failAndRedriveQuickly(flow),
  );
  await steps.run('IAM allows the job only the calls that its work needs', () => jobHasNoOtherRights(flow));
  await steps.run('`reporter` can read the views, but no table', () => reporterReadsViewsOnly(flow));
  await steps.run('The canary function reports the canary’s uploads, but no other owner’s', () =>
    canaryReportsItsOwnUploadsOnly(flow),
  );
  await steps.run('A second run of the migrator changes nothing', () => migratorIsIdempotent(flow));
  await steps.run("Uploads still load after the loader's password is rotated", () => rotateLoader(flow));
  await steps.run('The job emits its metrics', async (note) =>
    note(`${await jobEmitsMetrics(flow)} uploads published`),
  );
  await steps.run('A database rebuilt from the bucket has the same views', () => rebuildIsEqual(flow));
}

async function useConsole(steps: Steps, console: DeployedConsole): Promise<void> {
  await steps.run('CloudFront serves the pages with the security headers', () => pagesAreServed(console));
  await steps.run('The API requires a token that the user pool has signed', () => strangersAreRefused(console));
  await steps.run('Each person who signs in sees only their own data', () => ownersAndOperatorsAreSeparate(console));
  await steps.run('A file that is uploaded in the console appears in the reports, and can be removed', () =>
    uploadThroughConsole(console),
  );
  await steps.run('Operators see job runs, queues and alarms, but no transactions', () => operatorsSeeTheFlow(console));
  await steps.run('Every route works with the IAM rights of the console’s functions', async (note) =>
    note(`${await everyRouteAnswers(console)} routes`),
  );
}

/**
 * Checks that a second plan changes nothing. The known faults of the emulator that the plan shows are added to `met`.
 */
async function planOne(
  { steps }: RehearsalContext,
  directory: WorkingDirectory,
  met: Set<EmulatorFault>,
): Promise<void> {
  await steps.run(`A second plan of \`${directory.stack}\` changes nothing`, async (note) => {
    await directory.plan();
    const { unexplained, drastic, found } = compareWithFaults(changesOf(await directory.readPlan()));
    for (const fault of found) met.add(fault);
    if (found.size > 0) note(`${found.size} known faults of the emulator`);
    const problems = [...drastic, ...unexplained.map(describeDifference)];
    if (problems.length > 0) throw new Error(`The plan would change:\n${problems.join('\n')}`);
  });
}

/** @param met the known faults of the emulator that earlier plans have shown */
async function planAgain(context: RehearsalContext, met: Set<EmulatorFault>): Promise<void> {
  const { steps, account, deployment } = context;
  await account.observe();
  const stages = deployment.stages.map((stage) => deployment.stage(stage));
  // Runs two plans at a time, because each provider needs 0.8 GB and the machine may have only two cores.
  const next = async () => {
    for (let stage = stages.pop(); stage !== undefined; stage = stages.pop()) await planOne(context, stage, met);
  };
  await Promise.all([next(), next()]);
  await compareGithubCalls(context, 'plan');
  await steps.run('Every known fault of the emulator still occurs', async () => {
    const stacks = [deployment.bootstrap(), ...deployment.stages.map((stage) => deployment.stage(stage))];
    const types = new Set(stacks.flatMap(({ synthesised }) => Object.keys(synthesised.resource ?? {})));
    const fixed = emulatorFaults.filter((fault) => types.has(fault.type) && !met.has(fault));
    const names = fixed.map(({ type, attribute }) => `${type}.${attribute}`);
    if (fixed.length > 0)
      throw new Error(`These faults no longer occur. Remove them from faults.ts: ${names.join(', ')}`);
  });
}

async function destroy(context: RehearsalContext): Promise<void> {
  const { steps, deployment } = context;
  const destroyOne = (stage: StageName) =>
    steps.run(`\`${stage}\` is destroyed`, async () => {
      const directory = deployment.stage(stage);
      await directory.plan({ destroy: true });
      await directory.apply();
      const remaining = await directory.resources();
      if (remaining.length > 0) throw new Error(`The state still has ${remaining.join(', ')}`);
    });
  // Destroys these stacks in parallel, because `load` and `console` are independent and CloudFront is slow.
  await destroyOne('watch');
  await Promise.all([destroyOne('load'), ...(deployment.stages.includes('console') ? [destroyOne('console')] : [])]);
  await destroyOne('store');
  await compareGithubCalls(context, 'destroy');
  await steps.run('`bootstrap` is destroyed', () => destroyWithOwnState(deployment.bootstrap()));
}
