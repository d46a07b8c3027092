/** Builds the console's pages. */
import { join } from 'node:path';
import type { BuiltConsole } from './console.ts';
import { runLoggedBuild } from './logged-build.ts';
import { readToolPaths, repository } from './paths.ts';

const folder = join(repository, 'apps', 'console');

/** Builds the pages unless a build of the same sources exists. */
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
