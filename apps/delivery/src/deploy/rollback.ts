/**
 * Rolls back to an earlier release: deploys its `load`, `report`, `console` and `watch` stacks again, with their original artifacts.
 *
 * A rollback does not change `store`, which holds the data, or the schema. The migrator of the earlier release ignores
 * newer migrations. Each release must therefore work with the schema of the next release: expand the schema before the
 * code, and contract it one release later.
 */
import type { StageName } from '@centflow/infra';
import { summaryOf } from '@centflow/terraform';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { lineOf, refuseViolations } from '../plans/policy.ts';
import { applyStage } from './apply-stage.ts';
import { AssessmentError, reasonsToAskForRollback, refuseWithoutApproval } from './assessment.ts';
import { planStage } from './review.ts';

const KEPT = 'store';

export interface RollbackOptions {
  readonly open: OpenEnvironment;
  /** The earlier release. */
  readonly stacks: OpenRelease;
  /** Whether the canary of the current release failed, so that no approval is needed. */
  readonly canaryFailed?: boolean;
  /** The administrator's reason to skip the approval. */
  readonly breakGlass?: string;
  /** Returns the users who have approved this rollback. */
  readonly approvals: () => Promise<readonly string[]>;
  readonly say: (line: string) => void;
}

/**
 * @throws {AssessmentError} a required approval is missing.
 * @throws {PolicyError} the rollback would destroy a resource that holds data.
 * @throws {StoppedError} an apply failed.
 */
export async function rollBack(options: RollbackOptions): Promise<void> {
  const { open, stacks, breakGlass } = options;
  const approvedBy = await approve(options);
  const why = {
    ...(breakGlass === undefined ? {} : { breakGlass }),
    ...(approvedBy.length === 0 ? {} : { approvedBy: [...approvedBy] }),
  };
  await open.deployments.during(stacks.release, { kind: 'rollback', ...why }, () => applyAll(options));
}

async function approve(options: RollbackOptions): Promise<readonly string[]> {
  const { open, stacks, canaryFailed, breakGlass, approvals, say } = options;
  if (breakGlass !== undefined) {
    say(`The approval is skipped. Reason: ${breakGlass}`);
    return [];
  }
  if (canaryFailed) {
    await refuseProven(open);
    return [];
  }
  const { name } = open.environment;
  const reasons = reasonsToAskForRollback(name, stacks.release.version);
  if (reasons.length === 0) return [];
  const approvedBy = await approvals();
  refuseWithoutApproval(name, reasons, approvedBy);
  say(`Approved by ${approvedBy.join(', ')}`);
  return approvedBy;
}

/** A canary without a recorded result counts as failed. */
async function refuseProven({ environment, deployments }: OpenEnvironment): Promise<void> {
  const newest = await deployments.newest();
  if (newest?.canary?.passed !== true) return;
  throw new AssessmentError(
    `The canary of ${newest.version} passed in ${environment.name}, so --canary-failed does not apply. Nothing was applied. Run the rollback without --canary-failed, and let a reviewer approve it.`,
  );
}

async function applyAll({ open, stacks, say }: RollbackOptions): Promise<void> {
  const applied: StageName[] = [];
  for (const stage of stacks.stages) {
    if (stage === KEPT) continue;
    const planned = await planStage(open, stacks, stage, { exemptions: [], lock: true });
    const { stack, plan, changes, judgement } = planned;
    say(`${stack}: ${summaryOf(plan)}`);
    if (!changes) continue;
    // The release was reviewed when it was first deployed, so most violations are only printed. But the rollback would
    // destroy newer resources, which may hold data. Such violations stop the rollback.
    const destroying = judgement.violations.filter(({ rule }) => rule === 'destroys-data');
    refuseViolations([{ stack, judgement: { ...judgement, violations: destroying } }]);
    for (const violation of judgement.violations)
      say(`  This change violates the plan policy. Check the change before you continue: ${lineOf(stack, violation)}`);
    await applyStage(open, planned, applied);
    say(`${stack}: applied`);
  }
}
