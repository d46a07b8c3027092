/** The commands of `npm run deliver --`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironments } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import type { AcceptCommandOptions } from './accept/command.ts';
import { addSummary, setOutputs } from './actions.ts';
import { runCanary } from './canary/canary.ts';
import { CanaryFailedError } from './canary-error.ts';
import { checkGitHub as checkSetup } from './check-github/check-github.ts';
import { raisedAlarms } from './deploy/alarms.ts';
import { APPROVAL_ENVIRONMENT, reasonsToAsk } from './deploy/assessment.ts';
import { deploy as deployRelease } from './deploy/deploy.ts';
import type { DeploymentRecord } from './deploy/deployments.ts';
import { readEvidence, writeEvidence } from './deploy/evidence.ts';
import { migrate as migrateDatabase } from './deploy/migrate.ts';
import { rollBack } from './deploy/rollback.ts';
import { DriftError, findDrift } from './drift.ts';
import { GitHub } from './github/github.ts';
import { personalToken } from './github/personal-token.ts';
import { historyOf } from './history.ts';
import { type OpenEnvironment, openEnvironment, openStacks } from './open-environment.ts';
import { planPullRequest } from './plans/plan-pull-request.ts';
import { type Reviewed, UnreviewedPlanError } from './plans/plan-store.ts';
import { refuseViolations } from './plans/policy.ts';
import { publish as publishRelease } from './release/publish.ts';
import { makeRelease, openRelease, type Release, ReleaseError } from './release/release.ts';

export interface EnvironmentOption {
  readonly environment: string;
}
export interface ReleaseOption {
  readonly release: string;
}
export interface PullRequestOptions {
  readonly pullRequest?: number;
  readonly head?: string;
}
export interface PlanOptions extends EnvironmentOption, ReleaseOption, PullRequestOptions {
  readonly report?: string;
}
export interface DeployOptions extends EnvironmentOption, ReleaseOption, PullRequestOptions {
  readonly digest?: string;
  readonly evidence?: string;
  readonly breakGlass?: string;
}
export interface RollbackOptions extends EnvironmentOption {
  readonly to: string;
  readonly canaryFailed?: boolean;
  readonly breakGlass?: string;
}
export interface CanaryOptions extends EnvironmentOption, Partial<ReleaseOption> {
  readonly deadlineSeconds: number;
  readonly evidence?: string;
}

const say = (line: string) => console.log(line);

export async function release({ output }: { readonly output: string }): Promise<void> {
  const { version, digest, commit } = await makeRelease({ repository, folder: output });
  say(`Wrote release ${version} of commit ${commit} to ${output} with the digest ${digest}`);
  setOutputs({ version, digest });
}

export async function plan(options: PlanOptions): Promise<void> {
  const open = openEnvironment(options.environment);
  const stacks = await openStacks(open, await openRelease(options.release));
  const planned = await planPullRequest(open, stacks, namedPullRequest(options), say);
  if (options.report !== undefined) {
    mkdirSync(options.report, { recursive: true });
    writeFileSync(join(options.report, `${open.environment.name}.md`), planned.report);
  }
  refuseViolations(planned.stacks);
}

/** The file names of the reports, in the order in which a release is promoted. */
const reportOrder = ['dev.md', 'staging.md', 'production.md'];

export async function comment({ pullRequest, reports }: { pullRequest: number; reports: string }): Promise<void> {
  // The folder does not exist if no environment could be planned.
  const found = existsSync(reports) ? readdirSync(reports, { recursive: true, encoding: 'utf8' }) : [];
  const texts = reportOrder.map((name) => {
    const file = found.find((path) => path === name || path.endsWith(`/${name}`));
    return file === undefined
      ? `## ${name.replace('.md', '')}\n\nThis environment could not be planned. See the log of the workflow run.`
      : readFileSync(join(reports, file), 'utf8');
  });
  const body = ['# What a merge would change', ...texts].join('\n\n');
  await GitHub.fromEnvironment(process.env).comment(pullRequest, 'centflow-plan', body);
  say(`Commented on pull request ${pullRequest}`);
}

export async function deploy(options: DeployOptions): Promise<void> {
  const open = openEnvironment(options.environment);
  const stacks = await openStacks(open, await openRelease(options.release, options.digest));
  const review = options.breakGlass === undefined ? await findReviewed(options) : { breakGlass: options.breakGlass };
  await deployRelease({
    open,
    stacks,
    review,
    evidence: readEvidence(options.evidence),
    approvals: approvalsOfThisRun,
    say,
  });
  say(`${open.environment.name} now runs release ${stacks.release.version}`);
}

export async function canary(options: CanaryOptions): Promise<void> {
  const open = openEnvironment(options.environment);
  const { environment, s3, lambda, cloudwatch, deployments } = open;
  const deployed = await deployments.current();
  const deployedRelease = await openDeployedRelease(open, deployed, options.release);
  const since = Date.now();
  const result = await runCanary({
    environment,
    release: deployedRelease,
    s3,
    lambda,
    deadlineSeconds: options.deadlineSeconds,
    say,
  });
  const { passed, problem } = result;
  await deployments.noteCanary(deployed, {
    passed,
    at: new Date().toISOString(),
    seconds: (Date.now() - since) / 1000,
    ...(problem === undefined ? {} : { problem }),
  });
  if (options.evidence !== undefined) {
    const { name } = environment;
    const { version, digest } = deployed;
    const alarms = await raisedAlarms(cloudwatch, environment);
    writeEvidence(options.evidence, { environment: name, version, digest, canary: passed, alarms });
    if (alarms.length > 0) say(`These alarms are raised: ${alarms.join(', ')}`);
  }
  if (!passed) {
    throw new CanaryFailedError(
      `The canary of ${deployed.version} failed in ${environment.name}: ${problem}\nTo roll back, run \`npm run deliver -- rollback --environment ${environment.name} --canary-failed\` (deploy.yml does this automatically).`,
    );
  }
}

export async function accept(options: AcceptCommandOptions): Promise<void> {
  // Load the module on demand, because its AWS clients take a second to load and no other command needs them.
  const command = await import('./accept/command.ts');
  await command.accept(options, {
    open: openEnvironment,
    releaseOf: (name, deployed, folder) => openDeployedRelease(openEnvironment(name), deployed, folder),
    say,
  });
}

export async function assess(options: DeployOptions): Promise<void> {
  const open = openEnvironment(options.environment);
  const { environment, cloudwatch } = open;
  const stacks = await openStacks(open, await openRelease(options.release, options.digest));
  const review = await findReviewed(options);
  const { stacks: judged } = await planPullRequest(open, stacks, undefined, say, review.pullRequest);
  refuseViolations(judged);
  const reasons = reasonsToAsk({
    environment: environment.name,
    release: stacks.release,
    evidence: readEvidence(options.evidence),
    alarms: await raisedAlarms(cloudwatch, environment),
    judged,
  });
  const approval = reasons.length === 0 ? 'automatic' : 'needed';
  const lines =
    reasons.length === 0
      ? [
          `${environment.name} gets ${stacks.release.version} automatically, because the canary passed, no alarm is raised and the plan policy allows the plans.`,
        ]
      : [
          `${environment.name} gets ${stacks.release.version} after a reviewer of ${APPROVAL_ENVIRONMENT} approves:`,
          ...reasons.map((reason) => `- ${reason}`),
        ];
  for (const line of lines) say(line);
  addSummary(lines.join('\n'));
  setOutputs({ approval });
}

export async function rollback({ environment, to, ...why }: RollbackOptions): Promise<void> {
  const open = openEnvironment(environment);
  const version = to === 'previous' ? (await open.deployments.previous()).version : to;
  const earlier = await fetchRelease(open, version);
  say(`Rolling back to ${version} of commit ${earlier.commit}`);
  await rollBack({ open, stacks: await openStacks(open, earlier), ...why, approvals: approvalsOfThisRun, say });
  say(`${open.environment.name} now runs release ${version}. The stage \`store\` and the schema were not changed.`);
}

export async function checkGitHub(): Promise<void> {
  const environments = readEnvironments();
  const token = await personalToken(process.env);
  const open = (repository: string) =>
    GitHub.fromEnvironment({ ...process.env, GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token });
  await checkSetup(environments, open, say);
  say('GitHub has all settings that the workflows need.');
}

export async function migrate({ environment }: EnvironmentOption): Promise<void> {
  const { applied, unknown } = await migrateDatabase(openEnvironment(environment));
  say(applied.length === 0 ? 'All migrations were already applied' : `Applied ${applied.join(', ')}`);
  if (unknown.length > 0)
    say(`The database also contains migrations of a newer release, which stay applied: ${unknown.join(', ')}`);
  say('Run the deployment again. It applies the remaining stages.');
}

export async function drift({
  environment: name,
  issue,
}: EnvironmentOption & { readonly issue?: boolean }): Promise<void> {
  const open = openEnvironment(name);
  const deployed = await open.deployments.current();
  const stacks = await openStacks(open, await openDeployedRelease(open, deployed, undefined));
  const found = await findDrift(open, stacks);
  if (issue) {
    const number = await GitHub.fromEnvironment(process.env).keepIssue(
      `drift-${name}`,
      `${name} differs from the deployed release`,
      found?.report,
    );
    if (number !== undefined) say(`Issue ${number}`);
  }
  if (found === undefined) return say(`${name} matches the deployed release ${deployed.version}`);
  say(found.report);
  throw new DriftError(`${name} differs from ${deployed.version} in ${found.stacks.join(', ')}.`);
}

export async function history({ environment }: EnvironmentOption): Promise<void> {
  say(historyOf(await openEnvironment(environment).deployments.list()));
}

export async function publish(options: ReleaseOption): Promise<void> {
  const opened = await openRelease(options.release);
  say(await publishRelease(opened, GitHub.fromEnvironment(process.env), repository));
}

function namedPullRequest({ pullRequest, head }: PullRequestOptions): Reviewed | undefined {
  return pullRequest === undefined || head === undefined ? undefined : { pullRequest, head };
}

/**
 * Returns the pull request that the options name. By default, returns the pull request whose merge commit is deployed.
 */
async function findReviewed(options: PullRequestOptions): Promise<Reviewed> {
  const named = namedPullRequest(options);
  if (named !== undefined) return named;
  const commit = process.env.GITHUB_SHA;
  if (commit === undefined) {
    throw new UnreviewedPlanError(
      'The reviewed pull request is unknown. Set --pull-request and --head, or GITHUB_SHA as in a workflow. For a first deployment or an emergency without a review, use --break-glass <reason>.',
    );
  }
  const found = await GitHub.fromEnvironment(process.env).pullRequestOf(commit);
  if (found === undefined) {
    throw new UnreviewedPlanError(
      `Commit ${commit} is not the merge commit of a pull request, so its plans were not reviewed. Nothing was applied. Merge changes through pull requests. In an emergency, use --break-glass <reason>.`,
    );
  }
  return { pullRequest: found.number, head: found.head };
}

async function approvalsOfThisRun(): Promise<string[]> {
  const run = process.env.GITHUB_RUN_ID;
  if (run === undefined) return [];
  const approvals = await GitHub.fromEnvironment(process.env).approvals(run);
  return approvals.filter(({ environment }) => environment === APPROVAL_ENVIRONMENT).map(({ user }) => user);
}

/** Opens the deployed release from the given folder. Without a folder, fetches the release from the delivery bucket. */
async function openDeployedRelease(
  open: OpenEnvironment,
  { version, digest }: DeploymentRecord,
  folder: string | undefined,
): Promise<Release> {
  if (folder !== undefined) return await openRelease(folder, digest);
  const fetched = await fetchRelease(open, version);
  if (fetched.digest === digest) return fetched;
  throw new ReleaseError(
    `Release ${version} in the delivery bucket has the digest ${fetched.digest}, but the digest ${digest} was deployed. Do not use the stored release. Compare it with the release on GitHub.`,
  );
}

async function fetchRelease({ releases, folder }: OpenEnvironment, version: string): Promise<Release> {
  const to = join(folder, 'release');
  rmSync(to, { recursive: true, force: true });
  return await releases.fetch(version, to);
}
