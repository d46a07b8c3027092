/** The story of a rehearsal: what is done, in its order. */
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
  canaryAnswersForItself,
  failAndRedriveQuickly,
  jobHasNoOtherRights,
  jobTellsMetrics,
  migratorIsIdempotent,
  rebuildIsEqual,
  refuseLockedState,
  refusePlainConnections,
  reporterReadsViewsOnly,
  rotateLoader,
} from './checks.ts';
import {
  everybodySeesTheirOwn,
  operatorsSeeTheFlow,
  pagesAreServed,
  strangersAreRefused,
  uploadByTheConsole,
} from './console/console-checks.ts';
import { everyRouteAnswers } from './console/console-routes.ts';
import { type DeployedConsole, deployedConsole } from './console/deployed-console.ts';
import { type DeployedFlow, deployedFlow } from './deployed-flow.ts';
import { compareWithFaults, describeDifference, type EmulatorFault, emulatorFaults } from './faults.ts';
import { rolesTrustOneEnvironment } from './github-trust.ts';
import { leftovers } from './leftovers.ts';
import { compareWithRecord, type GithubUse, recordedCalls, recordedGithubCalls } from './recorded-calls.ts';
import type { Story } from './story.ts';

export interface RehearsalOptions {
  readonly environment: Environment;
  /** Whether the calls of roles are added to the record, or compared with it. */
  readonly recordCalls: boolean;
  readonly story: Story;
  readonly tools: ToolPaths;
  /** Everything the rehearsal makes; gone afterwards. */
  readonly folder: string;
  readonly logFolder: string;
}

export async function rehearse(options: RehearsalOptions): Promise<void> {
  const { environment, story, tools, folder, logFolder } = options;
  const { accountId, region } = environment;
  const synthesised = join(folder, 'synthesised');
  const terraform = await story.step('Terraform and the provider are at hand', async (note) => {
    const found = await findTerraform(join(folder, 'terraform'));
    note(
      `${found.version}, ${found.pluginMirror === undefined ? 'provider from the registry' : 'provider from a mirror'}`,
    );
    return found;
  });
  const [started, built] = await Promise.allSettled([
    story.step('An empty AWS account with IAM enforced, and a MySQL with TLS', () =>
      startAccount({ tools, accountId, region, folder, logFolder }),
    ),
    story.step('What is deployed is built, and the stacks are synthesised', async () => {
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
    await play({ ...options, account, deployment, synthesised });
  } finally {
    await account.stop();
  }
}

interface Play extends RehearsalOptions {
  readonly account: Account;
  readonly deployment: Deployment;
  /** Where the stacks' JSON is. */
  readonly synthesised: string;
}

async function play(all: Play): Promise<void> {
  const { environment, story, account, deployment, synthesised } = all;
  const { inventory: before } = await account.observe();
  await bootstrap(all);
  await account.observe();
  await apply(all, 'store');
  const flow = deployedFlow(account, namesOf(environment), await deployment.stage('store').outputs());
  await apply(all, 'load');
  const hasConsole = deployment.stages.includes('console');
  const afterLoad = async () => {
    if (hasConsole) await apply(all, 'console');
    await apply(all, 'watch');
  };
  await Promise.all([startJob(all, flow), afterLoad()]);
  await compareGithubCalls(all, 'apply');
  await use(story, flow);
  const met = new Set<EmulatorFault>();
  // Beside the console, whose calls are the functions' own: those of this plan are no role's of GitHub.
  await Promise.all([
    planOne(all, deployment.bootstrap(), met),
    ...(hasConsole ? [useConsole(story, deployedConsole(account, await deployment.stage('console').outputs()))] : []),
  ]);
  await compareRoleCalls(all);
  await story.step('`accept` accepts it, but for what the emulator cannot show', (note) => {
    writeFileSync(join(synthesised, CANARY_PLAN), renderCanaryPlan(planCanary()));
    return acceptDeployed({ ...all, release: synthesised }, note);
  });
  await planAgain(all, met);
  await destroy(all);
  await story.step('Nothing is left in the account', async () => {
    const left = leftovers(before, (await account.observe()).inventory);
    if (left.length > 0) throw new Error(`There is still\n${left.join('\n')}`);
  });
}

async function bootstrap({ environment, story, account, deployment }: Play): Promise<void> {
  const directory = deployment.bootstrap();
  await story.step('`bootstrap` applies, and its state moves into the bucket that it made', async (note) => {
    await applyWithOwnState(directory, async () => note(summaryOf(await directory.readPlan())));
    if (directory.hasLocalState()) throw new Error('there is still a local state');
  });
  await story.step('A state that somebody holds is refused', () => refuseLockedState(account, directory));
  await story.step("GitHub's workflows take the roles in this environment only", () =>
    rolesTrustOneEnvironment(account, environment),
  );
}

async function apply({ story, deployment }: Play, stage: StageName): Promise<void> {
  await story.step(`\`${stage}\` applies`, async (note) => {
    const directory = await deployment.prepare(stage);
    await directory.plan();
    note(summaryOf(await directory.readPlan()));
    await directory.apply();
  });
}

/** What was asked for since the account was last observed, by Terraform in place of one of GitHub's roles. */
async function compareGithubCalls({ story, account, environment, recordCalls }: Play, use: GithubUse): Promise<void> {
  await story.step(`Each call of GitHub's role \`${use === 'plan' ? 'plan' : 'apply'}\` is on record`, async (note) => {
    const { rootCalls } = await account.observe();
    const made = recordedGithubCalls(rootCalls, environment, use);
    compareWithRecord(made, recordCalls, `--environment ${environment.name} `);
    note(`${made.length} calls`);
  });
}

/** What the roles of the environment did. */
async function compareRoleCalls({ story, account, environment, recordCalls }: Play): Promise<void> {
  await story.step('Each call of a role of the environment is on record', async (note) => {
    const { roleCalls } = await account.observe();
    const made = recordedCalls(roleCalls, environment);
    compareWithRecord(made, recordCalls, `--environment ${environment.name} `);
    note(`${made.length} calls`);
  });
}

async function startJob({ story, account }: Play, { job }: DeployedFlow): Promise<void> {
  await story.step('Spark runs the script and the packages that Terraform uploaded', () => account.startSpark(job));
}

async function use(story: Story, flow: DeployedFlow): Promise<void> {
  const sweep = async () => {
    await runSweep(flow.clients.glue, {}, flow.job);
  };
  await story.step('The database refuses a connection without TLS', () => refusePlainConnections(flow));
  await story.step('An upload shows, is corrected, and goes', () => uploadCorrectDelete(flow));
  await story.step('An object of no feed is rejected', () => rejectObjectWithoutFeed(flow, sweep));
  await story.step('Sixty uploads make few job runs', () => batchUploadsIntoFewRuns(flow));
  await story.step('Glue refuses runs beyond the limit', () => refuseRunsBeyondTheLimit(flow));
  await story.step('What no event told of, the sweep finds', () => sweepMissedEvents(flow));
  await story.step('A trigger that fails leaves dead letters, which are redriven', () => failAndRedriveQuickly(flow));
  await story.step('The job may do its work and no more', () => jobHasNoOtherRights(flow));
  await story.step('Reports see views and no table', () => reporterReadsViewsOnly(flow));
  await story.step('The canary tells of its own uploads, and of nobody else’s', () => canaryAnswersForItself(flow));
  await story.step('The migrator, asked again, finds nothing to do', () => migratorIsIdempotent(flow));
  await story.step("The loader's password is rotated, and uploads go on", () => rotateLoader(flow));
  await story.step('The job tells its metrics', async (note) =>
    note(`${await jobTellsMetrics(flow)} uploads published`),
  );
  await story.step('A database rebuilt from the bucket has the same views', () => rebuildIsEqual(flow));
}

async function useConsole(story: Story, console: DeployedConsole): Promise<void> {
  await story.step('CloudFront serves the pages, and tells browsers what to hold them to', () =>
    pagesAreServed(console),
  );
  await story.step('The API asks everybody for a token of the pool', () => strangersAreRefused(console));
  await story.step('Everybody who signs in sees their own', () => everybodySeesTheirOwn(console));
  await story.step('A file dropped into the console shows, and is undone', () => uploadByTheConsole(console));
  await story.step('Operators see how the flow runs, and no money', () => operatorsSeeTheFlow(console));
  await story.step('Every route answers with the rights that the functions have', async (note) =>
    note(`${await everyRouteAnswers(console)} routes`),
  );
}

/** Nothing changed, so nothing may be left to do; what the emulator reads back wrongly is known, and added to `met`. */
async function planOne({ story }: Play, directory: WorkingDirectory, met: Set<EmulatorFault>): Promise<void> {
  await story.step(`A second plan of \`${directory.stack}\` changes nothing`, async (note) => {
    await directory.plan();
    const { unexplained, drastic, found } = compareWithFaults(changesOf(await directory.readPlan()));
    for (const fault of found) met.add(fault);
    if (found.size > 0) note(`${found.size} known faults of the emulator`);
    const problems = [...drastic, ...unexplained.map(describeDifference)];
    if (problems.length > 0) throw new Error(`It would change\n${problems.join('\n')}`);
  });
}

/** @param met the faults of the emulator that a plan has met before */
async function planAgain(all: Play, met: Set<EmulatorFault>): Promise<void> {
  const { story, account, deployment } = all;
  await account.observe();
  const stages = deployment.stages.map((stage) => deployment.stage(stage));
  // Two at a time: each provider takes 0.8 GB, and there may be two cores.
  const next = async () => {
    for (let stage = stages.pop(); stage !== undefined; stage = stages.pop()) await planOne(all, stage, met);
  };
  await Promise.all([next(), next()]);
  await compareGithubCalls(all, 'plan');
  await story.step('Every known fault of the emulator was met', async () => {
    const stacks = [deployment.bootstrap(), ...deployment.stages.map((stage) => deployment.stage(stage))];
    const made = new Set(stacks.flatMap(({ synthesised }) => Object.keys(synthesised.resource ?? {})));
    const gone = emulatorFaults.filter((fault) => made.has(fault.type) && !met.has(fault));
    const names = gone.map(({ type, attribute }) => `${type}.${attribute}`);
    if (gone.length > 0) throw new Error(`Not met, so take them out of faults.ts: ${names.join(', ')}`);
  });
}

async function destroy(all: Play): Promise<void> {
  const { story, deployment } = all;
  const destroyOne = (stage: StageName) =>
    story.step(`\`${stage}\` is destroyed`, async () => {
      const directory = deployment.stage(stage);
      await directory.plan({ destroy: true });
      await directory.apply();
      const left = await directory.resources();
      if (left.length > 0) throw new Error(`Its state still holds ${left.join(', ')}`);
    });
  // `load` and `console` know nothing of each other, and CloudFront takes its time.
  await destroyOne('watch');
  await Promise.all([destroyOne('load'), ...(deployment.stages.includes('console') ? [destroyOne('console')] : [])]);
  await destroyOne('store');
  await compareGithubCalls(all, 'destroy');
  await story.step('`bootstrap` is destroyed', () => destroyWithOwnState(deployment.bootstrap()));
}
