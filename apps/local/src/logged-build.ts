/** Builds of what the local stack runs: quiet, unless they fail. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LoggedBuild {
  /** As people read it: `The trigger`. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Takes all that it says. */
  readonly logFile: string;
}

/** @throws Error naming the log */
export async function runLoggedBuild({ what, command, args, folder, env, logFile }: LoggedBuild): Promise<void> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', log, log], env: { ...process.env, ...env } });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${what} could not be built; see ${logFile}`));
    });
  });
}
