/** Child processes that write to a log, say when they are ready, and do not outlive this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endPartProcesses, PART_VARIABLE, partProcesses, SUPERVISOR_ID } from './part-processes.ts';
import { withTimeout } from './with-timeout.ts';

/** A part of the stack did not start, or ended by itself. */
export class PartError extends Error {
  override readonly name = 'PartError';
}

export interface PartOptions {
  /** As people read it: `MySQL`, `the AWS emulator`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Everything the process prints goes there. */
  readonly logFile: string;
  /** Resolves true while the process serves. Called again and again, so it changes nothing. */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
  /** How long the process may take to end after SIGTERM before it is killed. */
  readonly stopWithinMs: number;
  /** Gives the start up. */
  readonly signal?: AbortSignal | undefined;
}

export interface Part {
  readonly name: string;
  readonly process: ChildProcess;
  readonly logFile: string;
  /** Settles when the process has ended, with how: `by SIGKILL`, `with code 1`. */
  readonly ended: Promise<string>;
  /** Whether the process serves now. It does not while it, or a process that it has started, is paused. */
  answers(): Promise<boolean>;
  stop(): Promise<void>;
}

/** util-linux's setpriv, on every Debian and Ubuntu: the kernel then sends the signal when the parent dies. */
const SETPRIV = '/usr/bin/setpriv';
/** A process that takes longer does not serve. */
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
      // Standard input stays open as long as this process lives: its end is the other sign of our death.
      stdio: ['pipe', log, log],
      // A process group of its own: Ctrl-C reaches us alone, and we end the parts in order.
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
    // With what it started: the emulator's Lambdas, Spark's Java and Python. A paused process ends only here.
    killGroup(child);
    endPartProcesses(id);
    await ended;
  };
  const answers = async () =>
    (await withTimeout(options.isReady(), ANSWERS_WITHIN_MS).catch(() => false)) &&
    // Spark answers while its Python processes are paused, but runs no job.
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

/** Parts that can have a clock of their own: the times of uploads are theirs. */
const CLOCKS: Readonly<Record<string, string>> = { MySQL: 'mysqld', 'the AWS emulator': 'emulator' };

/** The clock of a part, where a test of clock steps asks for it: libfaketime reads it from a file. */
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

/** Ends at once what is left of a process and of all it started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
