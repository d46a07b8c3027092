/** Child processes that write to a log, say when they are ready, and do not outlive this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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
  /** Resolves true once the process serves; asked again and again. */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
  /** How long the process may take to end after SIGTERM before it is killed. */
  readonly stopWithinMs: number;
}

export interface Part {
  readonly name: string;
  readonly process: ChildProcess;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** util-linux's setpriv, on every Debian and Ubuntu: the kernel then sends the signal when the parent dies. */
const SETPRIV = '/usr/bin/setpriv';

/** Starts a process and waits until it is ready. */
export async function startPart(options: PartOptions): Promise<Part> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const guarded = existsSync(SETPRIV);
  const child = spawn(
    guarded ? SETPRIV : options.command,
    guarded ? ['--pdeathsig', 'TERM', options.command, ...options.args] : options.args,
    {
      env: { ...process.env, ...options.env },
      // Standard input stays open as long as this process lives: its end is the other sign of our death.
      stdio: ['pipe', log, log],
      // A process group of its own: Ctrl-C reaches us alone, and we end the parts in order.
      detached: true,
    },
  );
  let outcome: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      outcome = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      outcome = signal ? `by ${signal}` : `with code ${code}`;
      resolve();
    });
  });

  const stop = async (): Promise<void> => {
    if (outcome === undefined) {
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(options.stopWithinMs, undefined, { ref: false })]);
    }
    // What it started itself: the emulator's Lambdas, Spark's Java.
    killGroup(child);
    await ended;
  };

  const deadline = Date.now() + options.readyWithinMs;
  while (!(await options.isReady())) {
    if (outcome !== undefined || Date.now() > deadline) {
      await stop();
      const what = outcome === undefined ? `was not ready after ${options.readyWithinMs / 1000} s` : `ended ${outcome}`;
      throw new PartError(
        `${options.name} ${what}. Its log, ${options.logFile}, ends with:\n${lastLines(options.logFile)}`,
      );
    }
    await Promise.race([sleep(25), ended]);
  }
  return { name: options.name, process: child, ended, stop };
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
