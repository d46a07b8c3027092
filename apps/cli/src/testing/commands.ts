/** Runs the commands as a user does, in separate processes and with a separate run folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localFolder, repository } from '@centflow/local-processes/paths';

const main = join(repository, 'apps', 'cli', 'src', 'main.ts');

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Waits until the output contains the text. */
  waitFor(text: string, withinMs: number): Promise<string>;
  readonly outcome: Promise<Outcome>;
}

/** Starts `main.ts` with these arguments and this run folder. */
export function startCommand(runFolder: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    env: {
      ...process.env,
      CENTFLOW_RUN_DIR: runFolder,
      CENTFLOW_MYSQL_URL: '',
      // The set-up script uses the same cache, so Node does not compile `main.ts` again.
      NODE_COMPILE_CACHE: join(localFolder, 'cache', 'node'),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const outcome = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  const waitFor = async (text: string, withinMs: number): Promise<string> => {
    const deadline = Date.now() + withinMs;
    while (!`${stdout}${stderr}`.includes(text)) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The output does not contain "${text}":\n${stdout}\n${stderr}`);
      await sleep(50);
    }
    return stdout;
  };
  return { child, waitFor, outcome };
}

/** Runs a command of `npm run centflow --` and waits until it exits. */
export async function centflow(runFolder: string, ...args: string[]): Promise<Outcome> {
  const { child, outcome } = startCommand(runFolder, ['centflow', ...args]);
  child.stdin?.end();
  return outcome;
}
