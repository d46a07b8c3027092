/** Starts child processes that write to a log, waits until they are ready, and ends them with this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endPartProcesses, PART_VARIABLE, partProcesses, SUPERVISOR_ID } from './part-processes.ts';
import { withTimeout } from './with-timeout.ts';

/** Thrown if a part of the stack did not start, or ended unexpectedly. */
export class PartError extends Error {
  override readonly name = 'PartError';
}

export interface PartOptions {
  /** The name in messages: `MySQL`, `the AWS emulator`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file that receives the output of the process. */
  readonly logFile: string;
  /** Returns whether the process is ready. Called repeatedly, so the function must not change anything. */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
  /** The time that the process may take to end after SIGTERM, before it is killed. */
  readonly stopWithinMs: number;
  /** A signal that aborts the start. */
  readonly signal?: AbortSignal | undefined;
}

export interface Part {
  readonly name: string;
  readonly process: ChildProcess;
  readonly logFile: string;
  /** A promise that settles when the process has ended, with the cause: `by SIGKILL` or `with code 1`. */
  readonly ended: Promise<string>;
  /** Returns whether the process responds. It returns false while the process or one of its children is paused. */
  answers(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * setpriv belongs to util-linux, which Debian and Ubuntu include. With setpriv, the kernel signals the process when its
 * parent ends.
 */
const SETPRIV = '/usr/bin/setpriv';
/** The maximum time for a response. A slower process counts as not ready. */
const ANSWERS_WITHIN_MS = 5_000;

let started = 0;

/** Starts a process and waits until it is ready. */
export async function startPart(options: PartOptions): Promise<Part> {
  started += 1;
  const id = `${SUPERVISOR_ID}.${started}.`;
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const guarded = existsSync(SETPRIV);
  const child = spawn(
    guarded ? SETPRIV : options.command,
    guarded ? ['--pdeathsig', 'TERM', options.command, ...options.args] : options.args,
    {
      env: { ...process.env, ...options.env, ...clockOf(options.name), [PART_VARIABLE]: id },
      // Standard input stays open while this process lives. When it closes, the child knows that this process has
      // ended.
      stdio: ['pipe', log, log],
      // In a separate process group, the child does not receive Ctrl-C. Instead, this process ends the parts in order.
      detached: true,
    },
  );
  closeSync(log);
  let outcome: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      outcome = `(${error.message})`;
      resolve(outcome);
    });
    child.once('exit', (code, signal) => {
      outcome = signal ? `by ${signal}` : `with code ${code}`;
      resolve(outcome);
    });
  });

  const stop = async (): Promise<void> => {
    if (outcome === undefined) {
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(options.stopWithinMs, undefined, { ref: false })]);
    }
    // Also kills child processes: the emulator's Lambdas, and Spark's Java and Python. A paused process cannot
    // handle SIGTERM.
    killGroup(child);
    endPartProcesses(id);
    await ended;
  };
  const answers = async () =>
    (await withTimeout(options.isReady(), ANSWERS_WITHIN_MS).catch(() => false)) &&
    // Spark responds even while its Python processes are paused, but then runs no job.
    !partProcesses(id).some(({ isPaused }) => isPaused);

  const deadline = Date.now() + options.readyWithinMs;
  while (!(await answers())) {
    if (outcome !== undefined || Date.now() > deadline || options.signal?.aborted) {
      const what = outcome === undefined ? `was not ready after ${options.readyWithinMs / 1000} s` : `ended ${outcome}`;
      await stop();
      options.signal?.throwIfAborted();
      throw new PartError(
        `${options.name} ${what}. Its log, ${options.logFile}, ends with:\n${lastLines(options.logFile)}`,
      );
    }
    await Promise.race([sleep(25), ended]);
  }
  return { name: options.name, process: child, logFile: options.logFile, ended, answers, stop };
}

/** The parts that record the times of uploads, each with the file that sets its clock in tests. */
const CLOCKS: Readonly<Record<string, string>> = { MySQL: 'mysqld', 'the AWS emulator': 'emulator' };

/**
 * Returns the environment variables that give a part a fake clock. Returns none outside a test of clock steps.
 * libfaketime reads the clock from a file.
 */
function clockOf(part: string): Record<string, string> {
  const { CENTFLOW_CLOCKS_DIR: folder, CENTFLOW_FAKETIME: library } = process.env;
  const file = CLOCKS[part];
  if (folder === undefined || library === undefined || file === undefined) return {};
  // https://github.com/wolfcw/libfaketime: "Faking time system-wide", "Advanced time specification options".
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: join(folder, file),
    FAKETIME_CACHE_DURATION: '1',
  };
}

/** Kills a process and its process group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has no more processes.
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
