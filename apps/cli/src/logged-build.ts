/** Runs a build whose output goes to a log file instead of the terminal. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LoggedBuild {
  /** The name of the built thing in error messages, such as `The trigger`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file that receives the output. */
  readonly logFile: string;
}

/**
 * Runs a build.
 *
 * @throws {Error} if the build failed. The message names the log file.
 */
export async function runLoggedBuild({ name, command, args, folder, env, logFile }: LoggedBuild): Promise<void> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', log, log], env: { ...process.env, ...env } });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${name} could not be built. The output of the build is in ${logFile}`));
    });
  });
}
