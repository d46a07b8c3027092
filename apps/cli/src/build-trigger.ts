/** Builds the trigger's bundle. Each start builds it, because a build takes only a third of a second. */
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { runLoggedBuild } from './logged-build.ts';

const folder = join(repository, 'apps', 'trigger');

/** The folder of the trigger's bundle. */
export const triggerBundle = join(folder, 'dist');

/**
 * Builds `apps/trigger/dist`, like `npm run build`.
 *
 * @returns the folder of the bundle
 */
export async function buildTrigger(logFile: string): Promise<string> {
  await runLoggedBuild({ name: 'The trigger', command: process.execPath, args: ['build.ts'], folder, logFile });
  return triggerBundle;
}
