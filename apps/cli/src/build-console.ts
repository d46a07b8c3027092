/** Builds the console's pages. */
import { join } from 'node:path';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import type { BuiltConsole } from '@centflow/local-stack/console';
import { runLoggedBuild } from './logged-build.ts';

const folder = join(repository, 'apps', 'console');

/** Builds the console's pages, unless they were already built from the same sources. */
export async function buildConsole(logFile: string): Promise<BuiltConsole> {
  await runLoggedBuild({
    name: 'The console',
    command: readToolPaths().pnpm,
    args: ['exec', 'turbo', 'run', 'build', '--filter=@centflow/console'],
    folder: repository,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
    logFile,
  });
  return { program: join(folder, 'api', 'local', 'main.ts'), webFolder: join(folder, 'dist', 'web') };
}
