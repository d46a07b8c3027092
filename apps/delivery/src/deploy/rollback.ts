/**
 * Back to an earlier release: its `load`, `report`, `console` and `watch`, as they were synthesised, with the artefacts they had.
 *
 * Never `store`, which holds the data, and never the schema: the migrator of the earlier release leaves newer migrations
 * alone. So each release works on the schema of the next (expand before code, contract a release later).
 */
import type { StageName } from '@centflow/infra';
import { summaryOf } from '@centflow/infra/terraform';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { lineOf, refuseViolations } from '../plans/policy.ts';
import { planStage } from './review.ts';
import { StoppedError } from './stopped.ts';

const KEPT = 'store';

/**
 * @throws {PolicyError} it would destroy what holds data.
 * @throws {StoppedError} an apply failed.
 */
export async function rollBack(open: OpenEnvironment, stacks: OpenRelease, say: (line: string) => void): Promise<void> {
  await open.deployments.during(stacks.release, { kind: 'rollback' }, () => applyAll(open, stacks, say));
}

async function applyAll(open: OpenEnvironment, stacks: OpenRelease, say: (line: string) => void): Promise<void> {
  const applied: StageName[] = [];
  for (const stage of stacks.stages) {
    if (stage === KEPT) continue;
    const planned = await planStage(open, stacks, stage, { exemptions: [], lock: true });
    const { stack, plan, directory, changes, judgement } = planned;
    say(`${stack}: ${summaryOf(plan)}`);
    if (!changes) continue;
    // It was reviewed when it was released. What holds data is another matter: the earlier release may not know of it.
    const destroying = judgement.violations.filter(({ rule }) => rule === 'destroys-data');
    refuseViolations([{ stack, judgement: { ...judgement, violations: destroying } }]);
    for (const violation of judgement.violations) say(`  look twice: ${lineOf(stack, violation)}`);
    await directory.apply().catch((error: unknown) => {
      throw new StoppedError(stack, applied, error);
    });
    applied.push(stage);
    say(`${stack}: applied`);
  }
}
