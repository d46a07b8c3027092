/** Plans the release of a pull request in one environment, and stores the plans for the deployment. */
import { type StageName, stackName } from '@centflow/infra';
import { HandOverError, summaryOf } from '@centflow/terraform';
import { planStage } from '../deploy/review.ts';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { exemptionsOf } from './exemptions.ts';
import type { Reviewed } from './plan-store.ts';
import { type ReportedStack, reportOf, type Unplanned } from './report.ts';

export interface PlannedPullRequest {
  readonly stacks: readonly ReportedStack[];
  /** Markdown. */
  readonly report: string;
}

/**
 * @param review the pull request for which the plans are stored; undefined if the plans are not stored
 * @param pullRequest the pull request whose exemptions apply
 */
export async function planPullRequest(
  open: OpenEnvironment,
  stacks: OpenRelease,
  review: Reviewed | undefined,
  say: (line: string) => void,
  pullRequest = review?.pullRequest,
): Promise<PlannedPullRequest> {
  const { environment, plans } = open;
  const exemptions = exemptionsOf(pullRequest);
  const planOne = async (stage: StageName): Promise<ReportedStack> => {
    // Plan without the lock, so that pull requests do not block each other or a deployment. The deployment detects
    // later changes.
    const one = await planStage(open, stacks, stage, { exemptions, lock: false });
    const sha256 = review && (await plans.keep(review, one.stack, one.directory.planFile));
    say(`${one.stack}: ${summaryOf(one.plan)}${sha256 === undefined ? '' : `, kept as ${sha256.slice(0, 12)}`}`);
    return { ...one, sha256 };
  };
  // Plan the stages in parallel, because each plan mostly waits for AWS.
  const outcomes = stacks.stages.map((stage) =>
    planOne(stage).catch((error: unknown): Unplanned => {
      if (!(error instanceof HandOverError)) throw error;
      const stack = stackName(environment, stage);
      say(`${stack}: ${error.message}`);
      return { stack, problem: error.message };
    }),
  );
  const planned: ReportedStack[] = [];
  const unplanned: Unplanned[] = [];
  for (const outcome of await Promise.all(outcomes)) {
    if ('problem' in outcome) unplanned.push(outcome);
    else planned.push(outcome);
  }
  return { stacks: planned, report: reportOf(environment.name, planned, unplanned, pullRequest) };
}
