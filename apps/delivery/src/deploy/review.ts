/** Planning a release's stages in their order, and judging what comes out. */
import { join } from 'node:path';
import { type StageName, stackName } from '@centflow/infra';
import type { Plan, WorkingDirectory } from '@centflow/terraform';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { refuseWhatMoved } from '../plans/compare.ts';
import type { Reviewed } from '../plans/plan-store.ts';
import type { JudgedStack } from '../plans/policy.ts';
import { type Exemption, judgePlan } from '../review/index.ts';

/** One stage as it would be applied. */
export interface PlannedStage extends JudgedStack {
  readonly stage: StageName;
  readonly directory: WorkingDirectory;
  readonly plan: Plan;
  /** false: there is nothing to do, not even an output to tell. */
  readonly changes: boolean;
}

/** @throws {HandOverError} a stage before it was not applied. */
export async function planStage(
  { environment }: OpenEnvironment,
  { deployment }: OpenRelease,
  stage: StageName,
  { exemptions, lock }: { readonly exemptions: readonly Exemption[]; readonly lock: boolean },
): Promise<PlannedStage> {
  const stack = stackName(environment, stage);
  const directory = await deployment.prepare(stage);
  const changes = await directory.plan({ lock });
  // Terraform takes as long to show a plan as half of the plan itself took, and most say nothing.
  const plan = changes ? await directory.readPlan() : { errored: false };
  const judgement = judgePlan(plan, { stack, accountId: environment.accountId, exemptions });
  return { stack, stage, directory, plan, judgement, changes };
}

/**
 * Compares a stage's plan with the one that the pull request was reviewed with.
 *
 * @throws {UnreviewedPlanError | AlteredPlanError | PlanMovedError} it is not the same.
 * @returns what was reviewed and is done already
 */
export async function compareWithReviewed(
  { plans }: OpenEnvironment,
  { stack, directory, plan }: PlannedStage,
  reviewed: Reviewed,
): Promise<readonly string[]> {
  const file = join(directory.folder, 'reviewed.tfplan');
  await plans.take(reviewed, stack, file);
  return refuseWhatMoved(stack, await directory.readPlan(file), plan);
}
