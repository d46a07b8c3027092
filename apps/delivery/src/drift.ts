/** What was changed by hand: the difference between what is deployed and what is there. */
import { stackName } from '@centflow/infra';
import type { OpenEnvironment, OpenRelease } from './open-environment.ts';
import { planSummary, type StackPlan } from './review/index.ts';

/** The environment is not what was deployed. */
export class DriftError extends Error {
  override readonly name = 'DriftError';
}

/**
 * Plans the release that is deployed; where all is as it was left, there is nothing to do.
 *
 * @returns the stacks that differ, and what applying the release again would do, as Markdown
 */
export async function findDrift(
  { environment }: OpenEnvironment,
  { deployment, stages, release }: OpenRelease,
): Promise<{ readonly stacks: readonly string[]; readonly report: string } | undefined> {
  const looked = stages.map(async (stage): Promise<StackPlan[]> => {
    const directory = await deployment.prepare(stage);
    // Without the lock: a look must hold up no deployment.
    if (!(await directory.plan({ lock: false }))) return [];
    return [{ stack: stackName(environment, stage), plan: await directory.readPlan() }];
  });
  const differing = (await Promise.all(looked)).flat();
  if (differing.length === 0) return undefined;
  const report = [
    `\`${environment.name}\` is not what was deployed (${release.version}): somebody changed it by hand, or AWS did. Applying the release again would do this:`,
    planSummary(differing),
    'Put it back by running the last deployment again, or keep it by a pull request that says it in code.',
  ];
  return { stacks: differing.map(({ stack }) => stack), report: report.join('\n\n') };
}
