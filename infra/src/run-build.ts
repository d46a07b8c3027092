/** Building what is deployed, before synthesis looks at it: the Lambdas, and the job with its wheels. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArtefactError } from './artefacts.ts';

const repository = join(import.meta.dirname, '..', '..');

/**
 * Builds infra's artefacts and all that goes into them; what has not changed is not built again.
 *
 * @throws {ArtefactError} the build failed; names its log.
 */
export async function runBuild(logFile = join(repository, '.local', 'logs', 'build.log')): Promise<void> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const build = ['exec', 'turbo', 'run', 'build', '--filter=@centflow/infra', '--output-logs=new-only'];
  const child = spawn('pnpm', build, {
    cwd: repository,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      UV_PROJECT_ENVIRONMENT: join(repository, '.local', 'venv'),
      VIRTUAL_ENV: undefined,
    },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => closeSync(log));
  if (code !== 0) throw new ArtefactError(`The build failed, as ${logFile} says`);
}
