import type { StageName } from '@centflow/infra';
import type { OpenEnvironment } from '../open-environment.ts';
import { wakeMigrator } from './migrate.ts';
import type { PlannedStage } from './review.ts';
import { StoppedError } from './stopped.ts';

/**
 * Applies the plan of one stage, and adds the stage to the list of applied stages.
 *
 * @throws {StoppedError} the apply failed.
 */
export async function applyStage(
  open: OpenEnvironment,
  { stack, stage, directory }: Pick<PlannedStage, 'stack' | 'stage' | 'directory'>,
  applied: StageName[],
): Promise<void> {
  try {
    if (stage === 'load') await wakeMigrator(open);
    await directory.apply();
  } catch (error) {
    throw new StoppedError(stack, applied, error);
  }
  applied.push(stage);
}
