/** One release into one environment: what was reviewed, as it was reviewed, or nothing. */
import type { StageName } from '@centflow/infra';
import { summaryOf } from '@centflow/terraform';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { exemptionsOf } from '../plans/exemptions.ts';
import type { Reviewed } from '../plans/plan-store.ts';
import { lineOf, refuseViolations } from '../plans/policy.ts';
import { raisedAlarms } from './alarms.ts';
import { applyStage } from './apply-stage.ts';
import { reasonsToAsk, refuseWithoutApproval } from './assessment.ts';
import type { Evidence } from './evidence.ts';
import { compareWithReviewed, type PlannedStage, planStage } from './review.ts';

export interface DeployOptions {
  readonly open: OpenEnvironment;
  readonly stacks: OpenRelease;
  /** The pull request whose plans were reviewed; or why nothing is compared and nobody asked. */
  readonly review: Reviewed | { readonly breakGlass: string };
  readonly evidence: Evidence | undefined;
  /** Who has approved this deployment. */
  readonly approvals: () => Promise<readonly string[]>;
  readonly say: (line: string) => void;
}

/**
 * Plans all stages and looks whether each may be applied before anything is; then applies them in order.
 *
 * @throws {UnreviewedPlanError | AlteredPlanError | PlanMovedError | PolicyError | AssessmentError} nothing was applied, or, of a
 *   stage after one that was applied, it alone was not.
 * @throws {StoppedError} an apply failed.
 */
export async function deploy(options: DeployOptions): Promise<void> {
  const { open, stacks, review, say } = options;
  const planned = await planAll(options);
  const approvedBy = await approve(options, planned);
  // Before anything is applied: what is deployed can be gone back to.
  await open.releases.publish(stacks.release);
  if (planned.every(({ changes }) => !changes)) say('Nothing to apply.');
  await open.deployments.during(
    stacks.release,
    {
      kind: 'deploy',
      ...('breakGlass' in review ? { breakGlass: review.breakGlass } : { pullRequest: review.pullRequest }),
      ...(approvedBy.length > 0 ? { approvedBy: [...approvedBy] } : {}),
    },
    () => applyAll(options, planned),
  );
}

/** Nothing is compared: of a first deployment, stages need what stages before them have yet to make, and cannot be planned. */
async function planAll(options: DeployOptions): Promise<PlannedStage[]> {
  const { stages } = options.stacks;
  if (!('breakGlass' in options.review)) return allOrFirstProblem(stages.map((stage) => planOne(options, stage)));
  const planned: PlannedStage[] = [];
  for (const stage of stages) {
    if (planned.some(({ changes }) => changes)) break;
    planned.push(await planOne(options, stage));
  }
  return planned;
}

/** Waits for all of them: a plan that is left alone would hold its lock. */
async function allOrFirstProblem<Value>(working: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(working);
  return Promise.all(working);
}

async function planOne({ open, stacks, review, say }: DeployOptions, stage: StageName): Promise<PlannedStage> {
  const exemptions = 'breakGlass' in review ? [] : exemptionsOf(review.pullRequest);
  const planned = await planStage(open, stacks, stage, { exemptions, lock: true });
  const { stack, plan, changes, judgement } = planned;
  say(`${stack}: ${summaryOf(plan)}`);
  if (!changes) return planned;
  if ('breakGlass' in review) {
    for (const violation of judgement.violations) say(`  look twice: ${lineOf(stack, violation)}`);
    return planned;
  }
  const done = await compareWithReviewed(open, planned, review);
  if (done.length > 0) say(`  done already: ${done.join(', ')}`);
  refuseViolations([planned]);
  return planned;
}

async function approve(
  { open, stacks: { release }, review, evidence, approvals, say }: DeployOptions,
  judged: readonly PlannedStage[],
): Promise<readonly string[]> {
  if ('breakGlass' in review) {
    say(`Nothing is compared and nobody is asked: ${review.breakGlass}`);
    return [];
  }
  const { environment, cloudwatch } = open;
  const alarms = await raisedAlarms(cloudwatch, environment);
  const reasons = reasonsToAsk({ environment: environment.name, release, evidence, alarms, judged });
  if (reasons.length === 0) return [];
  for (const reason of reasons) say(`Asks for an approval: ${reason}`);
  const approvedBy = await approvals();
  refuseWithoutApproval(environment.name, reasons, approvedBy);
  say(`Approved by ${approvedBy.join(', ')}`);
  return approvedBy;
}

async function applyAll(options: DeployOptions, planned: readonly PlannedStage[]): Promise<void> {
  const applied: StageName[] = [];
  for (const stage of options.stacks.stages) {
    const before = planned.find((one) => one.stage === stage);
    // What was applied may have changed what this stage is given: it is planned, compared and judged again.
    const now = before === undefined || applied.length > 0 ? await planOne(options, stage) : before;
    if (!now.changes) continue;
    options.say(`${now.stack}: applying`);
    await applyStage(options.open, now, applied);
    options.say(`${now.stack}: applied`);
  }
}
