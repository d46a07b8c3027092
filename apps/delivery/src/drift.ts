/** Finds drift: differences between the deployed release and the actual state of the environment. */
import { stackName } from '@centflow/infra';
import type { OpenEnvironment, OpenRelease } from './open-environment.ts';
import { planSummary, type StackPlan } from './review/index.ts';

/** Thrown if the environment differs from the deployed release. */
export class DriftError extends Error {
  override readonly name = 'DriftError';
}

/**
 * Plans the deployed release. Without drift, the plan has no changes.
 *
 * @returns the stacks that differ, and a Markdown report of the changes that would revert the drift. Undefined without
 * drift.
 */
export async function findDrift(
  { environment }: OpenEnvironment,
  { deployment, stages, release }: OpenRelease,
): Promise<{ readonly stacks: readonly string[]; readonly report: string } | undefined> {
  const planning = stages.map(async (stage): Promise<StackPlan[]> => {
    const directory = await deployment.prepare(stage);
    // Plan without the lock, so that the check does not block a deployment.
    if (!(await directory.plan({ lock: false }))) return [];
    return [{ stack: stackName(environment, stage), plan: await directory.readPlan() }];
  });
  const differing = (await Promise.all(planning)).flat();
  if (differing.length === 0) return undefined;
  const report = [
    `\`${environment.name}\` differs from the deployed release ${release.version}, because a person or AWS has changed it. If you apply the release again, Terraform makes these changes:`,
    planSummary(differing),
    'To revert the drift, run the last deployment again. To keep the drift, open a pull request that adds it to the code.',
  ];
  return { stacks: differing.map(({ stack }) => stack), report: report.join('\n\n') };
}
