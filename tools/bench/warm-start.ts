/** Measures `npm start` with everything installed and the samples loaded. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { benchFolder } from './bench-stack.ts';
import type { Results } from './results.ts';
import { median, round } from './statistics.ts';

/**
 * Parts of the command's output. The first appears when the console is ready, the second after the samples are compared
 * and the reports are shown.
 */
const MARKS = { console: 'The console: ', ready: 'The local stack runs until Ctrl-C' } as const;

/**
 * Runs `npm start` with a separate data folder, once to load the samples and then `starts` times to measure.
 *
 * @param starts the number of starts to measure
 * @throws Error if a start ends before it is ready
 */
export async function measureWarmStart(
  signal: AbortSignal,
  starts: number,
  report: (text: string) => void,
): Promise<Results['start']> {
  const folder = join(benchFolder, 'start');
  rmSync(folder, { recursive: true, force: true });
  try {
    report('loading the samples');
    await startOnce(folder, signal);
    const runs: { consoleSeconds: number; readySeconds: number }[] = [];
    for (let run = 1; run <= starts; run++) {
      report(`${run} of ${starts} starts`);
      runs.push(await startOnce(folder, signal));
    }
    const secondsOf = (name: 'consoleSeconds' | 'readySeconds') => runs.map((run) => run[name]);
    return {
      starts,
      readyMedianSeconds: round(median(secondsOf('readySeconds'))),
      readyMostSeconds: round(Math.max(...secondsOf('readySeconds'))),
      consoleMedianSeconds: round(median(secondsOf('consoleSeconds'))),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts the command once, and returns the seconds from its start, including the checks of the set-up. */
async function startOnce(
  folder: string,
  signal: AbortSignal,
): Promise<{ consoleSeconds: number; readySeconds: number }> {
  signal.throwIfAborted();
  const since = performance.now();
  const child = spawn(process.execPath, [join(repository, 'tools', 'toolchain', 'run.cjs'), 'start'], {
    env: { ...process.env, CENTFLOW_RUN_DIR: folder, CENTFLOW_MYSQL_URL: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    const times = await waitForMarks(child, exited);
    return { consoleSeconds: (times.console - since) / 1000, readySeconds: (times.ready - since) / 1000 };
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    await exited;
  }
}

async function waitForMarks(
  child: ChildProcess,
  exited: Promise<unknown>,
): Promise<{ console: number; ready: number }> {
  let printed = '';
  const times: { console?: number; ready?: number } = {};
  const both = new Promise<{ console: number; ready: number }>((resolve) => {
    const read = (data: Buffer) => {
      printed += data.toString();
      for (const mark of ['console', 'ready'] as const)
        if (printed.includes(MARKS[mark])) times[mark] ??= performance.now();
      if (times.console !== undefined && times.ready !== undefined)
        resolve({ console: times.console, ready: times.ready });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
  const early = exited.then(() => {
    throw new Error(`\`npm start\` ended before it was ready:\n${printed}`);
  });
  return Promise.race([both, early]);
}
