/** The exit codes of the commands. Each code has a different remedy. */

import { NotAcceptedError, NotReadyError } from './accept/errors.ts';
import { CanaryFailedError } from './canary-error.ts';
import { GitHubSetupError } from './check-github/check-github.ts';
import { AssessmentError } from './deploy/assessment.ts';
import { StoppedError } from './deploy/stopped.ts';
import { DriftError } from './drift.ts';
import { EXIT as INFRA_EXIT, exitCodeOf as infraExitCodeOf } from './infra/cli.ts';
import { PlanMovedError } from './plans/compare.ts';
import { ExemptionsError } from './plans/exemptions.ts';
import { AlteredPlanError, UnreviewedPlanError } from './plans/plan-store.ts';
import { PolicyError } from './plans/policy.ts';
import { ReleaseError } from './release/release.ts';
import { UnknownReleaseError } from './release/release-store.ts';

export const EXIT = {
  ...INFRA_EXIT,
  refused: 6,
  unreviewed: 7,
  altered: 8,
  moved: 9,
  approvalMissing: 10,
  stopped: 11,
  canaryFailed: 12,
  drift: 13,
  noSuchRelease: 14,
  gitHubSetup: 15,
  notAccepted: 16,
  notReady: 17,
} as const;

export const EXIT_CODES_HELP = `
Exit codes: 0 done, 1 failed, 2 invalid usage, 3 invalid environment, 4 Terraform is missing, 5 the state is locked,
            6 refused by the plan policy, 7 not reviewed, 8 a plan or release was altered, 9 the plan differs from the
            reviewed one, 10 an approval is missing, 11 stopped half-way, 12 the canary failed, 13 drift found, 14 no such release,
            15 GitHub lacks settings that the workflows need, 16 an acceptance check failed,
            17 the environment is not ready for acceptance`;

const codes: readonly (readonly [abstract new (...args: never[]) => Error, number])[] = [
  [PolicyError, EXIT.refused],
  [ExemptionsError, EXIT.usage],
  [UnreviewedPlanError, EXIT.unreviewed],
  [AlteredPlanError, EXIT.altered],
  [ReleaseError, EXIT.altered],
  [PlanMovedError, EXIT.moved],
  [AssessmentError, EXIT.approvalMissing],
  [CanaryFailedError, EXIT.canaryFailed],
  [DriftError, EXIT.drift],
  [UnknownReleaseError, EXIT.noSuchRelease],
  [GitHubSetupError, EXIT.gitHubSetup],
  [NotAcceptedError, EXIT.notAccepted],
  [NotReadyError, EXIT.notReady],
];

/** Returns the exit code for an error that these commands throw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof StoppedError) {
    // Another process holds the state lock, so nothing was changed.
    const cause = exitCodeOf(error.cause);
    return error.applied.length === 0 && cause === EXIT.locked ? cause : EXIT.stopped;
  }
  return codes.find(([type]) => error instanceof type)?.[1] ?? infraExitCodeOf(error);
}
