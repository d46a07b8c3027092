/**
 * Back to an earlier release: its `load`, `report`, `console` and `watch`, as they were synthesised, with the artefacts they had.
 *
 * Never `store`, which holds the data, and never the schema: the migrator of the earlier release leaves newer migrations
 * alone. So each release works on the schema of the next (expand before code, contract a release later).
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
  /** The canary of the present release failed: nobody is asked. */
  readonly canaryFailed?: boolean;
  /** Why nobody is asked, where an administrator decides alone. */
  readonly breakGlass?: string;
  /** Who has approved this rollback. */
  readonly approvals: () => Promise<readonly string[]>;
  readonly say: (line: string) => void;
}

/**
 * @throws {AssessmentError} people must agree, and have not.
 * @throws {PolicyError} it would destroy what holds data.
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
    say(`Nobody is asked: ${breakGlass}`);
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

/** A canary that ended before it noted anything has failed as well. */
async function refuseProven({ environment, deployments }: OpenEnvironment): Promise<void> {
  const newest = await deployments.newest();
  if (newest?.canary?.passed !== true) return;
  throw new AssessmentError(
    `The canary of ${newest.version} passed in ${environment.name}, so --canary-failed is wrong. Nothing was applied. Leave it out, and let a reviewer approve the rollback.`,
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
    // It was reviewed when it was released. What holds data is another matter: the earlier release may not know of it.
    const destroying = judgement.violations.filter(({ rule }) => rule === 'destroys-data');
    refuseViolations([{ stack, judgement: { ...judgement, violations: destroying } }]);
    for (const violation of judgement.violations) say(`  look twice: ${lineOf(stack, violation)}`);
    await applyStage(open, planned, applied);
    say(`${stack}: applied`);
  }
}
