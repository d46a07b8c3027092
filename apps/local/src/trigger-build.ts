/** Bundling apps/trigger: a third of a second, so it is simply done at each start. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from './paths.ts';

/** Builds `apps/trigger/dist` as `pnpm --filter @centflow/trigger build` does. */
export async function buildTrigger(logFile: string): Promise<void> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const folder = join(repository, 'apps', 'trigger');
  const child = spawn(process.execPath, ['build.ts'], { cwd: folder, stdio: ['ignore', log, log] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The trigger could not be built; see ${logFile}`));
    });
  });
}
