/** Finds drift: differences between the deployed release and the actual state of the environment. */
import { stackName } from '@centflow/infra';
import type { OpenEnvironment, OpenRelease } from './open-environment.ts';
import { planSummary, type StackPlan } from './review/index.ts';

/** The environment differs from the deployed release. */
export class DriftError extends Error {
  override readonly name = 'DriftError';
}

/**
 * Plans the deployed release. Without drift, the plan has no changes.
 *
 * @returns the stacks that differ, and a Markdown report of what applying the release again would change; undefined: no drift
 */
export async function findDrift(
  { environment }: OpenEnvironment,
  { deployment, stages, release }: OpenRelease,
): Promise<{ readonly stacks: readonly string[]; readonly report: string } | undefined> {
  const planning = stages.map(async (stage): Promise<StackPlan[]> => {
    const directory = await deployment.prepare(stage);
    // Without the lock, so that the check does not block a deployment.
    if (!(await directory.plan({ lock: false }))) return [];
    return [{ stack: stackName(environment, stage), plan: await directory.readPlan() }];
  });
  const differing = (await Promise.all(planning)).flat();
  if (differing.length === 0) return undefined;
  const report = [
    `\`${environment.name}\` differs from the deployed release ${release.version}: a person or AWS changed it. Applying the release again would do this:`,
    planSummary(differing),
    'Run the last deployment again to revert the change, or keep the change by a pull request that adds it to the code.',
  ];
  return { stacks: differing.map(({ stack }) => stack), report: report.join('\n\n') };
}
