/** Plans the stages of a release, and checks the plans against the plan policy and the reviewed plans. */
import { join } from 'node:path';
import { type StageName, stackName } from '@centflow/infra';
import type { Plan, WorkingDirectory } from '@centflow/terraform';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { refuseWhatMoved } from '../plans/compare.ts';
import type { Reviewed } from '../plans/plan-store.ts';
import type { JudgedStack } from '../plans/policy.ts';
import { type Exemption, judgePlan } from '../review/index.ts';

/** A stage and its plan. */
export interface PlannedStage extends JudgedStack {
  readonly stage: StageName;
  readonly directory: WorkingDirectory;
  readonly plan: Plan;
  /** Whether the plan changes anything, including outputs. */
  readonly changes: boolean;
}

/** @throws {HandOverError} an earlier stage was not applied. */
export async function planStage(
  { environment }: OpenEnvironment,
  { deployment }: OpenRelease,
  stage: StageName,
  { exemptions, lock }: { readonly exemptions: readonly Exemption[]; readonly lock: boolean },
): Promise<PlannedStage> {
  const stack = stackName(environment, stage);
  const directory = await deployment.prepare(stage);
  const changes = await directory.plan({ lock });
  // Do not read plans without changes, which are the most common. Reading takes half as long as planning.
  const plan = changes ? await directory.readPlan() : { errored: false };
  const judgement = judgePlan(plan, { stack, accountId: environment.accountId, exemptions });
  return { stack, stage, directory, plan, judgement, changes };
}

/**
 * Compares a stage's plan with the reviewed plan of the pull request.
 *
 * @throws {UnreviewedPlanError | AlteredPlanError | PlanMovedError} no reviewed plan matches.
 * @returns the addresses of reviewed changes that are already applied
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
