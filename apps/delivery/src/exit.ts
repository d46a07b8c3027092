/** How the commands end: a code for each thing that somebody has to do something else about. */

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
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the environment is wrong, 4 Terraform is missing, 5 the state is locked,
            6 refused by the plan policy, 7 not reviewed, 8 a plan or release was altered, 9 the world has moved since the
            review, 10 an approval is missing, 11 stopped half-way, 12 the canary failed, 13 drift found, 14 no such release,
            15 GitHub is not set up as the workflows need it, 16 not accepted, 17 not ready to be accepted`;

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

/** The exit code of an error that these commands throw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof StoppedError) {
    // A lock that somebody else holds stopped it before anything was done.
    const cause = exitCodeOf(error.cause);
    return error.applied.length === 0 && cause === EXIT.locked ? cause : EXIT.stopped;
  }
  return codes.find(([type]) => error instanceof type)?.[1] ?? infraExitCodeOf(error);
}
