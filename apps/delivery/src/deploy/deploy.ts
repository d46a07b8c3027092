/** Deploys one release to one environment. Applies only plans that match the reviewed plans. */
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
  /** The pull request whose plans were reviewed, or the reason to skip the comparison and the approval. */
  readonly review: Reviewed | { readonly breakGlass: string };
  readonly evidence: Evidence | undefined;
  /** Returns the users who have approved this deployment. */
  readonly approvals: () => Promise<readonly string[]>;
  readonly say: (line: string) => void;
}

/**
 * Plans all stages and checks that each may be applied. Then applies the stages in order.
 *
 * @throws {UnreviewedPlanError | AlteredPlanError | PlanMovedError | PolicyError | AssessmentError} a stage was
 *   refused before its apply. Earlier stages may have been applied.
 * @throws {StoppedError} an apply failed.
 */
export async function deploy(options: DeployOptions): Promise<void> {
  const { open, stacks, review, say } = options;
  const planned = await planAll(options);
  const approvedBy = await approve(options, planned);
  // Publish the release before the first apply, so that a later rollback to this release is possible.
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

/**
 * Plans the stages. With `breakGlass`, stops after the first stage with changes, because later stages of a first
 * deployment need the outputs of that stage.
 */
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

/** Waits for all promises even if one fails, because an abandoned Terraform plan would keep its lock. */
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
    for (const violation of judgement.violations)
      say(`  This change violates the plan policy. Check the change before you continue: ${lineOf(stack, violation)}`);
    return planned;
  }
  const done = await compareWithReviewed(open, planned, review);
  if (done.length > 0) say(`  already applied: ${done.join(', ')}`);
  refuseViolations([planned]);
  return planned;
}

async function approve(
  { open, stacks: { release }, review, evidence, approvals, say }: DeployOptions,
  judged: readonly PlannedStage[],
): Promise<readonly string[]> {
  if ('breakGlass' in review) {
    say(`Skipping the approval and the comparison with the reviewed plan. Reason: ${review.breakGlass}`);
    return [];
  }
  const { environment, cloudwatch } = open;
  const alarms = await raisedAlarms(cloudwatch, environment);
  const reasons = reasonsToAsk({ environment: environment.name, release, evidence, alarms, judged });
  if (reasons.length === 0) return [];
  for (const reason of reasons) say(`An approval is needed: ${reason}`);
  const approvedBy = await approvals();
  refuseWithoutApproval(environment.name, reasons, approvedBy);
  say(`Approved by ${approvedBy.join(', ')}`);
  return approvedBy;
}

async function applyAll(options: DeployOptions, planned: readonly PlannedStage[]): Promise<void> {
  const applied: StageName[] = [];
  for (const stage of options.stacks.stages) {
    const before = planned.find((one) => one.stage === stage);
    // Earlier stages may have changed this stage's variables, so plan, compare and check the stage again.
    const now = before === undefined || applied.length > 0 ? await planOne(options, stage) : before;
    if (!now.changes) continue;
    options.say(`${now.stack}: applying`);
    await applyStage(options.open, now, applied);
    options.say(`${now.stack}: applied`);
  }
}
