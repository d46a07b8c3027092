/** Builds the trigger's bundle. This takes a third of a second, so each start does it. */
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { runLoggedBuild } from './logged-build.ts';

const folder = join(repository, 'apps', 'trigger');

/** The folder of the trigger's bundle. */
export const triggerBundle = join(folder, 'dist');

/**
 * Builds `apps/trigger/dist` as `npm run build` does.
 *
 * @returns the folder of the bundle
 */
export async function buildTrigger(logFile: string): Promise<string> {
  await runLoggedBuild({ name: 'The trigger', command: process.execPath, args: ['build.ts'], folder, logFile });
  return triggerBundle;
}
