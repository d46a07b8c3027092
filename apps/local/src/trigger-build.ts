/** Bundling apps/trigger: a third of a second, so it is simply done at each start. */
import { join } from 'node:path';
import { runLoggedBuild } from './logged-build.ts';
import { repository } from './paths.ts';

/** Builds `apps/trigger/dist` as `pnpm --filter @centflow/trigger build` does. */
export async function buildTrigger(logFile: string): Promise<void> {
  const folder = join(repository, 'apps', 'trigger');
  await runLoggedBuild({ what: 'The trigger', command: process.execPath, args: ['build.ts'], folder, logFile });
}
